import type { Channel } from '../../shared/delivery.ts';
import type { QuietHours } from '../../shared/quiet-hours.ts';
import type { fakePorts } from '../fakes/ports.ts';
import type { Harm } from './calendar-faults.ts';
import { callViolations } from './call-violations.ts';
import type { Journal } from './journal.ts';
import { metricViolations } from './metric-violations.ts';
import { outcomeViolations } from './outcome-violations.ts';
import type { HeldBack, Settings } from './people.ts';
import type { Call, Effect } from './provider.ts';
import type { Publication } from './publications.ts';
import { quietViolations } from './quiet.ts';
import type { Quota } from './quota.ts';
import { quotaViolations } from './quota-violations.ts';
import type { Verdict } from './reporting.ts';
import { reminderViolations } from './reminder-violations.ts';
import { urgentViolations } from './urgent-violations.ts';

export type World = {
  published: readonly Publication[];
  fakes: ReturnType<typeof fakePorts>;
  effects: readonly Effect[];
  reporting: { verdicts: ReadonlyMap<string, Verdict>; foreign: ReadonlySet<string> };
  calls: readonly Call[];
  journal: Pick<Journal, 'booked' | 'taken'>;
  quotas: Record<Channel, Quota>;
  strangers: ReadonlySet<Channel>;
  harm: Harm;
  heldBack: readonly HeldBack[];
  settings: Settings;
  quietHours: QuietHours | undefined;
};

/** One line for everything that may never be, whatever went wrong on the way. */
export const violationsOf = (world: World): string[] => [
  ...outcomeViolations(world),
  ...quotaViolations(world),
  ...callViolations(world),
  ...urgentViolations(world),
  ...quietViolations(world),
  ...reminderViolations(world),
  ...metricViolations(world),
];
