import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';
import { partsOf } from './entity-request.ts';
import type { EntityRequest } from './entity-request.ts';
import { eventAt, eventType } from './history.ts';
import type { Happening } from './history.ts';

export interface Parent {
  instanceId: string;
  executionId: string;
  taskId: number;
}

export interface NewInstance {
  instanceId: string;
  name: string;
  version: string;
  /** JSON text. */
  input: string | undefined;
  parent?: Parent;
}

export const activeStates = ['Pending', 'Running', 'Suspended'];
const active = `status IN ('Pending', 'Running', 'Suspended')`;

/** Writes messages and new instances; every method belongs into a transaction. Times in ms. */
export interface Inbox {
  /** Says whether there is such an instance, active and (if given) still in that execution. */
  send(to: { instanceId: string; executionId?: string }, event: Happening, dueAt: number, timer?: number): boolean;
  /** Starts an instance, over a finished one of the same id. Returns false, and does nothing, when that one is active. */
  start(instance: NewInstance, now: number): boolean;
  /** Hands an operation to an entity, which need not exist yet. */
  ask(entityId: string, request: EntityRequest, now: number): void;
  /** Ends an instance and tells its parent. `output` is JSON text. */
  finish(instanceId: string, status: 'Completed' | 'Failed' | 'Terminated', output: string, now: number): void;
  /** Brings `ready_at` up to date after messages were taken away. */
  refresh(instanceId: string): void;
  /** Takes everything away that an execution has left. */
  clear(instanceId: string): void;
}

interface ParentRow {
  parent: string | null;
  parent_execution: string;
  parent_task: number;
}

function childEnded(status: string, taskId: number, output: string): Happening {
  if (status === 'Completed') {
    return { EventType: eventType.subOrchestrationCompleted, TaskScheduledId: taskId, Result: output };
  }
  return {
    EventType: eventType.subOrchestrationFailed,
    TaskScheduledId: taskId,
    Reason: String(JSON.parse(output)),
    Details: '',
  };
}

export function createInbox(database: Database): Inbox {
  const sql = {
    active: database.prepare(`SELECT execution FROM instances WHERE id = ? AND ${active}`),
    insert: database.prepare('INSERT INTO messages (instance, due_at, timer, event) VALUES (?, ?, ?, ?)'),
    hasten: database.prepare(
      `UPDATE instances SET ready_at = min(coalesce(ready_at, ?1), ?1) WHERE id = ?2 AND status <> 'Suspended'`,
    ),
    refresh: database.prepare(
      `UPDATE instances SET ready_at = CASE status WHEN 'Suspended' THEN NULL
         ELSE (SELECT min(due_at) FROM messages WHERE instance = instances.id) END WHERE id = ?`,
    ),
    forgetMessages: database.prepare('DELETE FROM messages WHERE instance = ?'),
    forgetHistory: database.prepare('DELETE FROM history WHERE instance = ?'),
    finish: database.prepare(
      `UPDATE instances SET status = ?, output = ?, updated_at = ?, ready_at = NULL, owner = NULL, leased_until = NULL WHERE id = ?
       RETURNING parent, parent_execution, parent_task`,
    ),
    addHistory: database.prepare(
      `INSERT INTO history SELECT ?1, coalesce(max(position), -1) + 1, ?2 FROM history WHERE instance = ?1`,
    ),
    newEntity: database.prepare(
      `INSERT OR IGNORE INTO instances (id, execution, name, version, status, created_at, updated_at) VALUES (?, '', ?, '', 'Running', ?, ?)`,
    ),
    start: database.prepare(
      `INSERT OR REPLACE INTO instances (id, execution, name, version, status, input, created_at, updated_at, parent, parent_execution, parent_task)
       VALUES (?, ?, ?, ?, 'Pending', ?, ?, ?, ?, ?, ?)`,
    ),
  };

  const inbox: Inbox = {
    send: ({ instanceId, executionId }, event, dueAt, timer) => {
      const found = sql.active.get(instanceId) as { execution: string } | undefined;
      if (!found || (executionId !== undefined && found.execution !== executionId)) return false;
      sql.insert.run(instanceId, dueAt, timer ?? null, JSON.stringify(event));
      sql.hasten.run(dueAt, instanceId);
      return true;
    },
    start: ({ instanceId, name, version, input = null, parent }, now) => {
      if (sql.active.get(instanceId)) return false;
      inbox.clear(instanceId);
      const from = parent ? [parent.instanceId, parent.executionId, parent.taskId] : [null, null, null];
      sql.start.run(instanceId, randomUUID().replaceAll('-', ''), name, version, input, now, now, ...from);
      return inbox.send(
        { instanceId },
        { EventType: eventType.executionStarted, Name: name, Version: version, Input: input },
        now,
      );
    },
    ask: (entityId, request, now) => {
      sql.newEntity.run(entityId, partsOf(entityId).name, now, now);
      const event = { EventType: eventType.eventRaised, Name: 'op', Input: JSON.stringify(request) };
      inbox.send({ instanceId: entityId }, event, now);
    },
    finish: (instanceId, status, output, now) => {
      sql.forgetMessages.run(instanceId);
      const EventType = status === 'Terminated' ? eventType.executionTerminated : eventType.executionCompleted;
      const last = eventAt(now, { EventType, OrchestrationStatus: status, Result: output });
      sql.addHistory.run(instanceId, JSON.stringify(last));
      const { parent, parent_execution, parent_task } = sql.finish.get(
        status,
        output,
        now,
        instanceId,
      ) as unknown as ParentRow;
      if (parent === null) return;
      inbox.send({ instanceId: parent, executionId: parent_execution }, childEnded(status, parent_task, output), now);
    },
    refresh: (instanceId) => {
      sql.refresh.run(instanceId);
    },
    clear: (instanceId) => {
      sql.forgetMessages.run(instanceId);
      sql.forgetHistory.run(instanceId);
    },
  };
  return inbox;
}
