import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether the request carries the key, as `?code=` or in `x-functions-key`. */
export function hasKey(request: IncomingMessage, url: URL, key: string): boolean {
  const header = request.headers['x-functions-key'];
  const given = [url.searchParams.get('code'), typeof header === 'string' ? header : null];
  return given.some((candidate) => candidate !== null && timingSafeEqual(digest(candidate), digest(key)));
}
