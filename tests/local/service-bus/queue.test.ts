import { describe, expect, it } from 'vitest';

import type { Content } from '../../../local/service-bus/amqp-sections.ts';
import type { QueueSettings } from '../../../local/service-bus/config.ts';
import type { Lock, Message } from '../../../local/service-bus/message.ts';
import { createQueue } from '../../../local/service-bus/queue.ts';
import type { Queue } from '../../../local/service-bus/queue.ts';

const content: Content = {
  header: undefined,
  annotations: undefined,
  properties: undefined,
  applicationProperties: undefined,
  body: Buffer.alloc(0),
};
const second = 1000;

interface Bench {
  readonly queue: Queue;
  readonly letters: Queue;
  /** Moves the clock and lets the queue do what is due. */
  readonly pass: (ms: number) => void;
  readonly send: (id: string, more?: { ttlMs?: number; scheduledFor?: number; sessionId?: string }) => number;
  /** A consumer with credit for so many messages; what it got, in order. */
  readonly take: (credit: number) => { message: Message; lock: Lock | undefined }[];
  readonly saved: ReadonlyMap<number, Message>;
}

function bench(settings: Partial<QueueSettings> = {}): Bench {
  let [now, sequence, tokens] = [1000 * second, 0, 0];
  const saved = new Map<number, Message>();
  const common = {
    now: () => now,
    newToken: () => `token ${(tokens += 1)}`,
    nextSequence: () => (sequence += 1),
    wake: () => undefined,
    settings: {
      lockDurationMs: 60 * second,
      defaultTtlMs: Infinity,
      maxDeliveryCount: 3,
      deadLetterOnExpiry: false,
      requiresSession: false,
      ...settings,
    },
  };
  const letters = createQueue({
    ...common,
    name: 'q/$DeadLetterQueue',
    records: { save: () => undefined, remove: () => undefined },
    deadLetters: undefined,
  });
  const queue = createQueue({
    ...common,
    name: 'q',
    records: {
      save: (message) => saved.set(message.sequence, { ...message }),
      remove: (number) => saved.delete(number),
    },
    deadLetters: letters,
  });
  return {
    queue,
    letters,
    saved,
    pass(ms) {
      now += ms;
      queue.tick();
    },
    send: (messageId, { ttlMs, scheduledFor, sessionId } = {}) =>
      queue.enqueue({
        content,
        messageId,
        sessionId,
        ttlMs,
        scheduledFor: scheduledFor === undefined ? undefined : now + scheduledFor,
      }),
    take(credit) {
      const got: { message: Message; lock: Lock | undefined }[] = [];
      queue.attach({
        removes: false,
        credit: () => credit - got.length,
        deliver: (message, lock) => got.push({ message, lock }),
      });
      return got;
    },
  };
}

const ids = (got: readonly { message: Message }[]) => got.map(({ message }) => message.messageId);

describe('a queue', () => {
  it('hands out the lowest number first and puts what comes back in its old place', () => {
    const { queue, send, take } = bench();
    for (const id of ['a', 'b', 'c']) send(id);
    const [first] = take(1);
    queue.settle(first!.lock!.token, { kind: 'abandon', changes: [] });
    expect(ids(take(3))).toEqual(['a', 'b', 'c']);
  });

  it('serves consumers in turn', () => {
    const { send, take } = bench();
    const [one, two] = [take(10), take(10)];
    for (const id of ['a', 'b', 'c', 'd']) send(id);
    expect([ids(one), ids(two)]).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ]);
  });

  it('takes a lock back when it runs out, to the millisecond, and counts', () => {
    const { queue, send, take, pass } = bench();
    send('a');
    const [held] = take(1);
    pass(60 * second - 1);
    expect(queue.counts().locked).toBe(1);
    expect(queue.nextDue()).toBe(held!.lock!.until);
    pass(1);
    expect(queue.counts().locked).toBe(0);
    const [again] = take(1);
    expect(again!.message.deliveryCount).toBe(1);
    expect(() => queue.settle(held!.lock!.token, { kind: 'complete' })).toThrow('lock supplied is invalid');
  });

  it('keeps a renewed lock, and the order in which locks run out', () => {
    const { queue, send, take, pass } = bench();
    for (const id of ['a', 'b']) send(id);
    const [a] = take(2);
    pass(30 * second);
    queue.renew(a!.lock!.token);
    pass(30 * second);
    expect(queue.counts().locked).toBe(1);
    queue.settle(a!.lock!.token, { kind: 'complete' });
    expect(ids(take(2))).toEqual(['b']);
  });

  it('moves a message on its last failure, whether abandoned or lost', () => {
    const { queue, letters, send, take, pass, saved } = bench();
    const number = send('a');
    const [first] = take(1);
    queue.settle(first!.lock!.token, { kind: 'abandon', changes: [] });
    take(1);
    pass(60 * second);
    expect(saved.get(number)?.deliveryCount).toBe(2);
    const [third] = take(1);
    queue.settle(third!.lock!.token, { kind: 'abandon', changes: [] });
    expect(queue.counts()).toMatchObject({ active: 0, deadLettered: 1 });
    expect(saved.size).toBe(0);
    expect(letters.peek(0, 1)[0]).toMatchObject({ sequence: number, deliveryCount: 3 });
  });

  it('lets nothing expire while it is locked or deferred; looks when it comes back or is received', () => {
    const { queue, send, take, pass } = bench({ defaultTtlMs: 10 * second });
    send('a');
    const deferred = send('b');
    const [a, b] = take(2);
    queue.settle(b!.lock!.token, { kind: 'defer', changes: [] });
    pass(20 * second);
    expect(queue.counts()).toMatchObject({ active: 1, deferred: 1 });
    queue.settle(a!.lock!.token, { kind: 'abandon', changes: [] });
    expect(queue.counts()).toMatchObject({ active: 0, deferred: 1, deadLettered: 0 });
    expect(() => queue.takeDeferred([deferred], true)).toThrow('sequence number 2');
    expect(queue.counts().deferred).toBe(0);
  });

  it('lets a scheduled message start anew when it is due: number, enqueued time, time to live', () => {
    const { queue, send, take, pass, saved } = bench({ defaultTtlMs: 10 * second });
    const number = send('a', { scheduledFor: 60 * second });
    expect(queue.counts()).toMatchObject({ active: 0, scheduled: 1 });
    pass(60 * second);
    const [got] = take(1);
    expect(got!.message).toMatchObject({ sequence: number + 1, enqueuedAt: 1060 * second, state: 'active' });
    expect([...saved.keys()]).toEqual([number + 1]);
  });

  it('keeps a deferred message deferred when its lock runs out', () => {
    const { queue, send, take, pass } = bench();
    const number = send('a');
    const [got] = take(1);
    queue.settle(got!.lock!.token, { kind: 'defer', changes: [] });
    queue.takeDeferred([number], true);
    expect(() => queue.takeDeferred([number], true)).toThrow('not there');
    pass(60 * second);
    expect(queue.counts()).toMatchObject({ deferred: 1, locked: 0 });
    expect(queue.takeDeferred([number], true)[0]?.deliveryCount).toBe(2);
  });

  it('takes deferred messages all or none', () => {
    const { queue, send, take } = bench();
    const number = send('a');
    queue.settle(take(1)[0]!.lock!.token, { kind: 'defer', changes: [] });
    expect(() => queue.takeDeferred([number, 99], true)).toThrow('99');
    expect(queue.counts().locked).toBe(0);
    expect(queue.takeDeferred([number, number], true)).toHaveLength(1);
    expect(queue.counts().locked).toBe(1);
  });

  it('hands nothing to a consumer that is gone', () => {
    const { queue, send } = bench();
    const got: string[] = [];
    const consumer = { removes: true, credit: () => 1, deliver: ({ messageId }: Message) => got.push(messageId) };
    queue.attach(consumer);
    send('a');
    queue.detach(consumer);
    send('b');
    expect(got).toEqual(['a']);
    expect(queue.counts().active).toBe(1);
  });
});
