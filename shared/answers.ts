/** What the provider's answers mean. The rows come from the REST specifications and from recorded exchanges. */
import { type Json, codeOf, fieldsOf, itemsOf, textOf } from './answer-body.ts';
import type { Cause } from './causes.ts';
import type { Channel } from './delivery.ts';
import type { Finding } from './gate.ts';
import type { ProviderAnswer } from './ports.ts';

/** `note` is a code for the timeline, never an address or a text. */
export type Outcome =
  | { class: 'accepted'; providerId: string; note: string }
  /** For good: this message to this recipient will never be taken. */
  | { class: 'refused'; cause: Cause; note: string }
  /** Certainly not taken. `retryAfter` in ms, if the provider gave a sensible one. */
  | { class: 'refused-for-now'; cause: 'throttled' | 'provider-busy'; retryAfter?: number; note: string }
  /** Nothing was written to the provider. */
  | { class: 'not-reached'; cause: 'not-reached' | 'slot-missed'; note: string }
  /** It may or may not have been taken. `ask`: repeating is of no use, ask what became of it. */
  | { class: 'ambiguous'; retryAfter?: number; ask: boolean; note: string }
  /** Certainly not taken, and no fault of this message. */
  | { class: 'our-fault'; cause: Cause; note: string };

/** What became of a mail attempt; `missing`: the provider knows nothing of it, which it may say too early. */
export type StatusOutcome =
  Extract<Outcome, { class: 'accepted' | 'refused' | 'ambiguous' }> | { class: 'missing'; note: string };

/** Stands for the answer when a run stopped before its call. */
export const NOT_CALLED: ProviderAnswer = { kind: 'not-reached', code: 'not-called' };

const wasNotCalled = (answer: ProviderAnswer): boolean =>
  answer.kind === 'not-reached' && answer.code === NOT_CALLED.code;

/** What an answer says about its scope, whether it was a repeat or not; undefined when nobody was called. `window` in ms. */
export function findingOf(channel: Channel, answer: ProviderAnswer, now: Date, window: number): Finding | undefined {
  if (wasNotCalled(answer)) return undefined;
  const outcome = outcomeOfFirst(channel, answer, now);
  switch (outcome.class) {
    case 'accepted':
    case 'refused':
      return { kind: 'answered' };
    case 'refused-for-now':
      return outcome.cause === 'throttled'
        ? { kind: 'throttled', pause: outcome.retryAfter ?? window }
        : { kind: 'answered' };
    case 'our-fault':
      // On a repeat the provider says so when it has forgotten the first call; to a first call it never does.
      return answer.kind === 'answered' && answer.status === 412
        ? { kind: 'answered' }
        : { kind: 'our-fault', cause: outcome.cause };
    case 'ambiguous':
    case 'not-reached':
      return answer.kind === 'answered' && answer.status === 409 ? { kind: 'answered' } : { kind: 'silent' };
  }
}

/** The hourly mail window is the longest one known; a provider that asks for more than this is not believed. */
const LONGEST_RETRY_AFTER = 65 * 60_000;

/**
 * @param repeat an earlier call of this attempt is unanswered: then a refusal says nothing about that one
 * @param now for a Retry-After that is a date, when the answer itself has none
 */
export function outcomeOf(
  channel: Channel,
  answer: ProviderAnswer,
  { repeat, now }: { repeat: boolean; now: Date },
): Outcome {
  const outcome = outcomeOfFirst(channel, answer, now);
  if (!repeat || outcome.class === 'accepted' || outcome.class === 'not-reached') return outcome;
  const status = answer.kind === 'answered' ? answer.status : 0;
  return {
    class: 'ambiguous',
    ask: channel === 'email' && (status === 400 || status === 409 || status === 412),
    ...('retryAfter' in outcome && { retryAfter: outcome.retryAfter }),
    note: outcome.note,
  };
}

function outcomeOfFirst(channel: Channel, answer: ProviderAnswer, now: Date): Outcome {
  if (answer.kind === 'not-reached')
    return {
      class: 'not-reached',
      cause: wasNotCalled(answer) ? 'slot-missed' : 'not-reached',
      note: answer.code,
    };
  if (answer.kind === 'unanswered') return { class: 'ambiguous', ask: false, note: answer.code };
  const { status, headers } = answer;
  const body = answer.body as Json;
  if (status === 202) return channel === 'sms' ? outcomeOfRecipient(body, headers, now) : outcomeOfMail(body);
  return outcomeOfStatus(status, body, headers, now);
}

/** One answer for one recipient: a request of ours never has two. */
function outcomeOfRecipient(body: Json, headers: Record<string, string>, now: Date): Outcome {
  const [item, ...others] = itemsOf(body, 'value');
  const status = typeof item?.['httpStatusCode'] === 'number' ? item['httpStatusCode'] : undefined;
  if (!item || others.length > 0 || status === undefined) return unreadable();
  if (item['successful'] === true)
    return status === 202
      ? { class: 'accepted', providerId: textOf(item, 'messageId'), note: 'HTTP 202' }
      : unreadable();
  if (status < 400) return unreadable();
  if (status === 503) return refusedForNow('provider-busy', noteOf(status, item), headers, now);
  return outcomeOfStatus(status, item, headers, now);
}

function outcomeOfMail(body: Json): Outcome {
  const id = textOf(body, 'id');
  return id ? { class: 'accepted', providerId: id, note: 'HTTP 202' } : unreadable();
}

const unreadable = (): Outcome => ({ class: 'ambiguous', ask: false, note: 'HTTP 202 unreadable' });

function outcomeOfStatus(status: number, body: Json, headers: Record<string, string>, now: Date): Outcome {
  const note = noteOf(status, body, headers);
  const ourFault = (cause: Cause): Outcome => ({ class: 'our-fault', cause, note });
  const code = codeOf(body, headers);
  if (status === 429) return refusedForNow('throttled', note, headers, now);
  if (status < 400 || status >= 500 || status === 408 || status === 409)
    return { class: 'ambiguous', ask: false, note };
  if (code === 'SubscriptionBlocked') return ourFault('subscription-blocked');
  if (code === 'DomainNotLinked') return ourFault('domain-not-linked');
  if (status === 401 || status === 403) return ourFault('access-denied');
  if (status === 404 || status === 412 || /ApiVersion/i.test(code)) return ourFault('set-up-refused');
  if (status !== 400) return { class: 'refused', cause: 'refused', note };
  switch (fieldsOf(body)) {
    case 'recipient':
      return { class: 'refused', cause: 'bad-address', note };
    case 'sender':
      return ourFault('access-denied');
    case 'repeatability':
      return ourFault('set-up-refused');
    case undefined:
      return { class: 'refused', cause: 'refused', note };
  }
}

function refusedForNow(
  cause: 'throttled' | 'provider-busy',
  note: string,
  headers: Record<string, string>,
  now: Date,
): Outcome {
  const pause = retryAfter(headers, now);
  return { class: 'refused-for-now', cause, ...(pause !== undefined && { retryAfter: pause }), note };
}

const noteOf = (status: number, body: Json, headers: Record<string, string> = {}): string =>
  `HTTP ${status} ${codeOf(body, headers)}`.trimEnd();

/** What the status of a mail operation says about an attempt that was not answered (Email REST, `GET /emails/operations/{id}`). */
export function statusOutcomeOf(answer: ProviderAnswer, now: Date): StatusOutcome {
  if (answer.kind !== 'answered') return unclear(answer.code);
  const { status, headers } = answer;
  const body = answer.body as Json;
  if (status === 404) return { class: 'missing', note: noteOf(status, body, headers) };
  if (status !== 200) return unclear(noteOf(status, body, headers), retryAfter(headers, now));
  const operation = textOf(body, 'status');
  switch (operation.toLowerCase()) {
    case 'notstarted':
    case 'running':
    case 'succeeded':
      return { class: 'accepted', providerId: textOf(body, 'id'), note: operation };
    case 'failed':
    case 'canceled': {
      const code = codeOf(body, {});
      const suppressed = code === 'EmailDroppedAllRecipientsSuppressed';
      return {
        class: 'refused',
        cause: suppressed ? 'suppressed-by-provider' : 'refused',
        note: `${operation} ${code}`.trimEnd(),
      };
    }
    default:
      return unclear('HTTP 200 unreadable', retryAfter(headers, now));
  }
}

const unclear = (note: string, pause?: number): StatusOutcome => ({
  class: 'ambiguous',
  ask: true,
  ...(pause !== undefined && { retryAfter: pause }),
  note,
});

/**
 * The pause in ms that the provider asks for, in any of its forms; at most 65 minutes, undefined when there is none that
 * makes sense. A date counts from the answer's own `date`, so that our clock does not matter.
 */
export function retryAfter(headers: Record<string, string>, now: Date): number | undefined {
  const milliseconds = headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms'];
  const pause =
    milliseconds === undefined ? secondsOrDate(headers['retry-after'], headers['date'], now) : number(milliseconds);
  return pause === undefined ? undefined : Math.min(Math.max(pause, 0), LONGEST_RETRY_AFTER);
}

function secondsOrDate(text: string | undefined, date: string | undefined, now: Date): number | undefined {
  if (text === undefined) return undefined;
  const seconds = number(text);
  if (seconds !== undefined) return seconds * 1_000;
  const [until, from] = [httpDate(text), httpDate(date)];
  return until === undefined ? undefined : until - (from ?? now.getTime());
}

const number = (text: string): number | undefined =>
  /^\s*\d+(\.\d+)?(e\d+)?\s*$/i.test(text) ? Number(text) : undefined;

function httpDate(text: string | undefined): number | undefined {
  const time = text !== undefined && /^\s*[A-Za-z]{3,9},? .*GMT\s*$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : time;
}
