import { createRequire } from 'node:module';

/** What a client sends over AMQP 1.0, as far as the proxy looks at it; the bytes are whole frames. */
export type Piece = { bytes: Buffer } & (
  | { kind: 'attach'; channel: number; receives: boolean; address: string }
  | { kind: 'transfer' | 'disposition'; channel: number }
  | { kind: 'other' }
);

type Attach = { role: boolean; source?: { value: unknown[] }; target?: { value: unknown[] } };
const { read_frame: readFrame } = createRequire(import.meta.url)('rhea/lib/frames.js') as {
  read_frame: (bytes: Buffer) => { performative: Attach };
};

const CODES: Record<number, 'attach' | 'transfer' | 'disposition'> = {
  0x12: 'attach',
  0x14: 'transfer',
  0x15: 'disposition',
};

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
  if (kind !== 'attach') return { kind, channel, bytes };
  const { role, source, target } = readFrame(bytes).performative;
  return { kind, channel, bytes, receives: role, address: addressIn(role ? source : target) };
}

/** The first field of a source or a target. */
function addressIn(terminus: { value: unknown[] } | undefined): string {
  const first = terminus?.value[0];
  const text = typeof first === 'object' && first !== null && 'value' in first ? first.value : first;
  return typeof text === 'string' ? text : '';
}
