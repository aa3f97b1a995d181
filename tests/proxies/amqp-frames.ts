import { createRequire } from 'node:module';

/** What goes over AMQP 1.0, as far as the proxy looks at it; the bytes are whole frames. */
export type Piece = { bytes: Buffer } & (
  | { kind: 'attach'; channel: number; receives: boolean; address: string }
  | { kind: 'transfer' | 'disposition'; channel: number; count: number }
  | { kind: 'other' }
);

type Attach = { role: boolean; source?: { value: unknown[] }; target?: { value: unknown[] } };
type Disposition = { first: number; last?: number };
type Transfer = { message_format?: number };
const { read_frame: readFrame } = createRequire(import.meta.url)('rhea/lib/frames.js') as {
  read_frame: (bytes: Buffer) => { performative: Attach & Disposition & Transfer; payload?: Buffer };
};

const CODES: Record<number, 'attach' | 'transfer' | 'disposition'> = {
  0x12: 'attach',
  0x14: 'transfer',
  0x15: 'disposition',
};
/** The message format in which Service Bus takes several messages in one transfer, each a data section of it. */
const BATCH = 0x80013700;
const DATA = 0x75;
const LONG = 0x10;
const EMPTY_LIST = 0x45;

/** Cuts what comes in any portions into its protocol headers and frames. */
export function createFrameCutter(): (portion: Buffer) => Piece[] {
  let rest = Buffer.alloc(0);
  return (portion) => {
    rest = Buffer.concat([rest, portion]);
    const pieces: Piece[] = [];
    for (let size = sizeOf(rest); size !== undefined && rest.length >= size; size = sizeOf(rest)) {
      pieces.push(pieceOf(rest.subarray(0, size)));
      rest = rest.subarray(size);
    }
    return pieces;
  };
}

const isHeader = (bytes: Buffer): boolean => bytes.toString('latin1', 0, 4) === 'AMQP';

function sizeOf(bytes: Buffer): number | undefined {
  if (bytes.length < 8) return undefined;
  return isHeader(bytes) ? 8 : bytes.readUInt32BE(0);
}

function pieceOf(bytes: Buffer): Piece {
  const body = (bytes[4] ?? 0) * 4;
  // A described type with a small number, as every performative is written.
  const kind = isHeader(bytes) || bytes[5] !== 0 || bytes[body + 1] !== 0x53 ? undefined : CODES[bytes[body + 2] ?? 0];
  if (!kind) return { kind: 'other', bytes };
  const channel = bytes.readUInt16BE(6);
  const { performative, payload = Buffer.alloc(0) } = readFrame(bytes);
  if (kind === 'transfer')
    return { kind, channel, bytes, count: performative.message_format === BATCH ? sectionsIn(payload) : 1 };
  const { role, source, target, first, last } = performative;
  if (kind === 'disposition') return { kind, channel, bytes, count: (last ?? first) - first + 1 };
  return { kind, channel, bytes, receives: role, address: addressIn(role ? source : target) };
}

/** The first field of a source or a target. */
function addressIn(terminus: { value: unknown[] } | undefined): string {
  const first = terminus?.value[0];
  const text = typeof first === 'object' && first !== null && 'value' in first ? first.value : first;
  return typeof text === 'string' ? text : '';
}

/** The size of a section follows its type: in four bytes, in one, or not at all when there is nothing in it. */
function sectionsIn(payload: Buffer): number {
  let sections = 0;
  for (let at = 0; at < payload.length;) {
    const [section, type] = [payload[at + 2]!, payload[at + 3]!];
    if (section === DATA) sections += 1;
    at += 4;
    if (type & LONG) at += 4 + payload.readUInt32BE(at);
    else if (type !== EMPTY_LIST) at += 1 + payload[at]!;
  }
  return sections;
}
