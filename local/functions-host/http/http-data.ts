import type { IncomingHttpHeaders } from 'node:http';
import type { HttpCookie, TypedData } from '../library.ts';

export interface ReceivedRequest {
  method: string;
  /** Absolute. */
  url: string;
  headers: Record<string, string>;
  params: Record<string, string>;
  body: Buffer;
}

export interface HttpAnswer {
  status: number;
  headers: Record<string, string>;
  cookies: string[];
  body: Uint8Array;
}

const nullable = (values: Record<string, string>): Record<string, { value: string }> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }]));

/** Several values of one header joined with a comma, as one text each. */
export const joinHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );

/** Several values of one query key joined with a comma, as the real host sends them. */
export function joinQuery(url: string): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of new URL(url).searchParams) {
    query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  }
  return query;
}

export const toHttpData = (request: ReceivedRequest): TypedData => ({
  http: {
    method: request.method,
    url: request.url,
    nullableHeaders: nullable(request.headers),
    nullableParams: nullable(request.params),
    nullableQuery: nullable(joinQuery(request.url)),
    ...(request.body.length > 0 && { body: { bytes: request.body } }),
  },
});

const sameSiteTexts = { none: undefined, lax: 'Lax', strict: 'Strict', explicitNone: 'None' };

function cookieText(cookie: HttpCookie): string {
  const sameSite = cookie.sameSite && sameSiteTexts[cookie.sameSite];
  return [
    `${cookie.name}=${encodeURIComponent(cookie.value)}`,
    cookie.maxAge && `Max-Age=${cookie.maxAge.value}`,
    cookie.domain && `Domain=${cookie.domain.value}`,
    cookie.path && `Path=${cookie.path.value}`,
    cookie.expires && `Expires=${new Date(cookie.expires.value.seconds * 1000).toUTCString()}`,
    cookie.httpOnly?.value === true && 'HttpOnly',
    cookie.secure?.value === true && 'Secure',
    sameSite && `SameSite=${sameSite}`,
  ]
    .filter((part) => typeof part === 'string')
    .join('; ');
}

/** A handler that returned nothing is answered with 204. */
export function toHttpAnswer(returnValue: TypedData | null | undefined): HttpAnswer {
  const http = returnValue?.http;
  if (!http) return { status: 204, headers: {}, cookies: [], body: new Uint8Array() };
  return {
    status: Number(http.statusCode ?? 200),
    headers: http.headers ?? {},
    cookies: (http.cookies ?? []).map(cookieText),
    body: http.body?.bytes ?? Buffer.from(http.body?.string ?? ''),
  };
}
