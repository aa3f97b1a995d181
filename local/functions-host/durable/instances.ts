import type { Database } from './database.ts';
import type { EntityRequest } from './entity-request.ts';
import { eventType } from './history.ts';
import type { HistoryEvent } from './history.ts';
import { activeStates } from './inbox.ts';
import type { Inbox, NewInstance } from './inbox.ts';

/** Times in ms, `input`, `output` and `customStatus` as JSON texts. */
export interface InstanceStatus {
  instanceId: string;
  name: string;
  version: string;
  status: string;
  input: string | null;
  output: string | null;
  customStatus: string | null;
  createdAt: number;
  updatedAt: number;
}

/** Bounds are inclusive; nothing given means all. */
export interface InstanceFilter {
  createdFrom?: number;
  createdTo?: number;
  statuses?: string[];
  idPrefix?: string;
}

type Answer = 'done' | 'unknown' | 'ended';

/** What clients do with instances. Lists and purges by filter leave entities out. */
export interface Instances {
  /** False when an instance of that id is active. */
  start(instance: NewInstance, now: number): boolean;
  status(instanceId: string): InstanceStatus | undefined;
  history(instanceId: string): HistoryEvent[];
  /** By age, oldest first; `after` skips up to that position. */
  list(filter: InstanceFilter, limit: number, after: number): InstanceStatus[];
  signal(entityId: string, request: EntityRequest, now: number): void;
  raiseEvent(instanceId: string, name: string, data: string, now: number): Answer;
  terminate(instanceId: string, reason: string, now: number): Answer;
  suspend(instanceId: string, now: number): Answer;
  resume(instanceId: string, now: number): Answer;
  /** Of instances that have ended; returns how many. */
  purge(filter: InstanceFilter): number;
  purgeOne(instanceId: string): Answer | 'active';
}

const columns = `id AS instanceId, name, version, status, input, output, custom_status AS customStatus, created_at AS createdAt, updated_at AS updatedAt`;
const matching = `created_at >= ?1 AND created_at <= ?2 AND (?3 = '' OR instr(?3, ',' || status || ',') > 0) AND substr(id, 1, length(?4)) = ?4 AND substr(id, 1, 1) <> '@'`;

export function createInstances(database: Database, inbox: Inbox): Instances {
  const sql = {
    one: database.prepare(`SELECT ${columns} FROM instances WHERE id = ?`),
    history: database.prepare('SELECT event FROM history WHERE instance = ? ORDER BY position'),
    list: database.prepare(
      `SELECT ${columns} FROM instances WHERE ${matching} ORDER BY created_at, id LIMIT ?5 OFFSET ?6`,
    ),
    ended: database.prepare(
      `SELECT id AS instanceId FROM instances WHERE ${matching} AND status NOT IN ('Pending', 'Running', 'Suspended')`,
    ),
    setStatus: database.prepare('UPDATE instances SET status = ?, updated_at = ? WHERE id = ?'),
    remove: database.prepare('DELETE FROM instances WHERE id = ?'),
  };
  const find = (instanceId: string) => sql.one.get(instanceId) as unknown as InstanceStatus | undefined;
  const bounds = ({
    createdFrom = 0,
    createdTo = Number.MAX_SAFE_INTEGER,
    statuses = [],
    idPrefix = '',
  }: InstanceFilter) =>
    [createdFrom, createdTo, statuses.length === 0 ? '' : `,${statuses.join(',')},`, idPrefix] as const;
  const remove = (instanceId: string): void => {
    inbox.clear(instanceId);
    sql.remove.run(instanceId);
  };
  const whileActive = (instanceId: string, change: (status: InstanceStatus) => void): Answer =>
    database.transact(() => {
      const found = find(instanceId);
      if (!found) return 'unknown';
      if (!activeStates.includes(found.status)) return 'ended';
      change(found);
      return 'done';
    });

  return {
    start: (instance, now) => database.transact(() => inbox.start(instance, now)),
    status: find,
    history: (instanceId) =>
      (sql.history.all(instanceId) as { event: string }[]).map(({ event }) => JSON.parse(event) as HistoryEvent),
    list: (filter, limit, after) => sql.list.all(...bounds(filter), limit, after) as unknown as InstanceStatus[],
    signal: (entityId, request, now) => database.transact(() => inbox.ask(entityId, request, now)),
    raiseEvent: (instanceId, name, data, now) =>
      whileActive(instanceId, () =>
        inbox.send({ instanceId }, { EventType: eventType.eventRaised, Name: name, Input: data }, now),
      ),
    terminate: (instanceId, reason, now) =>
      whileActive(instanceId, () => inbox.finish(instanceId, 'Terminated', JSON.stringify(reason), now)),
    suspend: (instanceId, now) =>
      whileActive(instanceId, () => {
        sql.setStatus.run('Suspended', now, instanceId);
        inbox.refresh(instanceId);
      }),
    resume: (instanceId, now) =>
      whileActive(instanceId, ({ status }) => {
        if (status !== 'Suspended') return;
        sql.setStatus.run('Running', now, instanceId);
        inbox.refresh(instanceId);
      }),
    purge: (filter) =>
      database.transact(() => {
        const ended = sql.ended.all(...bounds(filter)) as { instanceId: string }[];
        for (const { instanceId } of ended) remove(instanceId);
        return ended.length;
      }),
    purgeOne: (instanceId) =>
      database.transact(() => {
        const found = find(instanceId);
        if (!found) return 'unknown';
        if (activeStates.includes(found.status)) return 'active';
        remove(instanceId);
        return 'done';
      }),
  };
}
