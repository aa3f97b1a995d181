import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { StartError } from './child.ts';

export const HOST = '127.0.0.1';

/** The children of a run that was just killed need a moment to let go. */
const PATIENCE = 4_000;

/** The port itself when it is free, any free one for 0. @throws StartError when it is in use */
export async function claimPort(port: number, title: string): Promise<number> {
  for (const end = Date.now() + PATIENCE; ; await wait(200)) {
    const free = await tryPort(port);
    if (free !== undefined) return free;
    if (Date.now() > end)
      throw new StartError(
        `Port ${port} is in use, and the ${title} needs it. Stop what uses it, or let the demonstration choose: npm start -- --free-ports`,
      );
  }
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' || error.code === 'EACCES' ? resolve(undefined) : reject(error),
    );
    server.listen({ port, host: HOST, exclusive: true }, () => {
      const chosen = (server.address() as AddressInfo).port;
      server.close(() => resolve(chosen));
    });
  });
}
