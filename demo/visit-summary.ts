import { counted, duration } from '../commands/format.ts';
import { clockIn } from '../shared/local-time.ts';
import { parseQuietHours, quietHoursIn } from '../shared/quiet-hours-setting.ts';
import { quietUntil } from '../shared/quiet-hours.ts';
import type { AppointmentRun } from './appointment-list.ts';
import { REMINDER } from './published-event.ts';
import type { TimedDelivery, TimedSend } from './reader.ts';
import type { Section } from './summary.ts';

/** What the list and the run say of its visits: who was reminded, when, and what the provider says about it. */
export function visitSummary(
  { visits, booked, due, settings, zone }: AppointmentRun,
  deliveries: readonly TimedDelivery[],
  { sends, throttled }: { sends: readonly TimedSend[]; throttled: number },
): Section {
  const reminders = deliveries.filter(({ message }) => message === REMINDER);
  const reached = Map.groupBy(
    reminders.filter(({ status }) => status === 'delivered'),
    ({ event }) => event.subject,
  );
  const last = Math.max(...reminders.map(({ accepted }) => accepted?.getTime() ?? 0));
  const disturbed = sends.filter(
    ({ channel, at }) => channel === 'sms' && isQuiet(settings.QUIET_HOURS, zone, at),
  ).length;
  const missed = booked.filter(({ isMissed }) => isMissed).length;
  const local = clockIn(zone, due).toPlainTime().toString({ smallestUnit: 'minute' });
  const isBad = reached.size !== booked.length || throttled + disturbed > 0;
  return {
    title: 'The visits of tomorrow',
    lines: [
      `${counted(visits.length, 'visit')} in the list, of which ${booked.length} are booked by now; ${visits.length - booked.length} not booked yet: nobody publishes them before their time`,
      `${reached.size} of ${booked.length} reminded, all due at ${local} in ${zone}: ${channelsIn(reminders)}`,
      ...(last > 0 ? [`the last reminder was accepted ${duration(last - due.getTime())} after that`] : []),
      `within quota: ${counted(throttled, 'call')} refused by the provider (429)`,
      `quiet hours ${settings.QUIET_HOURS}: ${disturbed} SMS in them`,
      `to come, and not in this run: ${booked.length - missed} visits take place tomorrow, ${missed} are missed`,
      `the list itself: ${visits.filter(({ wasReminded }) => wasReminded).length} of ${visits.length} were reminded, by SMS`,
    ],
    ...(isBad && { isBad }),
  };
}

function isQuiet(setting: string, zone: string, at: Date): boolean {
  const parsed = parseQuietHours(setting);
  const hours = 'faults' in parsed ? undefined : quietHoursIn(parsed, '');
  return hours !== undefined && quietUntil(hours, zone, at) > at;
}

function channelsIn(reminders: readonly TimedDelivery[]): string {
  const of = (channel: string): number => reminders.filter((one) => one.channel === channel).length;
  return `${of('sms')} by SMS, ${of('email')} by mail`;
}
