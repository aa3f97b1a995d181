import { isJsonObject } from '../app-folder.ts';
import type { HostedFunction } from '../function-check.ts';
import { errorText, failureText } from '../invoker.ts';
import type { Invoker } from '../invoker.ts';
import type { TypedData } from '../library.ts';
import { eventType } from './history.ts';
import type { Happening } from './history.ts';
import type { ClaimedActivity } from './work.ts';

/** The SDK encodes texts twice, so they go as they are; anything else goes as JSON. */
function activityInput(json: string | null): TypedData {
  if (json === null) return {};
  const input: unknown = JSON.parse(json);
  return { string: typeof input === 'string' ? input : json };
}

/** With an exception properties provider the SDK puts this JSON in the place of the message: `lib/src/error/ExceptionPropertiesProvider.js`. */
function failureDetails(message: string): object | undefined {
  try {
    const details: unknown = JSON.parse(message);
    if (!isJsonObject(details) || typeof details['errorType'] !== 'string') return undefined;
    const { errorType: ErrorType, errorMessage: ErrorMessage, stackTrace: StackTrace } = details;
    return { ErrorType, ErrorMessage, StackTrace, IsNonRetriable: false, Properties: details['properties'] };
  } catch {
    return undefined;
  }
}

/** Runs an activity; what it returned or threw becomes the event that its orchestration gets. */
export async function callActivity(
  definition: HostedFunction,
  { instanceId, taskId, name, input }: ClaimedActivity,
  invoker: Invoker,
): Promise<Happening> {
  try {
    const { result } = await invoker.invoke(definition, {
      reason: '(null)',
      details: `InstanceId: ${instanceId}, TaskId: ${taskId}`,
      input: activityInput(input),
      triggerMetadata: { instanceId: { string: instanceId } },
    });
    return {
      EventType: eventType.taskCompleted,
      TaskScheduledId: taskId,
      Result: JSON.stringify(result ?? null) ?? 'null',
    };
  } catch (error) {
    const message = errorText(error);
    const FailureDetails = failureDetails(message);
    return {
      EventType: eventType.taskFailed,
      TaskScheduledId: taskId,
      Reason: `Activity function '${name}' failed: ${message}`,
      Details: failureText(error),
      ...(FailureDetails && { FailureDetails }),
    };
  }
}
