import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { errorText } from '../invoker.ts';
import type { Log } from '../log.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export interface ServerOptions {
  /** `127.0.0.1:PORT`, for requests without a Host header. */
  authority: string;
  admin: Handler;
  eventGrid: Handler;
  eventGridPath: string;
  /** `false` when no function answers. */
  httpTrigger: (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;
  log: Log;
}

/** The HTTP side of the host. It does not listen: connections are handed to it with `emit('connection', socket)`. */
export function createHttpServer({
  authority,
  admin,
  eventGrid,
  eventGridPath,
  httpTrigger,
  log,
}: ServerOptions): Server {
  const serve: Handler = async (request, response, url) => {
    const path = url.pathname.toLowerCase();
    if (path.startsWith('/admin/')) return admin(request, response, url);
    if (path === eventGridPath) return eventGrid(request, response, url);
    if (await httpTrigger(request, response, url)) return undefined;
    if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('Your Azure Functions app is up and running.\n');
    } else response.writeHead(404).end();
    return undefined;
  };

  return createServer((request, response) => {
    const base = `http://${request.headers.host ?? authority}`;
    const url = URL.canParse(request.url ?? '/', base) ? new URL(request.url ?? '/', base) : undefined;
    if (!url) {
      response.writeHead(400).end();
      return;
    }
    serve(request, response, url).catch((error: unknown) => {
      log({ level: 'error', category: 'Host.Http', message: `${request.method} ${url.pathname}: ${errorText(error)}` });
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    });
  });
}
