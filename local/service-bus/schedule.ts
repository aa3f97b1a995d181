import { messageNotFound } from './amqp-error.ts';
import { createHeap } from './heap.ts';

/** Messages that wait for their time. */
export interface Schedule<T> {
  readonly size: number;
  add(message: T): void;
  /** Takes messages out: all of them, or an AmqpError when one is not waiting here. */
  cancel(sequences: readonly number[]): void;
  /** Takes out what is due, earliest first. */
  takeDue(now: number): T[];
  nextDue(): number;
  messages(): Iterable<T>;
}

export function createSchedule<
  T extends { readonly sequence: number; readonly scheduledFor: number | undefined },
>(): Schedule<T> {
  const waiting = new Map<number, T>();
  const byTime = createHeap<{ at: number; sequence: number }>(
    (a, b) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence),
  );

  function dropCancelled(): void {
    for (let first = byTime.peek(); first && !waiting.has(first.sequence); first = byTime.peek()) byTime.pop();
  }

  return {
    get size() {
      return waiting.size;
    },
    add(message) {
      waiting.set(message.sequence, message);
      byTime.push({ at: message.scheduledFor ?? 0, sequence: message.sequence });
    },
    cancel(sequences) {
      const missing = sequences.find((sequence) => !waiting.has(sequence));
      if (missing !== undefined) throw messageNotFound(missing);
      for (const sequence of sequences) waiting.delete(sequence);
    },
    takeDue(now) {
      const due: T[] = [];
      for (;;) {
        dropCancelled();
        const first = byTime.peek();
        const message = first && waiting.get(first.sequence);
        if (!first || !message || first.at > now) return due;
        byTime.pop();
        waiting.delete(first.sequence);
        due.push(message);
      }
    },
    nextDue() {
      dropCancelled();
      return byTime.peek()?.at ?? Infinity;
    },
    messages: () => waiting.values(),
  };
}
