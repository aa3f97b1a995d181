/** Numbers of the events in a history. Source: durable-functions `lib/src/history/HistoryEventType.js`. */
export const eventType = {
  executionStarted: 0,
  executionCompleted: 1,
  executionTerminated: 3,
  taskScheduled: 4,
  taskCompleted: 5,
  taskFailed: 6,
  subOrchestrationCreated: 7,
  subOrchestrationCompleted: 8,
  subOrchestrationFailed: 9,
  timerCreated: 10,
  timerFired: 11,
  orchestratorStarted: 12,
  orchestratorCompleted: 13,
  eventSent: 14,
  eventRaised: 15,
} as const;

/** One event as the SDK reads it. `Input` and `Result` are JSON texts, times are ISO texts. */
export interface HistoryEvent {
  EventType: number;
  /** The task id of events that schedule something, else -1. */
  EventId: number;
  Timestamp: string;
  Name?: string;
  Version?: string;
  Input?: string | null;
  InstanceId?: string;
  /** The task that a result belongs to. */
  TaskScheduledId?: number;
  Result?: string | null;
  Reason?: string;
  Details?: string;
  FailureDetails?: object;
  TimerId?: number;
  FireAt?: string;
  OrchestrationStatus?: string;
}

/** What a message tells an instance; the time is added when it is written down. */
export type Happening = Omit<HistoryEvent, 'Timestamp' | 'EventId'>;

export const isoTime = (ms: number): string => new Date(ms).toISOString();

export const eventAt = (now: number, happening: Happening, eventId = -1): HistoryEvent => ({
  ...happening,
  EventId: eventId,
  Timestamp: isoTime(now),
});
