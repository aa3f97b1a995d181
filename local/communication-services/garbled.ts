import type { ServerResponse } from 'node:http';
import type { Answer } from './answer.ts';

/** What may stand in the place of an answer: a page of some gateway, JSON that breaks off, nothing, or half of it and a cut. */
export const garbledForms = ['html', 'truncated', 'empty', 'half'] as const;

export type GarbledForm = (typeof garbledForms)[number];

const gatewayPage = '<html><head><title>Error</title></head><body><h1>Bad gateway</h1></body></html>';

/** Sends the garbled answer; `headers` are those that the good one would have. `cut` is called when the connection is to end early. */
export function sendGarbled(
  response: ServerResponse,
  { status, body }: Answer,
  form: GarbledForm,
  headers: Readonly<Record<string, string>>,
  cut: () => void,
): void {
  const whole = Buffer.from(JSON.stringify(body));
  const start = whole.subarray(0, Math.floor(whole.length / 2));
  switch (form) {
    case 'html':
      response.writeHead(status, { ...headers, 'Content-Type': 'text/html; charset=utf-8' }).end(gatewayPage);
      return;
    case 'truncated':
      response.writeHead(status, headers).end(start);
      return;
    case 'empty':
      response.writeHead(status, { ...headers, 'Content-Length': '0' }).end();
      return;
    case 'half':
      response.writeHead(status, { ...headers, 'Content-Length': String(whole.length) }).write(start, cut);
  }
}
