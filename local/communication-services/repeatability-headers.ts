import { type Answer, refusal } from './answer.ts';
import { isGuid, isHttpDate } from './sms-request.ts';

export interface RepeatabilityHeaders {
  readonly requestId: string | undefined;
  readonly firstSent: string | undefined;
}

export const withResult = (given: Answer, result: 'accepted' | 'rejected'): Answer => ({
  ...given,
  headers: { ...given.headers, 'Repeatability-Result': result },
});

const rejected = (status: number, code: string, message: string): Answer =>
  withResult(refusal(status, code, message), 'rejected');

/**
 * The refusal of headers that are malformed, alone, or older than the memory; undefined when they are good or absent.
 * Source: Azure Communication Services REST, "Repeatable requests". The code of a 412 was seen from a preview version (azure-docs issue 98227).
 */
export function checkRepeatability(
  { requestId, firstSent }: RepeatabilityHeaders,
  memorySeconds: number,
  now: number,
): Answer | undefined {
  if (requestId === undefined && firstSent === undefined) return undefined;
  if (requestId === undefined || !isGuid(requestId)) {
    return rejected(400, 'BadRequest', 'Repeatability-Request-Id must be a GUID.');
  }
  if (firstSent === undefined || !isHttpDate(firstSent)) {
    return rejected(400, 'BadRequest', 'Repeatability-First-Sent must be a date in IMF-fixdate format.');
  }
  if (isTooOld(firstSent, memorySeconds, now)) {
    return rejected(
      412,
      'RepeatabilityFirstSentOutsideWindow',
      'Repeatability-First-Sent is outside of the tracked window.',
    );
  }
  return undefined;
}

/** From the moment on at which a request that was first sent then is forgotten. Without memory nothing is tracked. */
export const isTooOld = (firstSent: string, memorySeconds: number, now: number): boolean =>
  memorySeconds > 0 && now - Date.parse(firstSent) >= memorySeconds * 1000;
