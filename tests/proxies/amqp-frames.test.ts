import { createRequire } from 'node:module';
import { message } from 'rhea';
import { expect, it } from 'vitest';
import { createFrameCutter } from './amqp-frames.ts';

const rhea = createRequire(import.meta.url)('rhea/lib/frames.js') as {
  amqp_frame: (channel: number, performative: unknown, payload?: Buffer) => unknown;
  write_frame: (frame: unknown) => Buffer;
} & Record<'attach' | 'transfer' | 'disposition' | 'flow', (fields: Record<string, unknown>) => unknown>;

type Terminus = (fields: { address: string }) => { described(): unknown };
const terminus = createRequire(import.meta.url)('rhea/lib/terminus.js') as { source: Terminus; target: Terminus };
const source = (address: string): unknown => terminus.source({ address }).described();
const target = (address: string): unknown => terminus.target({ address }).described();

const frame = (channel: number, performative: unknown, payload?: Buffer): Buffer =>
  rhea.write_frame(rhea.amqp_frame(channel, performative, payload));

const HEADER = Buffer.from('AMQP\0\x01\0\0', 'latin1');
const SENT = [
  HEADER,
  frame(1, rhea.attach({ name: 'in', handle: 0, role: true, source: source('sms'), target: target('mine') })),
  frame(2, rhea.attach({ name: 'out', handle: 0, role: false, source: source('mine'), target: target('email') })),
  frame(2, rhea.transfer({ handle: 0, delivery_id: 0 }), Buffer.alloc(300, 0x14)),
  frame(1, rhea.flow({ incoming_window: 1, next_outgoing_id: 1, outgoing_window: 1 })),
  frame(1, rhea.disposition({ role: true, first: 0, settled: true })),
];

it.each([1, 7, 64, 10_000])('cuts what comes in portions of %i bytes into whole frames', (size) => {
  const cut = createFrameCutter();
  const all = Buffer.concat(SENT);
  const portions = Array.from({ length: Math.ceil(all.length / size) }, (_, n) =>
    all.subarray(n * size, (n + 1) * size),
  );
  const pieces = portions.flatMap(cut);
  expect(pieces.map(({ bytes }) => bytes)).toEqual(SENT);
  expect(pieces.map(({ bytes: _bytes, ...piece }) => piece)).toEqual([
    { kind: 'other' },
    { kind: 'attach', channel: 1, receives: true, address: 'sms' },
    { kind: 'attach', channel: 2, receives: false, address: 'email' },
    { kind: 'transfer', channel: 2, count: 1 },
    { kind: 'other' },
    { kind: 'disposition', channel: 1, count: 1 },
  ]);
});

it('counts the messages of a batch, and those that are settled together', () => {
  const batch = message.encode({ body: message.data_sections([Buffer.alloc(3), Buffer.alloc(300), Buffer.alloc(1)]) });
  const [transfer] = createFrameCutter()(
    frame(2, rhea.transfer({ handle: 0, delivery_id: 0, message_format: 0x80013700 }), batch),
  );
  expect(transfer).toMatchObject({ kind: 'transfer', count: 3 });
  const [settled] = createFrameCutter()(frame(1, rhea.disposition({ role: true, first: 4, last: 9, settled: true })));
  expect(settled).toMatchObject({ kind: 'disposition', count: 6 });
});
