import { randomUUID } from 'node:crypto';
import type { GarbledForm } from './garbled.ts';

/** One HTTP answer of the provider; the body is sent as JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** What happens on the wire: an answer, something unreadable in its place, silence until the client gives up, or a destroyed socket. */
export type Ending =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'garbled'; readonly answer: Answer; readonly form: GarbledForm }
  | { readonly kind: 'hang' }
  | { readonly kind: 'cut' };

export const answer = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body,
});

export const ended = (given: Answer): Ending => ({ kind: 'answer', answer: given });

/** The `{error:{code,message}}` form with the code repeated in a header, as the email service answers. */
export const refusal = (status: number, code: string, message: string, headers: Record<string, string> = {}): Answer =>
  answer(status, { error: { code, message } }, { 'x-ms-error-code': code, ...headers });

export const correlationHeaders = (): Record<string, string> => ({
  'MS-CV': `${randomUUID()}.0`,
  'x-ms-request-id': randomUUID(),
});
