import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDatabase } from '../../../../local/functions-host/durable/database.ts';
import type { Database } from '../../../../local/functions-host/durable/database.ts';
import { eventType } from '../../../../local/functions-host/durable/history.ts';
import { createInbox } from '../../../../local/functions-host/durable/inbox.ts';
import { createInstances } from '../../../../local/functions-host/durable/instances.ts';
import { createLeases } from '../../../../local/functions-host/durable/leases.ts';
import type { TurnResult } from '../../../../local/functions-host/durable/turn.ts';
import { createWork } from '../../../../local/functions-host/durable/work.ts';
import type { ClaimedActivity, ClaimedTurn } from '../../../../local/functions-host/durable/work.ts';

const leaseMs = 10_000;
let folder: string;
let databases: Database[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'work-'));
  databases = [];
});
afterEach(() => {
  for (const database of databases) database.close();
  rmSync(folder, { recursive: true });
});

/** One of the workers that share the file. */
function worker(owner: string) {
  const database = openDatabase(join(folder, 'hub.db'), 'hub');
  databases.push(database);
  const inbox = createInbox(database);
  return {
    ...createWork(database, inbox, owner, leaseMs),
    ...createLeases(database, owner, leaseMs),
    instances: createInstances(database, inbox),
  };
}
type Worker = ReturnType<typeof worker>;

const nothing: TurnResult = {
  events: [],
  activities: [],
  timers: [],
  cancelledTimers: [],
  children: [],
  operations: [],
  customStatus: undefined,
};
const start = ({ instances }: Worker, instanceId: string): boolean =>
  instances.start({ instanceId, name: 'o', version: '', input: undefined }, 0);
const claimOne = (by: Worker, now = 0): ClaimedTurn => {
  const [turn] = by.claimTurns(1, now);
  if (!turn) throw new Error('nothing to do');
  return turn;
};
/** A worker with an activity of `i` that it holds. */
function withActivity(owner: string): { held: ClaimedActivity; by: Worker } {
  const by = worker(owner);
  start(by, 'i');
  by.commitTurn(claimOne(by), [], { ...nothing, activities: [{ taskId: 0, name: 'a', input: undefined }] }, 0);
  const [held] = by.claimActivities(1, 0);
  if (!held) throw new Error('no activity');
  return { held, by };
}
const completed = { EventType: eventType.taskCompleted, TaskScheduledId: 0, Result: 'null' };
const alive = (): boolean => false;

describe('a turn', () => {
  it('is held by one worker only, as many as it asks for', () => {
    const [one, two] = [worker('one'), worker('two')];
    for (const id of ['a', 'b', 'c']) start(one, id);
    expect(one.claimTurns(2, 0).map(({ instanceId }) => instanceId)).toEqual(['a', 'b']);
    expect(two.claimTurns(5, 0).map(({ instanceId }) => instanceId)).toEqual(['c']);
    expect(one.claimTurns(5, 0)).toEqual([]);
  });

  it('is not due before its first message', () => {
    const one = worker('one');
    start(one, 'i');
    const timer = { taskId: 0, at: 500, event: { EventType: eventType.timerFired, TimerId: 0 } };
    one.commitTurn(claimOne(one), [], { ...nothing, timers: [timer] }, 0);
    expect([one.nextDueAt(), one.claimTurns(1, 499), claimOne(one, 500).messages.length]).toEqual([500, [], 1]);
  });

  it('that was taken over writes nothing', () => {
    const [slow, other] = [worker('slow'), worker('other')];
    start(slow, 'i');
    const turn = claimOne(slow);
    other.releaseAbandoned(leaseMs + 1, alive);
    const again = claimOne(other, leaseMs + 1);
    expect(again.messages).toEqual(turn.messages);
    const end = { status: 'Completed' as const, output: '1' };
    expect(slow.commitTurn(turn, [], { ...nothing, end }, 0)).toBe(false);
    expect(slow.instances.status('i')).toMatchObject({ status: 'Pending', output: null });
    expect(other.commitTurn(again, [], { ...nothing, end }, 0)).toBe(true);
    expect(slow.instances.status('i')).toMatchObject({ status: 'Completed', output: '1' });
  });

  it('that this worker lost and took again is written once', () => {
    const [one, other] = [worker('one'), worker('other')];
    start(one, 'i');
    const lost = claimOne(one);
    other.releaseAbandoned(leaseMs + 1, alive);
    const again = claimOne(one, leaseMs + 1);
    expect(one.commitTurn(lost, [], nothing, 0)).toBe(false);
    expect(one.commitTurn(again, [], nothing, 0)).toBe(true);
  });

  it.each(['terminated', 'purged and started anew'])('of an instance that was %s writes nothing', (how) => {
    const one = worker('one');
    start(one, 'i');
    const turn = claimOne(one);
    one.instances.terminate('i', 'enough', 0);
    if (how !== 'terminated') {
      one.instances.purgeOne('i');
      start(one, 'i');
    }
    expect(one.commitTurn(turn, [], { ...nothing, end: { status: 'Completed', output: '1' } }, 0)).toBe(false);
    expect(one.instances.status('i')?.output).toBe(how === 'terminated' ? '"enough"' : null);
  });

  it('is written whole or not at all', () => {
    const one = worker('one');
    start(one, 'i');
    const turn = claimOne(one);
    const broken = { taskId: 1, name: null as unknown as string, input: undefined };
    const good = { taskId: 0, name: 'a', input: undefined };
    const event = { EventType: 13, EventId: -1, Timestamp: '' };
    expect(() => one.commitTurn(turn, [event], { ...nothing, activities: [good, broken] }, 0)).toThrow('NOT NULL');
    expect(one.instances.history('i')).toEqual([]);
    expect(one.claimActivities(5, 0)).toEqual([]);
    worker('two').releaseAbandoned(leaseMs + 1, alive);
    expect(claimOne(one, leaseMs + 1).messages).toEqual(turn.messages);
  });
});

describe('a lease', () => {
  it('is not released while it is renewed', () => {
    const [one, two] = [worker('one'), worker('two')];
    start(one, 'i');
    claimOne(one);
    one.renew(leaseMs - 1);
    two.releaseAbandoned(leaseMs + 1, alive);
    expect(two.claimTurns(1, leaseMs + 1)).toEqual([]);
  });

  it('of a dead worker is released at once', () => {
    const { by, held } = withActivity('dead');
    const two = worker('two');
    two.releaseAbandoned(1, (owner) => owner === 'dead');
    expect(two.claimActivities(1, 1)).toEqual([held]);
    expect(by.completeActivity(held, completed, 1)).toBe(false);
  });
});

describe('an activity', () => {
  it('wakes its orchestration with its result', () => {
    const { by, held } = withActivity('one');
    expect(by.completeActivity(held, completed, 7)).toBe(true);
    expect(claimOne(by, 7).messages.map(({ event }) => event)).toEqual([completed]);
  });

  it('is answered once', () => {
    const { by, held } = withActivity('one');
    by.completeActivity(held, completed, 7);
    expect(by.completeActivity(held, completed, 7)).toBe(false);
    expect(claimOne(by, 7).messages).toHaveLength(1);
  });

  it('of an execution that is over is dropped', () => {
    const { by, held } = withActivity('one');
    by.instances.terminate('i', 'x', 0);
    start(by, 'i');
    expect(by.completeActivity(held, completed, 7)).toBe(false);
    expect(claimOne(by, 7).messages.map(({ event }) => event.EventType)).toEqual([eventType.executionStarted]);
  });
});

describe('a new generation', () => {
  it('begins before the events that came meanwhile, and after nothing that is old', () => {
    const one = worker('one');
    start(one, 'i');
    const turn = claimOne(one, 5);
    one.instances.raiseEvent('i', 'late', '1', 5);
    const carried = { EventType: eventType.eventRaised, EventId: -1, Timestamp: '', Name: 'early', Input: '0' };
    const end = { status: 'ContinuedAsNew' as const, input: '{"round":2}', events: [carried] };
    one.commitTurn(turn, [carried], { ...nothing, end }, 6);
    const next = claimOne(one, 6);
    expect(next.executionId).not.toBe(turn.executionId);
    expect(next.history).toEqual([]);
    expect(next.messages.map(({ event }) => event.Name)).toEqual(['o', 'early', 'late']);
    expect(one.instances.status('i')).toMatchObject({ status: 'Running', input: '{"round":2}' });
  });
});

it('keeps a file to its task hub', () => {
  worker('one');
  expect(() => openDatabase(join(folder, 'hub.db'), 'other')).toThrow('belongs to the task hub hub, not to other');
});
