/** One operation that an entity is asked for. Source: DE `EntityScheduler/RequestMessage.cs`. */
export interface EntityRequest {
  id: string;
  op: string;
  /** JSON text. */
  input?: string | undefined;
  /** Nobody waits for an answer. */
  signal: boolean;
  /** The orchestration that waits for the answer, and which of its executions. */
  parent?: string;
  parentExecution?: string;
}

/** `@name@key`, the name in lower case: durable-functions `entities/EntityId.js`. */
export const entityIdOf = (name: string, key: string): string => `@${name.toLowerCase()}@${key}`;

export const isEntityId = (instanceId: string): boolean => instanceId.startsWith('@');

export function partsOf(entityId: string): { name: string; key: string } {
  const at = entityId.indexOf('@', 1);
  return { name: entityId.slice(1, at), key: entityId.slice(at + 1) };
}
