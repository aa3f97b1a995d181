/** Tells how things stand: of every queue how long its oldest message waits, of every sender how full its windows are. */
import type { SenderCalendars } from './bookings.ts';
import { standingOf } from './calendar-standing.ts';
import { secondsBetween } from './log-fields.ts';
import type { Log, LogFields } from './log.ts';
import type { Backlogs, Clock } from './ports.ts';
import type { Scope } from './scopes.ts';

export type StandingDependencies = {
  scopes: readonly Scope[];
  senderCalendars: Pick<SenderCalendars, 'read'>;
  backlogs: Backlogs;
  clock: Pick<Clock, 'now'>;
  log: Log;
};

/** Of one queue: those that are looked at. Behind as many scheduled ones nobody sees what is due, and nothing is told. */
const MOST_MESSAGES = 500;

/** Whatever cannot be looked at is told too, and hinders nothing. */
export async function tellStanding(dependencies: StandingDependencies): Promise<void> {
  const { scopes, log } = dependencies;
  const attempt = async (what: LogFields, tell: () => Promise<void>): Promise<void> => {
    try {
      await tell();
    } catch (error) {
      log('warn', 'standing-unknown', { ...what, error: error instanceof Error ? error.name : 'unknown' });
    }
  };
  await Promise.all([
    attempt({ what: 'backlogs' }, () => tellBacklogs(dependencies)),
    ...scopes.map((scope, index) => {
      const named = { channel: scope.channel, kind: scope.kind, scope: nameOf(scope, scopes.slice(0, index)) };
      return attempt(named, () => tellScope(scope, named, dependencies));
    }),
  ]);
}

/** `toll-free-2`: a number or mail address of ours is an address, too. */
const nameOf = ({ kind }: Scope, before: readonly Scope[]): string =>
  `${kind}-${before.filter((other) => other.kind === kind).length + 1}`;

async function tellBacklogs({ backlogs, clock, log }: StandingDependencies): Promise<void> {
  const all = await backlogs.peek(MOST_MESSAGES);
  const now = clock.now();
  for (const { entity, isDeadLetterQueue, active, isMore, oldest = now } of all)
    if (!isDeadLetterQueue && !(isMore && active === 0))
      log('info', 'backlog-seen', { entity, active, age: secondsBetween(oldest, now) });
}

async function tellScope(
  scope: Scope,
  named: LogFields,
  { senderCalendars, clock, log }: StandingDependencies,
): Promise<void> {
  const stored = await senderCalendars.read(scope);
  if (!stored || !('state' in stored)) return;
  const { calendar, gate } = stored.state;
  const now = clock.now();
  const { bookedUntil = now, use } = standingOf(calendar, now, scope.windows);
  log('info', 'scope-seen', { ...named, open: gate.closed ? 0 : 1, bookedAhead: secondsBetween(now, bookedUntil) });
  for (const { seconds, limit, used } of use) log('info', 'window-seen', { ...named, seconds, use: used / limit });
}
