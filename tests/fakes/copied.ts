/** A deep copy of what rows and messages are made of: as `structuredClone`, without its way through bytes. */
export function copied<Value>(value: Value): Value {
  return copy(value) as Value;
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  if (value instanceof Date) return new Date(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return structuredClone(value);
  const same: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const field: unknown = (value as Record<string, unknown>)[name];
    same[name] = typeof field === 'object' ? copy(field) : field;
  }
  return same;
}
