import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { HOST } from '../../demo/ports.ts';
import { NOTIFICATIONS, ORDER_EVENTS, RETRIED_EVENTS, SEND_QUEUES } from '../../shared/entities.ts';
import { createFrameCutter, type Piece } from './amqp-frames.ts';
import type { Gate } from './gate.ts';
import type { Proxy } from './http-proxy.ts';
import type { Operation } from './points.ts';

const COPIES: readonly string[] = Object.values(SEND_QUEUES);
const EVENTS: readonly string[] = [`${ORDER_EVENTS}/Subscriptions/${NOTIFICATIONS}`, RETRIED_EVENTS];

/** Forwards AMQP to a local port; a frame that the gate holds back, and whatever comes after it, is never forwarded. */
export async function startAmqpProxy({ gate }: { gate: Gate }): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let target = 0;
  const server = createServer((client) => {
    const broker = connect(target, HOST);
    const cut = createFrameCutter();
    const operationOf = createReader();
    for (const [socket, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.end();
      });
    }
    let holds = false;
    client.on('data', (portion: Buffer) => {
      for (const piece of cut(portion)) {
        const operation = operationOf(piece);
        holds ||= !(operation ? gate.passes(operation, 'before') : gate.isOpen());
        if (!holds) broker.write(piece.bytes);
      }
    });
    broker.on('data', (portion: Buffer) => gate.isOpen() && client.write(portion));
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

/** Of one connection. The official client gives every link a session, and so a channel, of its own. */
function createReader(): (piece: Piece) => Operation | undefined {
  const links = new Map<number, { receives: boolean; address: string }>();
  return (piece) => {
    if (piece.kind === 'other') return undefined;
    if (piece.kind === 'attach') links.set(piece.channel, piece);
    const link = links.get(piece.channel);
    if (piece.kind === 'transfer' && link && COPIES.includes(link.address)) return 'queues.sendCopies';
    if (piece.kind !== 'disposition' || !link?.receives) return undefined;
    if (EVENTS.includes(link.address)) return 'intake.complete';
    return COPIES.includes(link.address) ? 'send.complete' : undefined;
  };
}
