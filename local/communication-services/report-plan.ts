import { between, chance } from './chance.ts';
import type { Fate } from './ledger.ts';
import type { Outcome, Verdict } from './outcomes.ts';
import type { Channel, Scenario } from './scenario.ts';

/** One event to push: its verdict, when the provider learned of it and when it is due, in ms after acceptance. */
export interface PlannedReport {
  readonly verdict: Verdict;
  /** Reports of the same number are copies of one event and share its id. */
  readonly event: number;
  readonly providerMs: number;
  readonly dueMs: number;
  readonly lost: boolean;
}

/** `dueMs` of a report that is pushed before the request is answered. */
export const beforeTheAnswer = -1;

/** Pure: turns an outcome into pushes. The list is in the order of pushing. */
export function planReports(
  scenario: Scenario,
  channel: Channel,
  outcome: Outcome,
  address: string,
  occasion: string,
): PlannedReport[] {
  if (outcome.dropped) return [];
  const { delay, lateBy } = scenario.reports;
  const learned = between(delay[channel], chance(scenario.seed, 'delay', address, occasion)) * 1000;
  const inOrder = outcome.verdicts.map((verdict, index): PlannedReport => ({
    verdict,
    event: index,
    providerMs: learned + index * 1000,
    dueMs: learned + index * 1000,
    lost: false,
  }));
  switch (outcome.timing) {
    case 'normal':
      return inOrder;
    case 'early':
      return inOrder.map((report, index) =>
        index === 0 ? { ...report, providerMs: 0, dueMs: beforeTheAnswer } : report,
      );
    case 'late':
      return inOrder.map((report) => ({ ...report, dueMs: report.dueMs + lateBy * 1000 }));
    case 'doubled':
      return inOrder.flatMap((report) => [report, { ...report, dueMs: report.dueMs + 500 }]);
    case 'tenfold':
      return inOrder.flatMap((report) =>
        Array.from({ length: 10 }, (_, copy) => ({ ...report, event: report.event * 10 + copy })),
      );
    case 'reordered': {
      const dueTimes = inOrder.map((report) => report.dueMs);
      return inOrder.toReversed().map((report, index) => ({ ...report, dueMs: dueTimes[index] ?? report.dueMs }));
    }
    case 'lost':
  }
  return inOrder.map((report) => ({ ...report, lost: true }));
}

/** What will have become of the message for this recipient: the report with the latest provider time wins. */
export function fateOf(to: string, reports: readonly PlannedReport[], silence: string): Fate {
  const pushed = reports.filter((report) => !report.lost);
  const last = pushed.toSorted((a, b) => a.providerMs - b.providerMs).at(-1);
  if (!last) return { to, status: null, code: null, details: silence, planned: 0 };
  const { status, code, details } = last.verdict;
  return { to, status, code, details, planned: pushed.length };
}
