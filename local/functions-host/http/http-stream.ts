import { request as httpRequest } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';

export interface ForwardedRequest {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  /** Base of the server that the library opened. */
  streamUri: string;
  invocationId: string;
  /** Settles when the invocation ends. */
  invoked: Promise<{ result: unknown }>;
}

/**
 * Hands a request to the library's own server, which pairs it with the invocation by `x-ms-invocation-id` and streams the answer back.
 * A handler that returns nothing never answers there: then it is 204 here. Rejects when the invocation does.
 */
export async function forwardToApp(forwarded: ForwardedRequest): Promise<void> {
  const { request, response, url, streamUri, invocationId, invoked } = forwarded;
  const { connection: _connection, expect: _expect, ...headers } = request.headers;
  const outgoing = httpRequest(new URL(url.pathname + url.search, streamUri), {
    host: '127.0.0.1',
    method: request.method,
    agent: false,
    headers: {
      ...headers,
      'x-ms-invocation-id': invocationId,
      'x-forwarded-host': url.host,
      'x-forwarded-proto': url.protocol.slice(0, -1),
    },
  });
  const answered = new Promise<void>((resolve, reject) => {
    outgoing.on('error', reject);
    outgoing.on('response', (answer) => {
      const { 'x-ms-invocation-id': _id, connection: _close, ...answerHeaders } = answer.headers;
      response.writeHead(answer.statusCode ?? 502, answerHeaders);
      pipeline(answer, response).then(resolve, reject);
    });
  });
  const forwarding = Promise.allSettled([answered]);
  response.on('close', () => outgoing.destroy());
  request.pipe(outgoing);
  try {
    const { result } = await Promise.race([invoked, answered.then(() => invoked)]);
    if (result === undefined || result === null) {
      response.writeHead(204).end();
      return;
    }
    const [outcome] = await forwarding;
    if (outcome.status === 'rejected') throw outcome.reason;
  } finally {
    outgoing.destroy();
  }
}
