import type { Envelope } from './amqp-sections.ts';
import { createAlarm } from './alarm.ts';
import type { NamespaceConfig, QueueSettings } from './config.ts';
import { createDuplicateWindow } from './duplicates.ts';
import type { DuplicateWindow } from './duplicates.ts';
import { createQueue } from './queue.ts';
import type { Queue, QueueCounts } from './queue.ts';
import type { Rule } from './rules.ts';
import { createRuleSet } from './rule-set.ts';
import type { RuleSet } from './rule-set.ts';
import type { Store } from './store.ts';
import { createTopic } from './topic.ts';
import type { Topic } from './topic.ts';

/** Where messages can be sent: a queue or a topic. */
export interface Destination {
  /** The sequence number; 0 for a duplicate, which is accepted and dropped. */
  send(envelope: Envelope): number;
  cancelScheduled(sequences: readonly number[]): void;
  readonly requiresSession: boolean;
}

/** What an address names. A topic has no queue, a subscription no destination, a dead-letter queue neither destination nor rules. */
export interface Entity {
  readonly name: string;
  readonly queue?: Queue;
  readonly destination?: Destination;
  readonly rules?: RuleSet;
  readonly sessionStates?: SessionStates;
}

/** What clients keep about their sessions. Undefined removes it. */
export interface SessionStates {
  get(sessionId: string): Buffer | undefined;
  set(sessionId: string, state: Buffer | undefined): void;
}

export interface Broker {
  /** By address, case-insensitive: `orders`, `orders/$DeadLetterQueue`, `news/Subscriptions/all`. */
  find(address: string): Entity | undefined;
  counts(): Record<string, Partial<QueueCounts>>;
  /** Runs once all that was done so far is on disk. */
  afterCommit(then: () => void): void;
  close(): void;
}

export interface BrokerParts {
  readonly config: NamespaceConfig;
  readonly store: Store;
  readonly now: () => number;
  readonly newToken: () => string;
  readonly log: (line: string) => void;
}

export function createBroker({ config, store, now, newToken, log }: BrokerParts): Broker {
  const entities = new Map<string, Entity>();
  const topics: Topic[] = [];
  const recovered = store.recover();
  const alarm = createAlarm(now, ring);
  const wake = (at: number) => alarm.wake(at);

  function ring(): number {
    let next = Infinity;
    const timed = [...topics, ...[...entities.values()].flatMap((entity) => entity.queue ?? [])];
    for (const one of timed) one.tick();
    for (const one of timed) next = Math.min(next, one.nextDue());
    return next;
  }

  function counter(key: string): () => number {
    let last = recovered.sequences.get(key) ?? 0;
    return () => {
      last += 1;
      store.saveSequence(key, last);
      return last;
    };
  }

  function duplicateWindow(key: string, windowMs: number | undefined): DuplicateWindow {
    const records = {
      remember: (messageId: string, until: number) => store.remember(key, messageId, until),
      forgetUntil: (at: number) => store.forgetUntil(key, at),
    };
    return createDuplicateWindow(windowMs, records, recovered.duplicates.get(key));
  }

  /** The queue and its dead-letter queue, which share their sequence numbers. */
  function addQueue(name: string, settings: QueueSettings, more: Omit<Entity, 'name' | 'queue'>): Queue {
    const key = name.toLowerCase();
    const nextSequence = counter(key);
    const common = { now, newToken, nextSequence, wake };
    const deadLetterName = `${name}/$DeadLetterQueue`;
    const deadLetterKey = deadLetterName.toLowerCase();
    const deadLetters = createQueue({
      ...common,
      name: deadLetterName,
      settings: { ...settings, requiresSession: false },
      records: store.messagesOf(deadLetterKey),
      deadLetters: undefined,
    });
    const queue = createQueue({ ...common, name, settings, records: store.messagesOf(key), deadLetters });
    entities.set(key, { name, queue, sessionStates: sessionStates(key), ...more });
    entities.set(deadLetterKey, { name: deadLetterName, queue: deadLetters });
    return queue;
  }

  function destination(
    key: string,
    windowMs: number | undefined,
    requiresSession: boolean,
    target: () => Pick<Queue, 'enqueue' | 'cancelScheduled'>,
  ): Destination {
    const window = duplicateWindow(key, windowMs);
    return {
      send: (envelope) => (window.seen(envelope.messageId, now()) ? 0 : target().enqueue(envelope)),
      cancelScheduled: (sequences) => target().cancelScheduled(sequences),
      requiresSession,
    };
  }

  function sessionStates(key: string): SessionStates {
    const prefix = 'session:';
    const states = new Map<string, Buffer>();
    for (const [name, state] of recovered.values.get(key) ?? [])
      if (name.startsWith(prefix)) states.set(name.slice(prefix.length), state);
    return {
      get: (sessionId) => states.get(sessionId),
      set(sessionId, state) {
        if (state) states.set(sessionId, state);
        else states.delete(sessionId);
        store.saveValue(key, prefix + sessionId, state);
      },
    };
  }

  function ruleSet(key: string, rules: readonly Rule[]): RuleSet {
    const saved = recovered.values.get(key)?.get('rules');
    return createRuleSet(saved ? (JSON.parse(saved.toString('utf8')) as Rule[]) : rules, (changed) =>
      store.saveValue(key, 'rules', Buffer.from(JSON.stringify(changed))),
    );
  }

  for (const { name, settings, duplicateWindowMs } of config.queues) {
    const queue: Queue = addQueue(name, settings, {
      destination: destination(name.toLowerCase(), duplicateWindowMs, settings.requiresSession, () => queue),
    });
  }
  for (const { name, defaultTtlMs, duplicateWindowMs, subscriptions } of config.topics) {
    const key = name.toLowerCase();
    const topic = createTopic({
      name,
      defaultTtlMs,
      now,
      nextSequence: counter(key),
      wake,
      records: store.messagesOf(key),
      subscriptions: subscriptions.map((subscription) => {
        const address = `${name}/Subscriptions/${subscription.name}`;
        const rules = ruleSet(address.toLowerCase(), subscription.rules);
        return { queue: addQueue(address, subscription.settings, { rules }), rules: () => rules.list() };
      }),
    });
    topics.push(topic);
    entities.set(key, { name, destination: destination(key, duplicateWindowMs, false, () => topic) });
  }

  const restorable = new Map<string, Pick<Queue, 'restore'>>();
  for (const [key, entity] of entities) if (entity.queue) restorable.set(key, entity.queue);
  for (const topic of topics) restorable.set(topic.name.toLowerCase(), topic);
  const orphans = new Map<string, number>();
  for (const [key, message] of recovered.messages) {
    const owner = restorable.get(key);
    if (owner) owner.restore(message);
    else orphans.set(key, (orphans.get(key) ?? 0) + 1);
  }
  for (const [key, count] of orphans)
    log(`${count} stored messages belong to '${key}', which the config does not name: kept, not served.`);
  wake(now());

  return {
    find: (address) => entities.get(address.toLowerCase()),
    counts() {
      const queues = [...entities.values()].flatMap(({ name, queue }) =>
        queue ? [[name, queue.counts()] as const] : [],
      );
      const scheduled = topics.map((topic) => [topic.name, { scheduled: topic.scheduledCount() }] as const);
      return Object.fromEntries([...queues, ...scheduled]);
    },
    afterCommit: (then) => store.afterCommit(then),
    close() {
      alarm.stop();
      store.close();
    },
  };
}
