/** What an orchestrator has asked for, with the number that its results go by. */
export type Task = { id: number } & (
  | { kind: 'activity'; name: string; input: unknown }
  | { kind: 'subOrchestration'; name: string; input: unknown; instanceId?: string; version?: string }
  | { kind: 'timer'; fireAt: number; cancelled: boolean }
  | { kind: 'entity'; entityId: string; operation: string; input: unknown; signal: boolean }
);
/** Not numbered yet. */
export type NewTask<T = Task> = T extends Task ? Omit<T, 'id'> : never;

/** Whether its instance has to wait for it. */
export const keepsOpen = (task: Task): boolean => task.kind !== 'entity' && !(task.kind === 'timer' && task.cancelled);
