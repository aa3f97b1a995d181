import { BYTES_PER_PROPERTY, type Entity } from './table-limits.ts';

/**
 * Bytes as columns `<name>`, `<name>2`, … and their count as `<name>Bytes`, because one property takes 64 KiB. Each is a
 * `Buffer`: of any other view the SDK (13.3) writes everything that lies in the same memory.
 */
export function toChunks(name: string, bytes: Uint8Array): Record<string, Buffer | number> {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const chunks: Record<string, Buffer | number> = { [`${name}Bytes`]: all.length };
  for (let start = 0; start < all.length; start += BYTES_PER_PROPERTY)
    chunks[columnAt(name, start)] = all.subarray(start, start + BYTES_PER_PROPERTY);
  return chunks;
}

/** Undefined when there were none. Columns past the count are left over from a longer value. */
export function fromChunks(name: string, entity: Entity): Uint8Array | undefined {
  const total = entity[`${name}Bytes`];
  if (typeof total !== 'number') return undefined;
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < total; start += BYTES_PER_PROPERTY) {
    const chunk = entity[columnAt(name, start)];
    if (!(chunk instanceof Uint8Array)) throw new Error(`column ${columnAt(name, start)} of a row is missing`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, total));
}

const columnAt = (name: string, start: number): string => `${name}${start === 0 ? '' : start / BYTES_PER_PROPERTY + 1}`;
