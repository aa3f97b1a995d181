import { eventType } from './history.ts';
import type { HistoryEvent } from './history.ts';
import type { Task } from './task.ts';

/** The orchestration fails with this text, whatever else is under way. */
export class OrchestrationFault extends Error {}

const scheduledKind: Record<number, Task['kind']> = {
  [eventType.taskScheduled]: 'activity',
  [eventType.subOrchestrationCreated]: 'subOrchestration',
  [eventType.timerCreated]: 'timer',
  [eventType.eventSent]: 'entity',
};

const describe = (kind: Task['kind'], name: string | undefined): string =>
  name === undefined ? `a ${kind} task` : `a ${kind} task named '${name}'`;

/** Compares what was scheduled with what is now; throws an OrchestrationFault when they differ. */
export function checkReplay(task: Task | undefined, { EventType, EventId, Name }: HistoryEvent): void {
  const kind = scheduledKind[EventType] ?? 'timer';
  const named = kind === 'activity' || kind === 'subOrchestration';
  const same = task?.kind === kind && (!named || ('name' in task && task.name === Name));
  if (same) return;
  const before = describe(kind, named ? Name : undefined);
  const now = task
    ? `scheduled ${describe(task.kind, 'name' in task ? task.name : undefined)}`
    : 'did not (yet?) do so';
  throw new OrchestrationFault(
    `Non-Deterministic workflow detected: A previous execution of this orchestration scheduled ${before} with sequence ID ${EventId}, but the current replay ${now}. Was a change made to the orchestrator code after this instance had already started running?`,
  );
}
