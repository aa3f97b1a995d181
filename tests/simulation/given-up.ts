import type { World } from './violations.ts';

/**
 * Events whose batch crashed a process ten times, and ten times more when it was taken once again: their dead letters wait
 * for a person, with an alarm.
 */
export function waitsForPerson(
  { fakes }: Pick<World, 'fakes'>,
  { subject, id }: { subject: string; id: string },
): boolean {
  const letters = [...fakes.deadLetters.rows.values()];
  return letters.some((letter) => letter.subject === subject && letter.eventId === id && !letter.putBack);
}
