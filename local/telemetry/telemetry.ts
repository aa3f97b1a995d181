import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';
import { METRICS, TRACES } from './otlp.ts';
import { pageOf } from './page.ts';
import { createStore } from './store.ts';

export interface TelemetryReceiver {
  /** What `OTEL_EXPORTER_OTLP_ENDPOINT` has to be. */
  readonly endpoint: string;
  close(): Promise<void>;
}

/** An OTLP/HTTP receiver on 127.0.0.1 that keeps everything in memory. @param port 0: any free one */
export async function startTelemetryReceiver({ port }: { port: number }): Promise<TelemetryReceiver> {
  const store = createStore();

  async function take(request: IncomingMessage): Promise<Reply> {
    const type = request.headers['content-type'] ?? '';
    if (!/^application\/json\s*(;|$)/i.test(type))
      return {
        status: 415,
        body: { message: `${type || 'no content type'}: this receiver takes application/json only` },
      };
    try {
      const json = await readJson(request);
      if (request.url === '/v1/metrics') store.addMetrics(METRICS.parse(json));
      else store.addTraces(TRACES.parse(json));
    } catch (error) {
      return { status: 400, body: { message: error instanceof z.ZodError ? z.prettifyError(error) : String(error) } };
    }
    return { status: 200, body: {} };
  }

  async function answer(request: IncomingMessage): Promise<Reply> {
    const { method, url = '/' } = request;
    if (method === 'POST' && (url === '/v1/metrics' || url === '/v1/traces')) return take(request);
    if (method === 'GET' && url === '/metrics')
      return { status: 200, body: { exports: store.exports(), metrics: store.metrics() } };
    if (method === 'GET' && url === '/traces')
      return { status: 200, body: { exports: store.exports(), traces: store.traces() } };
    if (method === 'GET' && url === '/') return { status: 200, html: pageOf(store.metrics(), store.traces()) };
    return { status: 404, body: { message: `${method} ${url} is not served here` } };
  }

  const server = createServer((request, response) => {
    answer(request).then(
      (reply) => send(response, reply),
      (error: unknown) => send(response, { status: 500, body: { message: String(error) } }),
    );
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Reply = { status: number } & ({ body: unknown } | { html: string });

function send(response: ServerResponse, reply: Reply): void {
  const [type, text] =
    'html' in reply ? ['text/html; charset=utf-8', reply.html] : ['application/json', JSON.stringify(reply.body)];
  response.writeHead(reply.status, { 'content-type': type }).end(text);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  return JSON.parse((request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()) as unknown;
}
