import rhea from 'rhea';

import { AmqpError } from './amqp-error.ts';

/** The AMQP type system on raw bytes: skipping, splitting and writing values without losing their types (AMQP 1.0 part 1). */

const { types } = rhea;

export type RawEntry = readonly [key: string, value: Buffer];

/** A decoded value that still knows its AMQP type, as rhea reads it. */
export interface TypedValue {
  readonly type: { readonly name: string; readonly typecode: number };
  readonly value: unknown;
  readonly descriptor?: TypedValue;
}

interface Codec {
  Reader: new (bytes: Buffer) => { read(): TypedValue };
  Writer: new () => { write(value: unknown): void; toBuffer(): Buffer };
  unwrap(value: TypedValue, leaveDescribed?: boolean): unknown;
}

const codec = types as unknown as Codec;
const outOfBounds = () => new AmqpError('amqp:decode-error', 'The message ends in the middle of an AMQP value.');

/** Where the value that starts at `at` ends. The high nibble of a constructor gives the size of what follows. */
export function valueEnd(bytes: Buffer, at: number): number {
  const end = unboundedEnd(bytes, at);
  if (end > bytes.length) throw outOfBounds();
  return end;
}

function unboundedEnd(bytes: Buffer, at: number): number {
  const code = bytes[at];
  if (code === undefined) throw outOfBounds();
  if (code === 0x00) return unboundedEnd(bytes, valueEnd(bytes, at + 1));
  const kind = code >>> 4;
  if (kind === 0x4) return at + 1;
  if (kind >= 0x5 && kind <= 0x9) return at + 1 + 2 ** (kind - 5);
  if (kind === 0xa || kind === 0xc || kind === 0xe) return at + 2 + byteAt(bytes, at + 1);
  if (kind === 0xb || kind === 0xd || kind === 0xf) return at + 5 + uintAt(bytes, at + 1);
  throw new AmqpError('amqp:decode-error', `0x${code.toString(16)} is no AMQP type.`);
}

function byteAt(bytes: Buffer, at: number): number {
  const value = bytes[at];
  if (value === undefined) throw outOfBounds();
  return value;
}

function uintAt(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw outOfBounds();
  return bytes.readUInt32BE(at);
}

/** The items of a list or map value, each as its own bytes. */
export function rawItems(bytes: Buffer, at = 0): Buffer[] {
  const code = byteAt(bytes, at);
  if (code === 0x45 || code === 0x40) return [];
  const small = code === 0xc0 || code === 0xc1;
  if (!small && code !== 0xd0 && code !== 0xd1)
    throw new AmqpError('amqp:decode-error', `Expected a list or a map, found 0x${code.toString(16)}.`);
  const count = small ? byteAt(bytes, at + 2) : uintAt(bytes, at + 5);
  let next = at + (small ? 3 : 9);
  const items: Buffer[] = [];
  for (let n = 0; n < count; n += 1) {
    const end = valueEnd(bytes, next);
    items.push(bytes.subarray(next, end));
    next = end;
  }
  return items;
}

export function rawEntries(bytes: Buffer, at = 0): RawEntry[] {
  const items = rawItems(bytes, at);
  const entries: RawEntry[] = [];
  for (let n = 0; n + 1 < items.length; n += 2) {
    const [key, value] = [items[n], items[n + 1]];
    if (key && value) entries.push([String(decode(key)), value]);
  }
  return entries;
}

export function readTyped(bytes: Buffer): TypedValue {
  return new codec.Reader(bytes).read();
}

/** The plain JavaScript value: numbers, strings, Date, Buffer for binary, uuid and integers beyond 2^53. */
export function decode(bytes: Buffer): unknown {
  const code = bytes[0];
  if (code === 0xa1) return bytes.toString('utf8', 2);
  if (code === 0xa3) return bytes.toString('ascii', 2);
  return plain(readTyped(bytes));
}

export function plain(value: TypedValue): unknown {
  return codec.unwrap(value, true);
}

/** Entries of a typed map, each value encoded again with the type it came with. */
export function entriesOf(map: TypedValue | undefined): RawEntry[] {
  if (!map || !Array.isArray(map.value)) return [];
  const items = map.value as TypedValue[];
  const entries: RawEntry[] = [];
  for (let n = 0; n + 1 < items.length; n += 2) {
    const [key, value] = [items[n], items[n + 1]];
    if (key && value) entries.push([String(key.value), encodeTyped(value)]);
  }
  return entries;
}

function encodeTyped(value: TypedValue): Buffer {
  const writer = new codec.Writer();
  writer.write(value);
  return Buffer.from(writer.toBuffer());
}

export const nullValue = Buffer.from([0x40]);

export function stringValue(text: string): Buffer {
  return variable(0xa1, 0xb1, Buffer.from(text, 'utf8'));
}

export function symbolValue(text: string): Buffer {
  return variable(0xa3, 0xb3, Buffer.from(text, 'ascii'));
}

function variable(shortCode: number, longCode: number, content: Buffer): Buffer {
  if (content.length < 256) return Buffer.concat([Buffer.from([shortCode, content.length]), content]);
  const head = Buffer.alloc(5);
  head[0] = longCode;
  head.writeUInt32BE(content.length, 1);
  return Buffer.concat([head, content]);
}

export function longValue(value: number): Buffer {
  return eightBytes(0x81, value);
}

/** `value`: milliseconds since 1970. */
export function timestampValue(value: number): Buffer {
  return eightBytes(0x83, value);
}

function eightBytes(code: number, value: number): Buffer {
  const bytes = Buffer.allocUnsafe(9);
  bytes[0] = code;
  bytes.writeBigInt64BE(BigInt(value), 1);
  return bytes;
}

export function intValue(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(5);
  bytes[0] = 0x71;
  bytes.writeInt32BE(value, 1);
  return bytes;
}

export function uintValue(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(5);
  bytes[0] = 0x70;
  bytes.writeUInt32BE(value, 1);
  return bytes;
}

/** A list (0xd0) or map (0xd1) of values that are encoded already. */
export function compound(code: 0xd0 | 0xd1, items: readonly Buffer[]): Buffer {
  const size = items.reduce((sum, item) => sum + item.length, 4);
  const head = Buffer.allocUnsafe(9);
  head[0] = code;
  head.writeUInt32BE(size, 1);
  head.writeUInt32BE(items.length, 5);
  return Buffer.concat([head, ...items]);
}
