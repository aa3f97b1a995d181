import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createInFlight } from '../in-flight.ts';
import type { InFlight } from '../in-flight.ts';
import { errorText } from '../invoker.ts';
import type { Log } from '../log.ts';
import { BodyTooLarge } from './body.ts';

type Handler = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

export interface ServerOptions {
  /** `127.0.0.1:PORT`, for requests without a Host header. */
  authority: string;
  admin: Handler;
  eventGrid: Handler;
  eventGridPath: string;
  /** Absent when the app uses no Durable Functions. */
  durable: Handler | undefined;
  durablePath: string;
  /** `false` when no function answers. */
  httpTrigger: (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;
  stopping: () => boolean;
  log: Log;
}

export interface HttpServer extends Pick<InFlight, 'idle'> {
  /** Serves a connection that somebody else accepted. */
  serve(socket: Socket): void;
}

/** The HTTP side of the host. While the host stops, functions are answered for with 503. */
export function createHttpServer(options: ServerOptions): HttpServer {
  const { authority, admin, eventGrid, eventGridPath, durable, durablePath, httpTrigger, stopping, log } = options;
  const inFlight = createInFlight();
  const serve: Handler = async (request, response, url) => {
    const path = url.pathname.toLowerCase();
    if (path.startsWith('/admin/')) return admin(request, response, url);
    if (stopping()) {
      response.writeHead(503, { connection: 'close' }).end();
      return undefined;
    }
    if (path === eventGridPath) return eventGrid(request, response, url);
    if (durable && path.startsWith(durablePath)) return durable(request, response, url);
    if (await httpTrigger(request, response, url)) return undefined;
    if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('Your Azure Functions app is up and running.\n');
    } else response.writeHead(404).end();
    return undefined;
  };

  const server = createServer((request, response) => {
    inFlight.enter();
    response.on('close', () => inFlight.leave());
    const base = `http://${request.headers.host ?? authority}`;
    const url = URL.canParse(request.url ?? '/', base) ? new URL(request.url ?? '/', base) : undefined;
    if (!url) {
      response.writeHead(400).end();
      return;
    }
    serve(request, response, url).catch((error: unknown) => {
      log({ level: 'error', category: 'Host.Http', message: `A request was not served: ${errorText(error)}` });
      if (response.headersSent) response.destroy();
      else response.writeHead(error instanceof BodyTooLarge ? 413 : 500).end();
    });
  });

  return {
    idle: () => inFlight.idle(),
    serve: (socket) => {
      server.emit('connection', socket);
      socket.resume();
    },
  };
}
