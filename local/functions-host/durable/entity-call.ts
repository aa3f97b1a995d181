import { isJsonObject } from '../app-folder.ts';
import type { HostedFunction } from '../function-check.ts';
import { errorText } from '../invoker.ts';
import type { Invoker } from '../invoker.ts';
import { entityIdOf, partsOf } from './entity-request.ts';
import type { EntityRequest } from './entity-request.ts';

export interface EntityOutcome {
  /** JSON text; null when the entity does not exist (any more). */
  state: string | null;
  /** One for each request. `result` is JSON text. */
  answers: { isError: boolean; result?: string | undefined }[];
  signals: { entityId: string; request: EntityRequest }[];
}

interface EntityResult {
  entityExists: boolean;
  entityState?: string | null;
  results: { isError: boolean; result?: string }[];
  signals: { target: { name: string; key: string }; name: string; input?: string; requestId?: string }[];
}

const isEntityResult = (value: unknown): value is EntityResult =>
  isJsonObject(value) && Array.isArray(value['results']) && Array.isArray(value['signals']);

/** Lets an entity do what it was asked for, in this order. When the function fails as a whole, its state stays and every request fails. */
export async function callEntity(
  definition: HostedFunction,
  entityId: string,
  state: string | null,
  requests: EntityRequest[],
  invoker: Invoker,
): Promise<EntityOutcome> {
  const data = {
    self: partsOf(entityId),
    exists: state !== null,
    state,
    batch: requests.map(({ id, op, input, signal }) => ({ id, name: op, input, isSignal: signal })),
  };
  try {
    const { response } = await invoker.invoke(definition, {
      reason: '(null)',
      details: `InstanceId: ${entityId}`,
      input: { string: JSON.stringify(data) },
      triggerMetadata: {},
    });
    const result: unknown = JSON.parse(response.returnValue?.json ?? 'null');
    if (!isEntityResult(result)) throw new Error('The function is no entity of durable-functions.');
    return {
      state: result.entityExists ? (result.entityState ?? 'null') : null,
      answers: result.results,
      signals: result.signals.map(({ target, name, input, requestId }, index) => ({
        entityId: entityIdOf(target.name, target.key),
        request: { id: `${requestId}:${index}`, op: name, input: input === '' ? undefined : input, signal: true },
      })),
    };
  } catch (error) {
    const answer = { isError: true, result: JSON.stringify(errorText(error)) };
    return { state, answers: requests.map(() => answer), signals: [] };
  }
}
