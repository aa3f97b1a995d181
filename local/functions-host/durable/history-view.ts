import { eventType } from './history.ts';
import type { HistoryEvent } from './history.ts';

const names = Object.fromEntries(
  Object.entries(eventType).map(([name, number]) => [number, name.charAt(0).toUpperCase() + name.slice(1)]),
);
const scheduling: number[] = [eventType.taskScheduled, eventType.subOrchestrationCreated, eventType.timerCreated];
const turnMarks: number[] = [eventType.orchestratorStarted, eventType.orchestratorCompleted];

/** The history as `showHistory` tells it: what was scheduled is shown with its result. Source: DE `DurableOrchestrationStatus` history of `DurableClient.cs`. */
export function historyView(history: readonly HistoryEvent[], showOutput: boolean): object[] {
  const scheduled = new Map(
    history.filter(({ EventType }) => scheduling.includes(EventType)).map((event) => [event.EventId, event]),
  );
  return history
    .filter(({ EventType }) => !scheduling.includes(EventType) && !turnMarks.includes(EventType))
    .map((event) => {
      const { EventType, Timestamp, Name, Input, Result, Reason, Details, FireAt, OrchestrationStatus } = event;
      const cause = scheduled.get(event.TaskScheduledId ?? event.TimerId ?? -1);
      const name = EventType === eventType.eventRaised ? { Name } : { FunctionName: Name ?? cause?.Name };
      return {
        EventType: names[EventType],
        ...name,
        Timestamp,
        ScheduledTime: cause?.Timestamp,
        OrchestrationStatus,
        FireAt,
        ...(showOutput && { Input, Result }),
        Reason,
        Details,
      };
    });
}
