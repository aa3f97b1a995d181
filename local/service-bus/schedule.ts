import { createHeap } from './heap.ts';

/** Messages that wait for their time. */
export interface Schedule<T> {
  readonly size: number;
  add(message: T): void;
  /** Takes a message out; undefined when it is not waiting here. */
  cancel(sequence: number): T | undefined;
  has(sequence: number): boolean;
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
    cancel(sequence) {
      const message = waiting.get(sequence);
      waiting.delete(sequence);
      return message;
    },
    has: (sequence) => waiting.has(sequence),
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
