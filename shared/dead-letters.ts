/** Every dead letter becomes a row that a person can read; an event gets one more chance by itself. */
import { isCode } from './answer-body.ts';
import { type DeliveryId, parseAttemptId } from './delivery-id.ts';
import { SEND_QUEUES } from './entities.ts';
import { parseEvent } from './events.ts';
import { rejectedKey } from './keys.ts';
import type { Limits } from './limits.ts';
import type { Log } from './log.ts';
import type {
  Clock,
  DeadLetter,
  DeadLetterRow,
  DeadLetters,
  Queues,
  Random,
  Reason,
  Rejected,
  RejectedEvents,
} from './ports.ts';

export type DeadLetterDependencies = {
  deadLetters: DeadLetters;
  rejectedEvents: RejectedEvents;
  queues: Queues;
  clock: Clock;
  random: Random;
  limits: Limits;
  linkHosts: readonly string[];
  log: Log;
};

/**
 * Stores a dead letter; the caller completes it once this resolves. Every step may be run again. A copy of a send queue
 * is only stored: its delivery stays open, and housekeeping schedules a new copy. An event goes to `retried-events`
 * once; the second time, or when it cannot be read, its body is kept among the rejected events and a person decides.
 * Rejects, after a pause, while tables or broker are away: a dead-letter queue gives its messages back at once and for ever.
 */
export async function takeDeadLetter(letter: DeadLetter, dependencies: DeadLetterDependencies): Promise<void> {
  const { clock, limits } = dependencies;
  try {
    if (Object.values(SEND_QUEUES).includes(letter.entity)) await takeCopy(letter, dependencies);
    else await takeEvent(letter, dependencies);
  } catch (error) {
    await clock.wait(limits.shortWait);
    throw error;
  }
}

async function takeCopy(letter: DeadLetter, { deadLetters, log }: DeadLetterDependencies): Promise<void> {
  const row = { ...rowOf(letter), delivery: deliveryOf(letter) };
  await deadLetters.put(row);
  log('error', 'dead-letter-stored', {
    entity: letter.entity,
    reason: codeIn(letter.reason),
    delivery: row.delivery,
    fate: 'left',
  });
}

async function takeEvent(letter: DeadLetter, dependencies: DeadLetterDependencies): Promise<void> {
  const { deadLetters, rejectedEvents, queues, clock, random, limits, linkHosts, log } = dependencies;
  const { entity, reason, body, arrived, resubmitted } = letter;
  const parsed = parseEvent(body, arrived, linkHosts);
  const { source, subject, id, type } = parsed.ok ? parsed.event : parsed;
  const row: DeadLetterRow = { ...rowOf(letter), source, subject, eventId: id };
  const fields = {
    entity,
    reason: codeIn(reason),
    type: codeIn(type),
    ...(parsed.ok ? { trace: parsed.event.trace } : {}),
  };

  if (parsed.ok && resubmitted === 0) {
    await deadLetters.put(row);
    const now = clock.now();
    const at = new Date(now.getTime() + limits.parkLongest * (1 + SPREAD * random()));
    await queues.parkEvents([{ body, arrived, parked: 0, resubmitted: 1, at }]);
    await deadLetters.put({ ...row, putBack: { at: now, by: 'itself' } });
    log('warn', 'dead-letter-taken-again', { ...fields, fate: 'put-back' });
    return;
  }
  const reasons = parsed.ok ? TWICE : parsed.reasons;
  const rejected: Rejected = { at: letter.at, arrived, source, subject, id, type, reasons, body };
  await rejectedEvents.put(rejected);
  await deadLetters.put({ ...row, rejected: rejectedKey(rejected).rowKey });
  log('error', 'dead-letter-waits', { ...fields, fate: 'waits' });
}

/**
 * An event that crashes the process takes its whole batch along: they come again one by one, spread over so many of the
 * longest pauses, so that the others are taken.
 */
const SPREAD = 3;

/** Whoever gives a message up may say why in any words, and an unreadable event may name any type. */
const codeIn = (text: string): string => (isCode(text) ? text : '');

const TWICE: readonly Reason[] = [
  { path: '$', expected: 'an event that can be taken; it is intact, but was dead-lettered twice' },
];

function rowOf({ body: _body, ...letter }: DeadLetter): DeadLetterRow {
  return { ...letter, source: '', subject: '', eventId: '', delivery: '' };
}

/** From the body, or from a MessageId such as `<delivery>/3` when the body cannot be read. */
function deliveryOf({ body, messageId }: DeadLetter): DeliveryId | '' {
  const [fromMessageId = ''] = messageId.split('/');
  return parseAttemptId(deliveryIn(body))?.delivery ?? parseAttemptId(fromMessageId)?.delivery ?? '';
}

function deliveryIn(body: Uint8Array): string {
  try {
    const copy: unknown = JSON.parse(Buffer.from(body).toString());
    const { delivery } = (copy ?? {}) as { delivery?: unknown };
    return typeof delivery === 'string' ? delivery : '';
  } catch {
    return '';
  }
}
