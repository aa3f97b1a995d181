import { randomUUID } from 'node:crypto';
import type { Database } from './database.ts';
import { eventType } from './history.ts';
import type { Happening, HistoryEvent } from './history.ts';
import type { EntityOutcome } from './entity-call.ts';
import type { EntityRequest } from './entity-request.ts';
import type { Inbox } from './inbox.ts';
import type { TurnResult } from './turn.ts';

/** A turn that this worker holds. */
export interface ClaimedTurn {
  instanceId: string;
  executionId: string;
  /** Tells it from other turns of this worker. */
  claim: number;
  name: string;
  parentId: string | undefined;
  /** JSON text; the state of an entity. */
  input: string | null;
  history: HistoryEvent[];
  messages: { id: number; event: Happening }[];
}

/** An activity that this worker holds; `input` is JSON text. */
export interface ClaimedActivity {
  id: number;
  instanceId: string;
  executionId: string;
  taskId: number;
  name: string;
  input: string | null;
}

/** What the workers that share a file take from it and give back. Times in ms. */
export interface Work {
  claimTurns(limit: number, now: number): ClaimedTurn[];
  /** Writes down what happened and what follows, and lets the instance go. False when the turn was no longer this worker's: then nothing is written. */
  commitTurn(turn: ClaimedTurn, happened: HistoryEvent[], result: TurnResult, now: number): boolean;
  /** The same for a turn of an entity, whose messages are requests. */
  commitEntity(turn: ClaimedTurn, requests: EntityRequest[], outcome: EntityOutcome, now: number): boolean;
  claimActivities(limit: number, now: number): ClaimedActivity[];
  completeActivity(activity: ClaimedActivity, event: Happening, now: number): boolean;
  /** When the next turn is due that nobody holds. */
  nextDueAt(): number | undefined;
}

interface InstanceRow {
  id: string;
  execution: string;
  name: string;
  parent: string | null;
  input: string | null;
}

export function createWork(database: Database, inbox: Inbox, owner: string, leaseMs: number): Work {
  const sql = {
    ready: database.prepare(
      'SELECT id, execution, name, parent, input FROM instances WHERE owner IS NULL AND ready_at <= ? ORDER BY ready_at LIMIT ?',
    ),
    take: database.prepare(
      'UPDATE instances SET owner = ?, leased_until = ?, claim = claim + 1 WHERE id = ? RETURNING claim',
    ),
    messages: database.prepare('SELECT id, event FROM messages WHERE instance = ? AND due_at <= ? ORDER BY due_at, id'),
    history: database.prepare('SELECT event FROM history WHERE instance = ? ORDER BY position'),
    held: database.prepare('SELECT 1 FROM instances WHERE id = ? AND execution = ? AND owner = ? AND claim = ?'),
    forgetMessage: database.prepare('DELETE FROM messages WHERE id = ?'),
    forgetTimer: database.prepare('DELETE FROM messages WHERE instance = ? AND timer = ?'),
    forgetHistory: database.prepare('DELETE FROM history WHERE instance = ?'),
    addHistory: database.prepare('INSERT INTO history VALUES (?, ?, ?)'),
    addActivity: database.prepare(
      'INSERT INTO activities (instance, execution, task, name, input) VALUES (?, ?, ?, ?, ?)',
    ),
    goOn: database.prepare(
      `UPDATE instances SET status = CASE status WHEN 'Suspended' THEN status ELSE 'Running' END,
         custom_status = coalesce(?, custom_status), updated_at = ?, owner = NULL, leased_until = NULL WHERE id = ?`,
    ),
    setState: database.prepare('UPDATE instances SET input = ? WHERE id = ?'),
    removeEntity: database.prepare('DELETE FROM instances WHERE id = ? AND input IS NULL AND ready_at IS NULL'),
    renewExecution: database.prepare(
      'UPDATE instances SET execution = ?, input = ? WHERE id = ? RETURNING name, version',
    ),
    nextDue: database.prepare(
      'SELECT ready_at FROM instances WHERE owner IS NULL AND ready_at IS NOT NULL ORDER BY ready_at LIMIT 1',
    ),
    waitingActivities: database.prepare(
      'SELECT id, instance AS instanceId, execution AS executionId, task AS taskId, name, input FROM activities WHERE owner IS NULL ORDER BY id LIMIT ?',
    ),
    takeActivity: database.prepare('UPDATE activities SET owner = ?, leased_until = ? WHERE id = ?'),
    endActivity: database.prepare('DELETE FROM activities WHERE id = ? AND owner = ?'),
  };
  const isHeld = ({ instanceId, executionId, claim }: ClaimedTurn): boolean =>
    sql.held.get(instanceId, executionId, owner, claim) !== undefined;
  const eventsOf = (rows: unknown[]): HistoryEvent[] =>
    (rows as { event: string }[]).map(({ event }) => JSON.parse(event) as HistoryEvent);

  const startNextGeneration = (instanceId: string, input: string | undefined, events: HistoryEvent[]): void => {
    const row = sql.renewExecution.get(randomUUID().replaceAll('-', ''), input ?? null, instanceId);
    const { name: Name, version: Version } = row as { name: string; version: string };
    sql.forgetHistory.run(instanceId);
    // Due since ever: before the events that have arrived meanwhile.
    inbox.send({ instanceId }, { EventType: eventType.executionStarted, Name, Version, Input: input ?? null }, 0);
    for (const { EventType, Name, Input } of events)
      inbox.send({ instanceId }, { EventType, Name: Name ?? '', Input: Input ?? null }, 0);
  };

  const write = (turn: ClaimedTurn, happened: HistoryEvent[], result: TurnResult, now: number): void => {
    const { instanceId, executionId } = turn;
    for (const { id } of turn.messages) sql.forgetMessage.run(id);
    for (const [index, event] of [...happened, ...result.events].entries()) {
      sql.addHistory.run(instanceId, turn.history.length + index, JSON.stringify(event));
    }
    for (const { taskId, name, input } of result.activities) {
      sql.addActivity.run(instanceId, executionId, taskId, name, input ?? null);
    }
    for (const { taskId, at, event } of result.timers) inbox.send({ instanceId }, event, at, taskId);
    for (const taskId of result.cancelledTimers) sql.forgetTimer.run(instanceId, taskId);
    for (const { taskId, ...child } of result.children) {
      if (inbox.start({ ...child, parent: { instanceId, executionId, taskId } }, now)) continue;
      const Reason = `An orchestration with the instance id ${child.instanceId} is already under way.`;
      const event = { EventType: eventType.subOrchestrationFailed, TaskScheduledId: taskId, Reason, Details: '' };
      inbox.send({ instanceId }, event, now);
    }
    for (const { entityId, request } of result.operations) inbox.ask(entityId, request, now);
    sql.goOn.run(result.customStatus ?? null, now, instanceId);
    const { end } = result;
    if (end?.status === 'ContinuedAsNew') startNextGeneration(instanceId, end.input, end.events);
    else if (end) inbox.finish(instanceId, end.status, end.output, now);
    inbox.refresh(instanceId);
  };

  return {
    claimTurns: (limit, now) => {
      if (limit <= 0 || !sql.ready.get(now, 1)) return [];
      const rows = database.transact(() => {
        const ready = sql.ready.all(now, limit) as unknown as InstanceRow[];
        return ready.map((row) => {
          const { claim } = sql.take.get(owner, now + leaseMs, row.id) as { claim: number };
          return { ...row, claim };
        });
      });
      return rows.map(({ id, execution, claim, name, parent, input }) => ({
        instanceId: id,
        executionId: execution,
        claim,
        name,
        parentId: parent ?? undefined,
        input,
        history: eventsOf(sql.history.all(id)),
        messages: (sql.messages.all(id, now) as { id: number; event: string }[]).map((message) => ({
          id: message.id,
          event: JSON.parse(message.event) as Happening,
        })),
      }));
    },
    commitTurn: (turn, happened, result, now) =>
      database.transact(() => {
        if (!isHeld(turn)) return false;
        write(turn, happened, result, now);
        return true;
      }),
    commitEntity: (turn, requests, { state, answers, signals }, now) =>
      database.transact(() => {
        if (!isHeld(turn)) return false;
        const { instanceId, messages } = turn;
        for (const { id } of messages) sql.forgetMessage.run(id);
        sql.goOn.run(null, now, instanceId);
        sql.setState.run(state, instanceId);
        inbox.refresh(instanceId);
        sql.removeEntity.run(instanceId);
        for (const [index, { id, parent, parentExecution }] of requests.entries()) {
          if (parent === undefined || parentExecution === undefined) continue;
          const { isError = false, result } = answers[index] ?? {};
          const Input = JSON.stringify({ result, ...(isError && { exceptionType: 'Error' }) });
          const answer = { EventType: eventType.eventRaised, Name: id, Input };
          inbox.send({ instanceId: parent, executionId: parentExecution }, answer, now);
        }
        for (const { entityId, request } of signals) inbox.ask(entityId, request, now);
        return true;
      }),
    claimActivities: (limit, now) => {
      if (limit <= 0 || !sql.waitingActivities.get(1)) return [];
      return database.transact(() => {
        const waiting = sql.waitingActivities.all(limit) as unknown as ClaimedActivity[];
        for (const { id } of waiting) sql.takeActivity.run(owner, now + leaseMs, id);
        return waiting;
      });
    },
    completeActivity: ({ id, instanceId, executionId }, event, now) =>
      database.transact(() => {
        if (sql.endActivity.run(id, owner).changes === 0) return false;
        return inbox.send({ instanceId, executionId }, event, now);
      }),
    nextDueAt: () => (sql.nextDue.get() as { ready_at: number } | undefined)?.ready_at,
  };
}
