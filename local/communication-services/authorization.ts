import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { type Answer, refusal } from './answer.ts';

export interface SignedRequest {
  readonly method: string;
  /** The exact request target: path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
}

export interface SignatureRules {
  /** Base64. */
  readonly accessKey: string;
  /** How far the date of a request may be off, in seconds; null: any date. */
  readonly clockTolerance: number | null;
}

export const contentHash = (body: Uint8Array): string => createHash('sha256').update(body).digest('base64');

export const signature = (accessKey: string, stringToSign: string): string =>
  createHmac('sha256', Buffer.from(accessKey, 'base64')).update(stringToSign, 'utf8').digest('base64');

const denied = (message: string) => refusal(401, 'Denied', message);

const authorizationForm = /^HMAC-SHA256 SignedHeaders=([^&]+)&Signature=(.+)$/;
const signedHeaderLists = ['x-ms-date;host;x-ms-content-sha256', 'date;host;x-ms-content-sha256'];

/**
 * HMAC-SHA256 over `VERB\n pathAndQuery\n date;host;contentHash`.
 * Source: Azure Communication Services, "Sign an HTTP request with HMAC". Returns the refusal, or undefined when the request is genuine.
 */
export function checkSignature(request: SignedRequest, rules: SignatureRules, now: number): Answer | undefined {
  const { headers } = request;
  const match = authorizationForm.exec(headers['authorization'] ?? '');
  if (!match?.[1] || !match[2]) return denied('The authorization header is missing or is not HMAC-SHA256.');
  const names = match[1].toLowerCase();
  if (!signedHeaderLists.includes(names)) {
    return denied('SignedHeaders must be x-ms-date;host;x-ms-content-sha256.');
  }
  const values = names.split(';').map((name) => headers[name]);
  if (values.includes(undefined)) return denied(`The signed headers ${names} must all be sent.`);
  if (headers['x-ms-content-sha256'] !== contentHash(request.body)) {
    return refusal(401, 'Unauthorized', 'The x-ms-content-sha256 header does not match the hash of the request body.');
  }
  const expected = Buffer.from(signature(rules.accessKey, `${request.method}\n${request.target}\n${values.join(';')}`));
  const given = Buffer.from(match[2]);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    return denied('The signature does not match: wrong access key, or the request was changed after signing.');
  }
  const sent = Date.parse(values[0] ?? '');
  if (Number.isNaN(sent)) return denied('The signed date is not an RFC 1123 date.');
  if (rules.clockTolerance !== null && Math.abs(now - sent) > rules.clockTolerance * 1000) {
    return refusal(401, 'Unauthorized', 'The time difference between the request and the server is too large.');
  }
  return undefined;
}
