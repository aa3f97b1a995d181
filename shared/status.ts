/** What we believe about a delivery, and how two beliefs are merged. */

export const STATUSES = [
  'planned',
  'sending',
  'accepted',
  'delivered',
  'failed',
  'unknown',
  'uncertain',
  'skipped',
  'expired',
] as const;

export type Status = (typeof STATUSES)[number];

/** What each says, in plain words. */
export const STATUS_MEANINGS: Record<Status, string> = {
  planned: 'It waits on its queue; nobody has tried to send it yet.',
  sending: 'It is being sent, or comes again after a refusal that passes.',
  accepted: 'The provider took it; no report has come yet.',
  delivered: 'A report says that it arrived.',
  failed: 'It did not arrive and will not.',
  unknown: 'The provider took it, and no report says whether it arrived.',
  uncertain: 'We cannot tell whether the provider took it. It is never repeated blindly.',
  skipped: 'It was left out on purpose.',
  expired: 'Its deadline passed before it could be sent.',
};

/** A status as it stands in a row: `reported` is the provider's own time and set only when a report made it. */
export type Standing = { status: Status; reported?: Date };

/** Higher classes win; see `merge`. Class 2 or more means that the delivery is settled: nothing more is sent for it. */
export function classOf({ status, reported }: Standing): number {
  switch (status) {
    case 'planned':
      return 0;
    case 'sending':
      return 1;
    case 'expired':
    case 'skipped':
      return 2;
    case 'failed':
      return reported ? 6 : 2;
    case 'uncertain':
      return 3;
    case 'accepted':
      return 4;
    case 'unknown':
      return 5;
    case 'delivered':
      return 6;
  }
}

/** Still under way, or waiting for its report: something has to become of it. */
export const isOpen = ({ status }: Pick<Standing, 'status'>): boolean =>
  status === 'planned' || status === 'sending' || status === 'accepted';

export const isSettled = (standing: Standing): boolean => classOf(standing) >= 2;

/**
 * Which of two standings holds, in whatever order they came to light: the higher class; between two reports the later
 * provider time, and on a tie the failure; what a report calls unknown goes before a deadline without one.
 */
export function merge<A extends Standing, B extends Standing>(a: A, b: B): A | B {
  const [classA, classB] = [classOf(a), classOf(b)];
  if (classA !== classB) return classA > classB ? a : b;
  if (classA < 5) return a;
  const [timeA, timeB] = [a.reported?.getTime() ?? 0, b.reported?.getTime() ?? 0];
  if (timeA !== timeB) return timeA > timeB ? a : b;
  return b.status === 'failed' && a.status !== 'failed' ? b : a;
}
