import { RETRIED_EVENTS, SEND_QUEUES } from '../../shared/entities.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { Backlog, Backlogs, Clock, Copy, ParkedEvent, Publisher, Queues } from '../../shared/ports.ts';
import { type OnCall, callsOf } from './calls.ts';
import { copied } from './copied.ts';

type Message<Body> = { messageId: string; body: Body; at: Date };

export type FakeBroker = {
  queues: Queues & Publisher & Backlogs;
  /** What stands on a queue, scheduled or due, the earliest first. */
  sms: Message<Copy>[];
  email: Message<Copy>[];
  retriedEvents: Message<ParkedEvent>[];
  /** What was published, under the name of its topic; nobody takes it. */
  published: { topic: string; id: string; body: Uint8Array }[];
  /** MessageIds that were sent again within the hour, and dropped. */
  dropped: string[];
  /** Takes what is due off a queue of this broker. */
  due<Body>(queue: Message<Body>[]): Message<Body>[];
};

export type OnEnqueued = (entity: string, at: Date) => void;

/**
 * Times and duplicate detection as on the broker; taking a message off a queue completes it.
 * @param onEnqueued told of every message that was not dropped, and when it is due
 */
export function fakeBroker(clock: Clock, onCall: OnCall, onEnqueued: OnEnqueued = () => undefined): FakeBroker {
  const { call } = callsOf('queues', onCall);
  const remembered = new Map<string, number>();
  const dropped: string[] = [];
  let parkedEvents = 0;

  function enqueue<Body>(name: string, queue: Message<Body>[], message: Message<Body>): void {
    const key = `${name} ${message.messageId}`;
    const now = clock.now().getTime();
    const sent = remembered.get(key);
    if (sent !== undefined && now - sent < LIMITS.real.duplicateDetection) return void dropped.push(message.messageId);
    remembered.set(key, now);
    queue.push(copied(message));
    queue.sort((a, b) => a.at.getTime() - b.at.getTime());
    onEnqueued(name, message.at);
  }

  function backlogOf(entity: string, seen: Message<unknown>[], isMore: boolean): Backlog {
    const active = seen.filter(({ at }) => at <= clock.now());
    const [first] = active;
    return {
      entity,
      isDeadLetterQueue: false,
      active: active.length,
      scheduled: seen.length - active.length,
      isMore,
      ...(first ? { oldest: first.at } : {}),
    };
  }

  const broker: FakeBroker = {
    sms: [],
    email: [],
    retriedEvents: [],
    published: [],
    dropped,
    queues: {
      sendCopies: (channel, copies) =>
        call('sendCopies', () => {
          for (const { copy, messageId = `${copy.delivery}/${copy.copy}`, at = clock.now() } of copies)
            enqueue(SEND_QUEUES[channel], broker[channel], { messageId, body: copy, at });
        }),
      publish: (topic, events) =>
        call('publish', () => void broker.published.push(...events.map((event) => ({ topic, ...event })))),
      peek: (most) =>
        call('peek', () =>
          [
            { entity: RETRIED_EVENTS, queue: broker.retriedEvents },
            { entity: SEND_QUEUES.sms, queue: broker.sms },
            { entity: SEND_QUEUES.email, queue: broker.email },
          ].map(({ entity, queue }) => backlogOf(entity, queue.slice(0, most), queue.length > most)),
        ),
      parkEvents: (events) =>
        call('parkEvents', () => {
          for (const event of events) {
            parkedEvents += 1;
            const messageId = `parked-${parkedEvents}`;
            enqueue(RETRIED_EVENTS, broker.retriedEvents, { messageId, body: event, at: event.at });
          }
        }),
    },
    due(queue) {
      const later = queue.findIndex(({ at }) => at > clock.now());
      return queue.splice(0, later === -1 ? queue.length : later);
    },
  };
  return broker;
}
