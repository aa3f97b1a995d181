import type { Plan } from '../../shared/delivery.ts';
import { type QuietHours, quietUntil } from '../../shared/quiet-hours.ts';
import type { World } from './violations.ts';

/** Of every third seed: three quarters of an hour, some time after two in the afternoon, when a simulation begins. */
export const quietHoursOf = (seed: number): QuietHours | undefined => {
  const start = 14 * 60 + (seed % 20);
  return seed % 3 === 0 ? { start, end: start + 45 } : undefined;
};

/** An attempt began in them. One that began before may be repeated: nobody knows whether it was taken. */
export function quietViolations({ calls, fakes, quietHours }: World): string[] {
  if (!quietHours) return [];
  const plans = new Map<string, Plan>([...fakes.deliveries.rows].map(([id, { plan }]) => [id, plan]));
  return calls.flatMap(({ delivery, firstSent }) => {
    const plan = delivery && plans.get(delivery);
    return plan && isHeld(plan, firstSent, quietHours) ? [`sms ${delivery}: called in quiet hours`] : [];
  });
}

function isHeld({ quiet, deadline }: Plan, at: Date, hours: QuietHours): boolean {
  if (!quiet) return false;
  const end = quietUntil(hours, quiet.zone, at);
  const last = Math.min(deadline.getTime(), quiet.latest?.getTime() ?? Infinity);
  return end > at && (quiet.tooLate === 'expire' || end.getTime() < last);
}
