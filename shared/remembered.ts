/**
 * The same function, with its answers kept: making a formatter of `Intl` costs more than all that it formats. Keys come
 * from outside, so it forgets everything when it holds `most` of them.
 */
export function remembered<Key extends string[], Value>(most: number, make: (...key: Key) => Value) {
  const values = new Map<string, Value>();
  return (...key: Key): Value => {
    const joined = JSON.stringify(key);
    const known = values.get(joined);
    if (known !== undefined) return known;
    const value = make(...key);
    if (values.size >= most) values.clear();
    values.set(joined, value);
    return value;
  };
}
