import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../shared/events.ts';

type Part = Record<string, unknown>;

const FILE = new URL('../../docs/events/asyncapi.json', import.meta.url);
const document = JSON.parse(await readFile(FILE, 'utf8')) as Part;

const at = (pointer: string): unknown =>
  pointer
    .slice('#/'.length)
    .split('/')
    .reduce<unknown>(
      (part, step) => (part as Part | undefined)?.[step.replaceAll('~1', '/').replaceAll('~0', '~')],
      document,
    );

const partsOf = (part: unknown): Part[] =>
  typeof part === 'object' && part !== null ? [part as Part, ...Object.values(part).flatMap(partsOf)] : [];

/** What AsyncAPI 3.0 asks for, as far as this document uses it; no small validator of the whole specification exists. */
describe('the AsyncAPI document', () => {
  it('has the parts that version 3 asks for, and only parts that it knows', () => {
    expect(document['asyncapi']).toBe('3.0.0');
    expect(document['info']).toMatchObject({
      title: expect.any(String),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    const known = ['asyncapi', 'id', 'info', 'servers', 'defaultContentType', 'channels', 'operations', 'components'];
    expect(known).toEqual(expect.arrayContaining(Object.keys(document)));
  });

  it('points only at what it contains', () => {
    const references = partsOf(document).flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : []));
    expect(references.length).toBeGreaterThan(EVENT_TYPES.length);
    for (const reference of references) expect([reference, at(reference)]).toEqual([reference, expect.any(Object)]);
  });

  it('has one server whose variables all stand in its host', () => {
    const [server, ...others] = Object.values(document['servers'] as Record<string, Part>);
    expect(others).toEqual([]);
    const variables = Object.keys(server!['variables'] as Part).map((name) => `{${name}}`);
    expect((server!['host'] as string).match(/\{\w+\}/g)).toEqual(variables);
    expect(server!['protocol']).toBe('amqps');
  });

  it.each([
    ['order', 'order-events', 'takeOrderEvents'],
    ['appointment', 'appointment-events', 'takeAppointmentEvents'],
  ])('has an operation that takes every message of the channel of %s events', (family, address, operation) => {
    const types = EVENT_TYPES.filter((type) => type.startsWith(`${family}.`));
    const { action, messages } = at(`#/operations/${operation}`) as { action: string; messages: Part[] };
    expect(action).toBe('receive');
    expect(at(`#/channels/${family}Events`)).toMatchObject({ address });
    expect(Object.keys(at(`#/channels/${family}Events/messages`) as Part).sort()).toEqual([...types].sort());
    expect(messages.map(({ $ref }) => $ref)).toEqual(
      types.map((type) => `#/channels/${family}Events/messages/${type}`),
    );
  });

  it('has a channel for every message', () => {
    const channels = Object.values(document['channels'] as Record<string, { messages: Part }>);
    expect(channels.flatMap(({ messages }) => Object.keys(messages)).sort()).toEqual([...EVENT_TYPES].sort());
  });

  it.each(EVENT_TYPES)('describes %s by the schema of its own file', async (type) => {
    const {
      $schema: _s,
      $id: _i,
      ...schema
    } = JSON.parse(await readFile(new URL(`${type}.schema.json`, FILE), 'utf8')) as Part;
    expect(at(`#/components/messages/${type}`)).toMatchObject({ name: type, payload: schema });
    expect(type).toMatch(/^[\w.-]+$/);
  });
});
