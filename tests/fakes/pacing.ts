import { type SenderCalendars, type UrgentReserve, createBookings } from '../../shared/bookings.ts';
import type { Channel, Plan } from '../../shared/delivery.ts';
import { type Limits, LIMITS } from '../../shared/limits.ts';
import type { Random } from '../../shared/ports.ts';
import type { QuietHours } from '../../shared/quiet-hours.ts';
import { type Scope, unitsOf } from '../../shared/scopes.ts';
import type { StorageClock } from '../../shared/storage-clock.ts';
import { type ChannelSwitches, createSwitches } from '../../shared/switches.ts';

/** The default of the settings. */
export const URGENT: UrgentReserve = { share: 0.02, units: 1 };

/** So large that pacing does not show. */
const SCOPES: Record<Channel, Scope> = {
  sms: { channel: 'sms', kind: 'toll-free', name: '+18005550199', windows: [{ limit: 10_000, seconds: 60 }] },
  email: { channel: 'email', kind: 'custom-domain', name: 'subscription', windows: [{ limit: 10_000, seconds: 60 }] },
};

/** What books slots, as one process holds it, over fake ports. */
export function fakePacing(
  ports: { senderCalendars: SenderCalendars; channelSwitches: ChannelSwitches; clock: StorageClock; random: Random },
  { limits = LIMITS.real, scopes = SCOPES }: { limits?: Limits; scopes?: Record<Channel, Scope> } = {},
) {
  return {
    bookings: createBookings({ ...ports, limits, urgent: URGENT }),
    switches: createSwitches({ ...ports, limits }),
    scopeOf: (channel: Channel) => scopes[channel],
    unitsOf: (plan: Plan) => unitsOf(plan, false),
    quietHoursOf: (): QuietHours | undefined => undefined,
    senderFor: ({ channel }: Plan) => (channel === 'sms' ? '+18005550199' : 'news@shop.example'),
    addressHashes: (_channel: Channel, address: string) => [`k1:${address}`],
  };
}
