import type { z } from 'zod';

type Schema = z.core.JSONSchema.BaseSchema;

/** A Markdown table of all fields of an object schema, nested ones as paths. */
export function fieldTable(schema: Schema, under = ''): string {
  const rows = rowsOf(schema, under).map((row) => `| ${row.join(' | ')} |`);
  return ['| Field | Type | Required | Meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function rowsOf(schema: Schema, under: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([field, given]) => {
    const described = given as Schema;
    const inner = withoutNull(described);
    const path = under === '' ? field : `${under}.${field}`;
    const isRequired = schema.required?.includes(field) ?? false;
    const meaning = described.description ?? inner.description ?? '';
    const row = [`\`${path}\``, typeOf(inner), isRequired ? 'yes' : 'no', meaning];
    if (inner.type === 'array') return [row, ...rowsOf((inner.items ?? {}) as Schema, `${path}[]`)];
    return [row, ...rowsOf(inner, path)];
  });
}

const withoutNull = (schema: Schema): Schema => schema.anyOf?.find(({ type }) => type !== 'null') ?? schema;

function typeOf(schema: Schema): string {
  if (schema.format === 'date-time') return 'instant with offset';
  if (schema.format === 'email') return 'mail address';
  if (schema.type === 'array')
    return `list${schema.maxItems ? `, at most ${schema.maxItems}` : ''}${wordsOf(schema.items as Schema)}`;
  if (schema.type === 'string')
    return `text${schema.maxLength ? `, at most ${schema.maxLength}` : ''}${wordsOf(schema)}`;
  if (schema.type === 'integer') return `whole number, ${rangeOf(schema)}`;
  if (Array.isArray(schema.type)) return 'text';
  return schema.type ?? 'any';
}

const rangeOf = ({ minimum = 0, maximum }: Schema): string =>
  maximum === undefined ? `at least ${minimum}` : `${minimum} to ${maximum}`;

/** The words of a closed list. */
const wordsOf = ({ enum: words }: Schema): string =>
  words ? `: ${words.map((word) => `\`${String(word)}\``).join(', ')}` : '';
