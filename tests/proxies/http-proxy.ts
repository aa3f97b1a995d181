import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HOST } from '../../demo/ports.ts';
import type { Passes, SeenRequest } from './seen.ts';

export type Proxy = {
  port: number;
  /** Has to be told before the first request comes. */
  forwardTo(port: number): void;
  close(): Promise<void>;
};

/** Forwards whole requests to a local port, and whole answers back; one that may not pass is never answered. */
export async function startHttpProxy(service: SeenRequest['service'], passes: Passes): Promise<Proxy> {
  const agent = new Agent({ keepAlive: true });
  let target = 0;

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bytesOf(incoming);
    const { method = '', url = '', headers } = incoming;
    const seen = { service, method, path: url, body: body.toString('latin1') };
    if (!passes(seen, 'before')) return;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      request({ host: HOST, port: target, method, path: url, headers, agent, setHost: false }, resolve)
        .once('error', reject)
        .end(body);
    });
    const answerBody = await bytesOf(answer);
    if (passes(seen, 'after')) response.writeHead(answer.statusCode ?? 502, answer.headers).end(answerBody);
  }

  const server = createServer((incoming, response) => {
    // The caller was killed, or the service behind is away: it sees what it would see without a proxy.
    serve(incoming, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    forwardTo: (port) => void (target = port),
    close: () =>
      new Promise((resolve) => {
        agent.destroy();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
