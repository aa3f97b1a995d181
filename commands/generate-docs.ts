/** Writes what the schemas and tables of the code say into docs/: `node commands/generate-docs.ts`, or only compares with `--check`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import {
  dataSchemaOf,
  ENVELOPE,
  EVENT_TYPES,
  EVENTS_DATA,
  type EventType,
  FAMILIES,
  type Family,
  familyOf,
} from '../shared/events.ts';
import { MESSAGES } from '../shared/messages/catalogue.ts';
import { HOUR, MINUTE } from '../shared/messages/message.ts';
import { asyncApiDocument } from './asyncapi.ts';
import { fieldTable } from './field-table.ts';
import { metricsTable } from './metrics-table.ts';
import { settingsTable } from './settings-table.ts';
import { statusesPage } from './statuses-page.ts';

const DOCS = new URL('../docs/', import.meta.url);

/** Every file that is generated, or in part: path from docs/ to text. */
export async function generatedDocs(): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const type of EVENT_TYPES)
    files.set(`events/${type}.schema.json`, await formatted('x.json', JSON.stringify(jsonSchemaOf(type))));
  files.set('events/asyncapi.json', await formatted('x.json', JSON.stringify(asyncApiDocument(jsonSchemaOf))));
  const page = await readFile(new URL('events.md', DOCS), 'utf8');
  files.set('events.md', await formatted('x.md', withTables(page)));
  const readme = await readFile(new URL('../README.md', DOCS), 'utf8');
  files.set('../README.md', await formatted('../README.md', withTables(readme)));
  const telemetry = await readFile(new URL('telemetry.md', DOCS), 'utf8');
  files.set('telemetry.md', await formatted('x.md', withTables(telemetry)));
  files.set('statuses.md', await formatted('x.md', statusesPage()));
  return files;
}

/** Envelope and data of an event as a publisher sends it. */
export function jsonSchemaOf(type: EventType): Record<string, unknown> {
  const schema = ENVELOPE.extend({
    type: z.literal(type).describe('What happened.'),
    dataschema: z.literal(dataSchemaOf(type)).nullish().describe('The version of `data`.'),
    data: EVENTS_DATA[type],
  });
  const { $schema, ...rest } = inputSchema(schema);
  return { $schema, $id: dataSchemaOf(type), title: `${type}, version 1`, ...rest };
}

function inputSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      if (jsonSchema.format) delete jsonSchema.pattern;
      if (jsonSchema.default === '') delete jsonSchema.default;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}

/** The page with the text between `<!-- generated: x -->` and `<!-- /generated -->` written anew. */
function withTables(page: string): string {
  return page.replace(
    /(<!-- generated: ([\w.-]+) -->)[^]*?(<!-- \/generated -->)/g,
    (_, start: string, name: string, end: string) => `${start}\n\n${sectionOf(name)}\n\n${end}`,
  );
}

function sectionOf(name: string): string {
  if (name === 'settings') return settingsTable();
  if (name === 'metrics') return metricsTable();
  if (name === 'envelope') return fieldTable(inputSchema(ENVELOPE));
  const family = FAMILIES.find((known) => name === `${known}-common`);
  if (family) return fieldTable(inputSchema(z.object(commonShape(family))), 'data');
  const type = EVENT_TYPES.find((known) => known === name);
  if (!type) throw new Error(`a page asks for "${name}", which nothing generates`);
  const common = commonShape(familyOf(type));
  const own = Object.fromEntries(Object.entries(EVENTS_DATA[type].shape).filter(([field]) => !(field in common)));
  const { name: message, lane, promise, deadline, quietHours } = MESSAGES[type];
  return [
    `Message \`${message}\`, ${lane} lane: it ought to arrive within ${promise / MINUTE} minutes and is given up ${deadline / HOUR} hours after the event. ${quietHoursInWords(quietHours)}`,
    Object.keys(own).length === 0 ? 'It says nothing else.' : fieldTable(inputSchema(z.object(own)), 'data'),
    `JSON Schema: [events/${type}.schema.json](events/${type}.schema.json)`,
  ].join('\n\n');
}

function quietHoursInWords(rule: (typeof MESSAGES)[EventType]['quietHours']): string {
  if (rule.do === 'send') return 'It is sent in quiet hours too.';
  const { channels = ['sms'], latest, tooLate } = rule;
  const what = channels.length > 1 ? 'it' : `its ${channels[0] === 'sms' ? 'SMS' : 'mail'}`;
  const late = `if that is too late${latest ? `, also because ${latest.because}` : ''}`;
  return `In quiet hours ${what} waits until they are over; ${late}, it ${tooLate === 'send' ? 'is sent at once' : 'expires'}.`;
}

/** The fields that all events of a family share. */
function commonShape(family: Family): Record<string, z.ZodType> {
  const types = EVENT_TYPES.filter((type) => familyOf(type) === family);
  const [first, ...others] = types.map((type): Record<string, z.ZodType> => EVENTS_DATA[type].shape);
  return Object.fromEntries(
    Object.entries(first ?? {}).filter(([field, schema]) => others.every((shape) => shape[field] === schema)),
  );
}

async function formatted(name: string, text: string): Promise<string> {
  const filepath = new URL(name, DOCS).pathname;
  return format(text, { ...(await resolveConfig(filepath)), filepath });
}

async function main(isCheck: boolean): Promise<number> {
  const stale: string[] = [];
  for (const [path, text] of await generatedDocs()) {
    const file = new URL(path, DOCS);
    if ((await readFile(file, 'utf8').catch(() => '')) === text) continue;
    stale.push(path);
    if (isCheck) continue;
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, text);
  }
  for (const path of stale)
    console.log(`${isCheck ? 'stale' : 'wrote'} ${path.startsWith('../') ? path.slice(3) : `docs/${path}`}`);
  if (isCheck && stale.length > 0) console.error('Run `node commands/generate-docs.ts` and commit the result.');
  return isCheck && stale.length > 0 ? 1 : 0;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  process.exitCode = await main(process.argv.includes('--check'));
