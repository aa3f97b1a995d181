import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { joinContent, splitMessage } from './amqp-sections.ts';
import type { Message, Records } from './message.ts';

/** What survives a restart. Writes of one turn of the event loop are one transaction; `afterCommit` runs once they are on disk. */
export interface Store {
  messagesOf(entity: string): Records;
  /** Remembers the last sequence number that an entity gave out. */
  saveSequence(entity: string, last: number): void;
  remember(entity: string, messageId: string, until: number): void;
  forgetUntil(entity: string, now: number): void;
  /** A named value of an entity: its rules, the state of a session. Undefined removes it. */
  saveValue(entity: string, name: string, value: Buffer | undefined): void;
  afterCommit(then: () => void): void;
  recover(): Recovered;
  close(): void;
}

export interface Recovered {
  readonly messages: readonly (readonly [entity: string, message: Message])[];
  readonly sequences: ReadonlyMap<string, number>;
  readonly duplicates: ReadonlyMap<string, readonly (readonly [messageId: string, until: number])[]>;
  readonly values: ReadonlyMap<string, ReadonlyMap<string, Buffer>>;
}

export class StoreError extends Error {}

export function createMemoryStore(): Store {
  const records: Records = { save: () => undefined, remove: () => undefined };
  return {
    messagesOf: () => records,
    saveSequence: () => undefined,
    remember: () => undefined,
    forgetUntil: () => undefined,
    saveValue: () => undefined,
    afterCommit: (then) => then(),
    recover: () => ({ messages: [], sequences: new Map(), duplicates: new Map(), values: new Map() }),
    close: () => undefined,
  };
}

const schema = `
  CREATE TABLE IF NOT EXISTS messages (
    entity TEXT NOT NULL, sequence INTEGER NOT NULL, message_id TEXT NOT NULL, session_id TEXT, ttl REAL,
    scheduled_for INTEGER, enqueued_at INTEGER NOT NULL, state TEXT NOT NULL, delivery_count INTEGER NOT NULL, content BLOB NOT NULL,
    PRIMARY KEY (entity, sequence));
  CREATE TABLE IF NOT EXISTS sequences (entity TEXT PRIMARY KEY, last INTEGER NOT NULL);
  CREATE TABLE IF NOT EXISTS duplicates (entity TEXT NOT NULL, message_id TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (entity, message_id));
  CREATE INDEX IF NOT EXISTS duplicates_until ON duplicates (entity, until);
  CREATE TABLE IF NOT EXISTS named_values (entity TEXT NOT NULL, name TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (entity, name));
`;

/**
 * WAL with `synchronous=NORMAL`: a commit survives the death of the process, not a power cut.
 * Throws a StoreError when another process has the directory open. A commit that fails ends the process with a StoreError.
 */
export function openStore(directory: string): Store {
  mkdirSync(directory, { recursive: true });
  const database = openExclusively(join(directory, 'service-bus.sqlite'));
  database.exec(schema);
  const sql = {
    save: database.prepare('INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    remove: database.prepare('DELETE FROM messages WHERE entity = ? AND sequence = ?'),
    sequence: database.prepare('INSERT OR REPLACE INTO sequences VALUES (?, ?)'),
    remember: database.prepare('INSERT OR REPLACE INTO duplicates VALUES (?, ?, ?)'),
    forget: database.prepare('DELETE FROM duplicates WHERE entity = ? AND until <= ?'),
    setValue: database.prepare('INSERT OR REPLACE INTO named_values VALUES (?, ?, ?)'),
    removeValue: database.prepare('DELETE FROM named_values WHERE entity = ? AND name = ?'),
  };
  let writes: (() => void)[] = [];
  let sequences = new Map<string, number>();
  let waiting: (() => void)[] = [];
  let armed: NodeJS.Immediate | undefined;

  function write(change: () => void): void {
    writes.push(change);
    armed ??= setImmediate(commit);
  }

  function commit(): void {
    armed = undefined;
    const [changes, numbers, released] = [writes, sequences, waiting];
    [writes, sequences, waiting] = [[], new Map(), []];
    try {
      database.exec('BEGIN');
      for (const change of changes) change();
      for (const [entity, last] of numbers) sql.sequence.run(entity, last);
      database.exec('COMMIT');
    } catch (error) {
      // Memory and disk differ now: only a restart can be trusted.
      throw new StoreError(`cannot write to ${directory}, nothing of this turn was acknowledged: ${String(error)}`);
    }
    for (const then of released) then();
  }

  return {
    messagesOf: (entity) => ({
      save(message) {
        // Taken now: the message may change again before the commit.
        const row = rowOf(entity, message);
        write(() => sql.save.run(...row));
      },
      remove: (sequence) => write(() => sql.remove.run(entity, sequence)),
    }),
    saveSequence(entity, last) {
      sequences.set(entity, last);
      armed ??= setImmediate(commit);
    },
    remember: (entity, messageId, until) => write(() => sql.remember.run(entity, messageId, until)),
    forgetUntil: (entity, now) => write(() => sql.forget.run(entity, now)),
    saveValue: (entity, name, value) =>
      write(() => (value ? sql.setValue.run(entity, name, value) : sql.removeValue.run(entity, name))),
    afterCommit(then) {
      if (armed) waiting.push(then);
      else then();
    },
    recover: () => recoverFrom(database),
    close() {
      if (armed) {
        clearImmediate(armed);
        commit();
      }
      database.close();
    },
  };
}

/** Exclusive locking keeps a second broker out for as long as this process lives. */
function openExclusively(file: string): DatabaseSync {
  try {
    const database = new DatabaseSync(file);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    database.exec('BEGIN IMMEDIATE; COMMIT');
    return database;
  } catch (error) {
    throw new StoreError(`cannot open ${file}: ${reasonOf(error as Error)}`, { cause: error });
  }
}

function reasonOf(error: Error): string {
  return error.message.includes('locked') ? 'another process has it open' : error.message;
}

type Row = [string, number, string, string | null, number | null, number | null, number, string, number, Buffer];

function rowOf(entity: string, message: Message): Row {
  return [
    entity,
    message.sequence,
    message.messageId,
    message.sessionId ?? null,
    Number.isFinite(message.ttlMs) ? message.ttlMs : null,
    message.scheduledFor ?? null,
    message.enqueuedAt,
    message.state,
    message.deliveryCount,
    joinContent(message.content),
  ];
}

interface MessageRow {
  entity: string;
  sequence: number;
  message_id: string;
  session_id: string | null;
  ttl: number | null;
  scheduled_for: number | null;
  enqueued_at: number;
  state: Message['state'];
  delivery_count: number;
  content: Uint8Array;
}

function recoverFrom(database: DatabaseSync): Recovered {
  const rows = database.prepare('SELECT * FROM messages ORDER BY entity, sequence').all() as unknown as MessageRow[];
  const sequences = database.prepare('SELECT entity, last FROM sequences').all() as { entity: string; last: number }[];
  const ids = database.prepare('SELECT entity, message_id, until FROM duplicates ORDER BY until').all() as {
    entity: string;
    message_id: string;
    until: number;
  }[];
  const values = database.prepare('SELECT entity, name, value FROM named_values').all() as {
    entity: string;
    name: string;
    value: Uint8Array;
  }[];
  const duplicates = new Map<string, [string, number][]>();
  for (const { entity, message_id, until } of ids) {
    const known = duplicates.get(entity);
    if (known) known.push([message_id, until]);
    else duplicates.set(entity, [[message_id, until]]);
  }
  const named = new Map<string, Map<string, Buffer>>();
  for (const { entity, name, value } of values)
    named.set(entity, (named.get(entity) ?? new Map<string, Buffer>()).set(name, Buffer.from(value)));
  return {
    messages: rows.map((row) => [row.entity, messageOf(row)] as const),
    sequences: new Map(sequences.map(({ entity, last }) => [entity, last])),
    duplicates,
    values: named,
  };
}

function messageOf(row: MessageRow): Message {
  return {
    sequence: row.sequence,
    messageId: row.message_id,
    sessionId: row.session_id ?? undefined,
    ttlMs: row.ttl ?? Infinity,
    scheduledFor: row.scheduled_for ?? undefined,
    enqueuedAt: row.enqueued_at,
    content: splitMessage(Buffer.from(row.content)),
    state: row.state,
    deliveryCount: row.delivery_count,
    lock: undefined,
  };
}
