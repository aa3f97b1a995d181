import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorText } from '../invoker.ts';

export interface RpcServer {
  /** `http://127.0.0.1:PORT/durabletask/` */
  address: string;
  close(): void;
}

const path = '/durabletask/';

/**
 * The durable client's own way to the host: a port of this worker, without a key, as in Azure (DE `LocalHttpListener.cs`). It stays open while
 * the host drains, so functions that are still running can start orchestrations.
 */
export async function startRpcServer(
  serve: (request: IncomingMessage, response: ServerResponse, url: URL, path: string) => Promise<void>,
  onError: (text: string) => void,
): Promise<RpcServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (!url.pathname.startsWith(path)) {
      response.writeHead(404).end();
      return;
    }
    serve(request, response, url, url.pathname.slice(path.length)).catch((error: unknown) => {
      onError(`A call of the durable client was not served: ${errorText(error)}`);
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
