import type { SendRecord } from './ledger.ts';

/** What the sender can know by now: from reports that an endpoint took. `silent`: no report will ever come. */
export type SendOutcome = 'delivered' | 'failed' | 'waiting' | 'silent';

export const isGoodStatus = (status: string): boolean => status === 'Delivered' || status === 'Expanded';

/** For several recipients the worst counts. */
export function outcomeOf({ final, reported }: SendRecord): SendOutcome {
  const told = final.map(({ to }) => reported[to]);
  if (told.some((report) => report && !report.good)) return 'failed';
  if (final.some(({ planned }, index) => planned > 0 && !told[index])) return 'waiting';
  return told.every(Boolean) ? 'delivered' : 'silent';
}
