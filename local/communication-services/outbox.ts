import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';

const files: Readonly<Record<string, { url: URL; type: string }>> = {
  '/': { url: new URL('./outbox/outbox.html', import.meta.url), type: 'text/html' },
  '/outbox.css': { url: new URL('./outbox/outbox.css', import.meta.url), type: 'text/css' },
  '/calendar-entry.js': { url: new URL('./outbox/calendar-entry.js', import.meta.url), type: 'text/javascript' },
  '/outbox.js': { url: new URL('./outbox/outbox.js', import.meta.url), type: 'text/javascript' },
};

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export const isOutboxPath = (path: string): boolean => path in files;

/** The page that shows what phones and mailboxes received. It reads the control API. */
export async function serveOutbox(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = files[(request.url ?? '/').split('?')[0] ?? '/'];
  if (!file || request.method !== 'GET') {
    response.writeHead(405, { 'Content-Type': 'text/plain' }).end('Use GET.');
    return;
  }
  const content = await readFile(file.url);
  response
    .writeHead(200, {
      'Content-Type': `${file.type}; charset=utf-8`,
      'Content-Security-Policy': policy,
      'X-Content-Type-Options': 'nosniff',
      'Referrer-Policy': 'no-referrer',
      'Cache-Control': 'no-cache',
    })
    .end(content);
}
