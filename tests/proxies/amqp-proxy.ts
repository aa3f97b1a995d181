import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { HOST } from '../../demo/ports.ts';
import { createFrameCutter, type Piece } from './amqp-frames.ts';
import type { Proxy } from './http-proxy.ts';
import type { Passes, SeenMessages } from './seen.ts';

/** Forwards AMQP to a local port; a frame that may not pass, and whatever comes after it, is never forwarded. */
export async function startAmqpProxy(passes: Passes): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let target = 0;
  const server = createServer((client) => {
    const broker = connect(target, HOST);
    const links = new Map<number, { receives: boolean; address: string }>();
    for (const [from, to, side] of [
      [client, broker, 'client'],
      [broker, client, 'broker'],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from.on('error', () => from.destroy());
      from.on('close', () => {
        sockets.delete(from);
        to.end();
      });
      const cut = createFrameCutter();
      let holds = false;
      from.on('data', (portion: Buffer) => {
        for (const piece of cut(portion)) {
          holds ||= !passes(seenIn(piece, side, links), 'before');
          if (!holds) to.write(piece.bytes);
        }
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    forwardTo: (port) => void (target = port),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The official client gives every link a session, and so a channel, of its own. */
function seenIn(
  piece: Piece,
  side: 'client' | 'broker',
  links: Map<number, { receives: boolean; address: string }>,
): SeenMessages | undefined {
  if (piece.kind === 'other') return undefined;
  if (piece.kind === 'attach') {
    if (side === 'client') links.set(piece.channel, piece);
    return undefined;
  }
  const link = links.get(piece.channel);
  if (!link) return undefined;
  const of = { service: 'service-bus', entity: link.address, count: piece.count } as const;
  if (piece.kind === 'transfer') return { ...of, does: side === 'client' ? 'send' : 'receive' };
  return side === 'client' && link.receives ? { ...of, does: 'settle' } : undefined;
}
