import type { Clock } from './clock.ts';

export interface WebhookAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export type Webhook = (url: string, init: RequestInit) => Promise<WebhookAnswer>;

/** One request to an endpoint. @throws when it cannot be reached or does not answer in time. */
export async function callWebhook(
  clock: Clock,
  timeoutMs: number,
  url: string,
  init: RequestInit,
): Promise<WebhookAnswer> {
  const abort = new AbortController();
  const cancel = clock.after(timeoutMs, () => abort.abort(new Error(`no answer in ${timeoutMs / 1000} s`)));
  try {
    const response = await fetch(url, { ...init, redirect: 'manual', signal: abort.signal });
    return { status: response.status, headers: response.headers, text: await response.text() };
  } finally {
    cancel();
  }
}

export function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const { cause, message } = thrown;
  return cause instanceof Error ? `${message}: ${cause.message || cause.name}` : message;
}
