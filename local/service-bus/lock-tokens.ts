import { randomFillSync } from 'node:crypto';

/** Makes lock tokens, 32 hex digits each, from a pool: one `randomBytes` call per token costs a tenth of the broker's time. */
export function createTokenSource(): () => string {
  const pool = Buffer.alloc(16 * 256);
  let used = pool.length;
  return () => {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    used += 16;
    return pool.toString('hex', used - 16, used);
  };
}

/** The delivery tag of a token and back: a tag is the same 16 bytes in .NET's order, its first three groups swapped. */
export function swapGuidBytes(bytes: Buffer): Buffer {
  const order = [3, 2, 1, 0, 5, 4, 7, 6];
  return Buffer.from(bytes.map((byte, index) => bytes[order[index] ?? index] ?? byte));
}
