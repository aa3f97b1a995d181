import { createHeap } from './heap.ts';
import type { Heap } from './heap.ts';
import type { Consumer } from './queue.ts';

/** Sequence numbers that are ready to be handed out and the consumers that wait for them: one group per session, or one for all. */
export interface Group {
  readonly ready: Heap<number>;
  /** Who has credit, served in turn. */
  nextConsumer(): Consumer | undefined;
}

export interface ReadyMessages {
  push(key: string, sequence: number): Group;
  attach(key: string, consumer: Consumer): Group;
  detach(consumer: Consumer): void;
  group(key: string): Group;
  groups(): Iterable<Group>;
  /** Keys of groups that hold numbers; some may be out of date. */
  keys(): Iterable<string>;
}

export function createReadyMessages(): ReadyMessages {
  const groups = new Map<string, Group & { consumers: Consumer[] }>();

  function groupOf(key: string): Group & { consumers: Consumer[] } {
    const known = groups.get(key);
    if (known) return known;
    const consumers: Consumer[] = [];
    const made = {
      ready: createHeap<number>((a, b) => a < b),
      consumers,
      nextConsumer(): Consumer | undefined {
        const index = consumers.findIndex((consumer) => consumer.credit() > 0);
        const consumer = consumers[index];
        if (consumer && consumers.length > 1) consumers.push(...consumers.splice(index, 1));
        return consumer;
      },
    };
    groups.set(key, made);
    return made;
  }

  return {
    push(key, sequence) {
      const group = groupOf(key);
      group.ready.push(sequence);
      return group;
    },
    attach(key, consumer) {
      const group = groupOf(key);
      group.consumers.push(consumer);
      return group;
    },
    detach(consumer) {
      for (const [key, { consumers, ready }] of groups) {
        const index = consumers.indexOf(consumer);
        if (index < 0) continue;
        consumers.splice(index, 1);
        if (consumers.length === 0 && ready.size === 0) groups.delete(key);
      }
    },
    group: groupOf,
    groups: () => groups.values(),
    *keys() {
      for (const [key, { ready }] of groups) if (ready.size > 0) yield key;
    },
  };
}
