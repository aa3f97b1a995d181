import { RETRIED_EVENTS, SEND_QUEUES } from '../../shared/entities.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { Clock, Copy, ParkedEvent, Queues } from '../../shared/ports.ts';
import { type OnCall, callsOf } from './calls.ts';

type Message<Body> = { messageId: string; body: Body; at: Date };

export type FakeBroker = {
  queues: Queues;
  /** What stands on a queue, scheduled or due, the earliest first. */
  sms: Message<Copy>[];
  email: Message<Copy>[];
  retriedEvents: Message<ParkedEvent>[];
  /** MessageIds that were sent again within the hour, and dropped. */
  dropped: string[];
  /** Takes what is due off a queue of this broker. */
  due<Body>(queue: Message<Body>[]): Message<Body>[];
};

/** Times and duplicate detection as on the broker; taking a message off a queue completes it. */
export function fakeBroker(clock: Clock, onCall: OnCall): FakeBroker {
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
    queue.push(structuredClone(message));
    queue.sort((a, b) => a.at.getTime() - b.at.getTime());
  }

  const broker: FakeBroker = {
    sms: [],
    email: [],
    retriedEvents: [],
    dropped,
    queues: {
      sendCopies: (channel, copies) =>
        call('sendCopies', () => {
          for (const { copy, messageId = `${copy.delivery}/${copy.copy}`, at = clock.now() } of copies)
            enqueue(SEND_QUEUES[channel], broker[channel], { messageId, body: copy, at });
        }),
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
