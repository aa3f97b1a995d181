import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { QueueCounts } from './queue.ts';

export interface Health {
  readonly address: string;
  close(): Promise<void>;
}

/** `GET /health` as the official emulator answers it, and `GET /entities`: the counts of every entity. */
export async function startHealth(options: {
  host: string;
  port: number;
  counts: () => Record<string, Partial<QueueCounts>>;
}): Promise<Health> {
  const server = createServer((request, response) => {
    const answers: Record<string, () => unknown> = {
      '/health': () => ({ status: 'healthy', message: 'Service is healthy.' }),
      '/entities': () => options.counts(),
    };
    const path = new URL(request.url ?? '/', 'http://local').pathname;
    const answer = answers[path];
    const status = request.method !== 'GET' ? 405 : answer ? 200 : 404;
    response.writeHead(status, { 'content-type': 'application/json' });
    const body = status === 200 ? answer?.() : { error: `GET ${Object.keys(answers).join(' or ')}, nothing else` };
    response.end(JSON.stringify(body));
  });
  server.listen(options.port, options.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://${options.host}:${port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
