import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { breakingChanges } from '../../commands/breaking-changes.ts';
import { jsonSchemaOf } from '../../commands/generate-docs.ts';
import { EVENT_TYPES, type EventType } from '../../shared/events.ts';

type Schema = z.core.JSONSchema.BaseSchema;

const RELEASED = new URL('../../docs/events/released/', import.meta.url);

const releasedSchema = async (file: string): Promise<Schema> =>
  JSON.parse(await readFile(new URL(file, RELEASED), 'utf8')) as Schema;

describe('the released contract', () => {
  it('names every event that is published today, and none that is gone', async () => {
    const released = (await readdir(RELEASED)).map((file) => file.replace('.schema.json', ''));
    expect(released.sort()).toEqual([...EVENT_TYPES].sort());
  });

  it.each(EVENT_TYPES)('of %s is kept: what it allows is allowed', async (type) => {
    expect(breakingChanges(await releasedSchema(`${type}.schema.json`), jsonSchemaOf(type))).toEqual([]);
  });
});

/** A released schema with one part of it replaced; `undefined` removes the part. */
function changed(type: EventType, steps: readonly string[], value: unknown): Schema {
  const schema = structuredClone(jsonSchemaOf(type));
  const last = steps.at(-1)!;
  const parent = steps.slice(0, -1).reduce<Record<string, unknown>>((at, step) => at[step] as never, schema);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return schema;
}

const DATA = ['properties', 'data', 'properties'];
const ORDER = [...DATA, 'order', 'properties'];
const CUSTOMER = [...DATA, 'customer', 'properties'];

describe('a breaking change is found', () => {
  it.each<[string, EventType, string[], unknown, string]>([
    ['a field that is gone', 'order.placed', [...DATA, 'promisedBy'], undefined, '$.data: promisedBy is gone'],
    ['an optional field that is gone', 'order.shipped', [...DATA, 'expectedFrom'], undefined, 'expectedFrom is gone'],
    ['a type', 'order.placed', [...ORDER, 'number'], { type: 'integer' }, '$.data.order.number: type string became'],
    [
      'an optional field made required',
      'order.placed',
      ['properties', 'data', 'required'],
      ['order', 'revision'],
      '$.data: revision became required',
    ],
    [
      'null refused',
      'order.placed',
      [...DATA, 'revision'],
      { type: 'integer', minimum: 0 },
      '$.data.revision: type null became integer',
    ],
    [
      'a word that is gone',
      'order.cancelled',
      [...DATA, 'reason', 'enum'],
      ['customer-request', 'payment-failed', 'undeliverable', 'other'],
      'out-of-stock is not allowed any more',
    ],
    [
      'a list closed',
      'order.placed',
      [...ORDER, 'total', 'properties', 'currency', 'enum'],
      ['EUR'],
      'only certain words',
    ],
    [
      'a lower bound raised',
      'order.placed',
      [...ORDER, 'total', 'properties', 'amount', 'minimum'],
      1,
      'minimum 0 became 1',
    ],
    ['a length limited', 'order.placed', [...ORDER, 'number', 'maxLength'], 20, 'maxLength none became 20'],
    ['a pattern', 'order.placed', [...CUSTOMER, 'country', 'pattern'], '^(AT|DE)$', '$.data.customer.country: pattern'],
    ['a format', 'order.placed', [...ORDER, 'number', 'format'], 'uuid', 'format none became uuid'],
    [
      'words inside a list',
      'order.placed',
      [...CUSTOMER, 'channels', 'items', 'enum'],
      ['email'],
      '$.data.customer.channels[]: sms is not',
    ],
    [
      'other fields refused',
      'order.placed',
      [...DATA, 'shop', 'additionalProperties'],
      false,
      'other fields are not allowed',
    ],
    [
      'another version',
      'order.placed',
      ['properties', 'specversion', 'const'],
      '2.0',
      '$.specversion: const 1.0 became 2.0',
    ],
  ])('%s', (_, type, steps, value, expected) => {
    const changes = breakingChanges(jsonSchemaOf(type), changed(type, steps, value));
    expect(changes).toHaveLength(1);
    expect(changes[0]).toContain(expected);
  });
});

describe('a change that hurts nobody is none', () => {
  it.each<[string, EventType, string[], unknown]>([
    ['a new optional field', 'order.placed', [...DATA, 'giftNote'], { type: 'string' }],
    ['a required field made optional', 'order.placed', ['properties', 'data', 'required'], ['order', 'shop']],
    [
      'another word',
      'order.cancelled',
      [...DATA, 'reason', 'enum'],
      ['customer-request', 'out-of-stock', 'payment-failed', 'undeliverable', 'other', 'fraud'],
    ],
    ['a limit lifted', 'order.placed', [...ORDER, 'total', 'properties', 'amount', 'minimum'], undefined],
    ['null allowed', 'order.placed', [...ORDER, 'number'], { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    ['numbers where whole ones were', 'order.placed', [...ORDER, 'total', 'properties', 'amount', 'type'], 'number'],
    ['another description', 'order.placed', [...ORDER, 'number', 'description'], 'The number.'],
  ])('%s', (_, type, steps, value) => {
    expect(breakingChanges(jsonSchemaOf(type), changed(type, steps, value))).toEqual([]);
  });
});
