/** What a new version of a JSON Schema refuses although the released one takes it. */
import type { z } from 'zod';

type Schema = z.core.JSONSchema.BaseSchema;

/** The highest that may not rise, and the lowest that may not fall. */
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'] as const;
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'] as const;
const EXACT = ['pattern', 'format', 'const', 'multipleOf'] as const;

/** One line for each change that an event made for `released` may not survive, such as `data.order: total is gone`. */
export function breakingChanges(released: Schema, current: Schema, path = '$'): string[] {
  const alternatives = alternativesOf(current);
  return alternativesOf(released).flatMap((old) => {
    const found = alternatives.map((now) => changesOf(old, now, path));
    return found.some((changes) => changes.length === 0)
      ? []
      : (found.toSorted((a, b) => a.length - b.length)[0] ?? [`${path}: nothing is allowed any more`]);
  });
}

/** `anyOf` and lists of types as single schemas. */
function alternativesOf(schema: Schema): Schema[] {
  if (schema.anyOf) return schema.anyOf.flatMap((one) => alternativesOf(one));
  if (!Array.isArray(schema.type)) return [schema];
  return (schema.type as Schema['type'][]).map((type) => ({ ...schema, type }) as Schema);
}

function changesOf(old: Schema, now: Schema, path: string): string[] {
  if (now.type !== undefined && old.type !== now.type && !(old.type === 'integer' && now.type === 'number'))
    return [`${path}: type ${typeName(old)} became ${typeName(now)}`];
  return [
    ...limits(old, now, path),
    ...exact(old, now, path),
    ...words(old, now, path),
    ...fields(old, now, path),
    ...items(old, now, path),
  ];
}

const typeName = ({ type }: Schema): string => String(type ?? 'any');

function limits(old: Schema, now: Schema, path: string): string[] {
  const raised = LOWER.filter((key) => (now[key] ?? -Infinity) > (old[key] ?? -Infinity));
  const lowered = UPPER.filter((key) => (now[key] ?? Infinity) < (old[key] ?? Infinity));
  return [...raised, ...lowered].map((key) => `${path}: ${key} ${old[key] ?? 'none'} became ${now[key]}`);
}

function exact(old: Schema, now: Schema, path: string): string[] {
  return EXACT.filter((key) => now[key] !== undefined && now[key] !== old[key]).map(
    (key) => `${path}: ${key} ${String(old[key] ?? 'none')} became ${String(now[key])}`,
  );
}

function words(old: Schema, now: Schema, path: string): string[] {
  if (!now.enum) return [];
  if (!old.enum) return [`${path}: only certain words are allowed`];
  const gone = old.enum.filter((word) => !now.enum?.includes(word));
  return gone.map((word) => `${path}: ${String(word)} is not allowed any more`);
}

function fields(old: Schema, now: Schema, path: string): string[] {
  const [before, after] = [old.properties ?? {}, now.properties ?? {}];
  const required = (now.required ?? []).filter((field) => !old.required?.includes(field));
  const closed = now.additionalProperties === false && old.additionalProperties !== false;
  return [
    ...Object.keys(before)
      .filter((field) => !(field in after))
      .map((field) => `${path}: ${field} is gone`),
    ...required.map((field) => `${path}: ${field} became required`),
    ...(closed ? [`${path}: other fields are not allowed any more`] : []),
    ...Object.entries(after).flatMap(([field, schema]) =>
      before[field] ? breakingChanges(before[field] as Schema, schema as Schema, `${path}.${field}`) : [],
    ),
  ];
}

function items(old: Schema, now: Schema, path: string): string[] {
  return now.items ? breakingChanges((old.items ?? {}) as Schema, now.items as Schema, `${path}[]`) : [];
}
