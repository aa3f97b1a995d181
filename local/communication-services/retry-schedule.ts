const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const schedule = [10 * second, 30 * second, minute, 5 * minute, 10 * minute, 30 * minute, hour, 3 * hour, 6 * hour];
const afterwards = 12 * hour;
const longerFor: Readonly<Record<number, number>> = { 404: 5 * minute, 408: 2 * minute, 503: 30 * second };
const maxAttempts = 30;
const timeToLive = 24 * hour;

/** Answers that end an event at once. Source: Event Grid, "Message delivery and retry", endpoint type webhook. */
export const drops = (status: number | null): boolean => status !== null && [400, 401, 403, 413].includes(status);

/** Milliseconds until the next try after `attempts` tries, the last of which was answered `status` (null: not at all). */
export const retryWait = (attempts: number, status: number | null): number =>
  Math.max(schedule[attempts - 1] ?? afterwards, (status !== null && longerFor[status]) || 0);

/** Why no further try is made after `attempts`, when the next one would come `ageMs` after publishing. */
export function giveUpReason(attempts: number, ageMs: number): string | undefined {
  if (attempts >= maxAttempts) return `${maxAttempts} attempts`;
  return ageMs > timeToLive ? 'older than 24 hours' : undefined;
}
