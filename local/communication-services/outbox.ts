import { readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';

const files: Readonly<Record<string, { name: string; type: string }>> = {
  '/': { name: 'outbox.html', type: 'text/html' },
  '/outbox.css': { name: 'outbox.css', type: 'text/css' },
  '/outbox.js': { name: 'outbox.js', type: 'text/javascript' },
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
  const content = await readFile(new URL(`outbox/${file.name}`, import.meta.url));
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
