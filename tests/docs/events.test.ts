import { readdir, readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generatedDocs } from '../../commands/generate-docs.ts';
import { EVENT_TYPES } from '../../shared/events.ts';
import { parseRaw, rawEvent } from '../shared/order-event.ts';

const DOCS = new URL('../../docs/', import.meta.url);

it('what is generated in docs/ is fresh: run `node commands/generate-docs.ts` when this fails', async () => {
  for (const [path, text] of await generatedDocs())
    expect([path, await readFile(new URL(path, DOCS), 'utf8')]).toEqual([path, text]);
});

it('docs/events/ has a schema for every event and nothing else', async () => {
  const files = (await readdir(new URL('events/', DOCS))).filter((file) => file.endsWith('.schema.json'));
  expect(files.sort()).toEqual(EVENT_TYPES.map((type) => `${type}.schema.json`).sort());
});

describe.each(EVENT_TYPES)('the schema of %s', (type) => {
  it('asks for the fields that parsing asks for', async () => {
    const schema = JSON.parse(await readFile(new URL(`events/${type}.schema.json`, DOCS), 'utf8')) as Schema;
    for (const path of requiredPaths(schema)) {
      const parsed = parseRaw(without(rawEvent(type), path));
      expect([path, parsed.ok]).toEqual([path, false]);
    }
  });
});

type Schema = { required?: string[]; properties?: Record<string, Schema> };

function requiredPaths({ required = [], properties = {} }: Schema): string[][] {
  return required.flatMap((field) => [
    [field],
    ...requiredPaths(properties[field] ?? {}).map((path) => [field, ...path]),
  ]);
}

function without(value: Record<string, unknown>, [first = '', ...rest]: readonly string[]): Record<string, unknown> {
  const { [first]: found, ...others } = value;
  return rest.length === 0 ? others : { ...others, [first]: without(found as Record<string, unknown>, rest) };
}
