import { describe, expect, it } from 'vitest';
import type { Plan } from '../../shared/delivery.ts';
import { LIMITS } from '../../shared/limits.ts';
import { placePlans } from '../../shared/place.ts';
import { type Scope, unitsOf } from '../../shared/scopes.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePacing } from '../fakes/pacing.ts';
import { fakePorts } from '../fakes/ports.ts';
import { SCOPE } from './bookings-world.ts';
import { planOf } from './send-world.ts';

const limits = LIMITS.real;
const OTHER: Scope = { ...SCOPE, name: '+18005550188' };
const MAIL: Scope = { channel: 'email', kind: 'custom-domain', name: 'subscription', windows: SCOPE.windows };

function world() {
  const clock = fakeClock(undefined, 'skipped');
  const calls: string[] = [];
  const ports = fakePorts({
    clock,
    onCall: ({ port, operation, moment }) => void (moment === 'before' && calls.push(`${port}.${operation}`)),
  });
  const pacing = fakePacing(ports, { scopes: { sms: SCOPE, email: MAIL } });
  const now = clock.now();
  const dependencies = {
    ...ports,
    ...pacing,
    limits,
    senderFor: ({ channel, country }: Plan) => (country === 'XX' ? undefined : channel === 'email' ? 'mail' : country),
    scopeOf: (channel: Plan['channel'], sender: string) =>
      channel === 'email' ? MAIL : sender === 'US' ? OTHER : SCOPE,
  };
  return {
    ...ports,
    calls,
    after: (milliseconds: number) => new Date(now.getTime() + milliseconds),
    place: (...plans: Plan[]) => placePlans(plans, dependencies),
    placeCounting: (...plans: Plan[]) => placePlans(plans, { ...dependencies, unitsOf: (plan) => unitsOf(plan, true) }),
  };
}

describe('new deliveries', () => {
  it('have their slots by one booking for each scope, in their order', async () => {
    const { place, calls, after, senderCalendars } = world();
    const plans = await place(
      planOf('sms', { country: 'DE' }),
      planOf('email'),
      planOf('sms', { country: 'US' }),
      planOf('sms', { country: 'AT' }),
    );
    expect(plans.map(({ channel, country }) => `${channel} ${country}`)).toEqual([
      'sms DE',
      'email DE',
      'sms US',
      'sms AT',
    ]);
    expect(plans.map(({ firstSlot, firstBooking }) => [firstSlot, firstBooking])).toEqual([
      [after(limits.headway), 'own'],
      [after(limits.headway), 'own'],
      [after(limits.headway), 'own'],
      [after(limits.headway + limits.spacing), 'own'],
    ]);
    expect(calls.filter((call) => call === 'senderCalendars.write')).toHaveLength(3);
    expect(senderCalendars.rows.size).toBe(3);
  });

  it('come at once without a slot when they cannot be sent, and book nothing', async () => {
    const { place, calls, after } = world();
    const { content: _, ...empty } = planOf('sms');
    const plans = await place({ ...empty, unsendable: 'bad-address' }, planOf('sms', { country: 'XX' }));
    for (const plan of plans) expect(plan).toMatchObject({ firstSlot: after(0), firstBooking: 'none' });
    expect(calls).toEqual([]);
  });

  it('come at once without a slot when none is free before their deadline', async () => {
    const { place, after } = world();
    const [late, good] = await place(planOf('sms', { deadline: after(limits.headway) }), planOf('sms'));
    expect(late).toMatchObject({ firstSlot: after(0), firstBooking: 'none' });
    expect(good).toMatchObject({ firstSlot: after(limits.headway), firstBooking: 'own' });
  });

  it('come in a while without a slot when their channel is off, the other one goes on', async () => {
    const { place, after, channelSwitches } = world();
    await channelSwitches.put({
      channel: 'sms',
      off: true,
      canaries: [],
      by: 'ann@desk',
      at: after(0),
      why: 'A test.',
    });
    const [sms, mail] = await place(planOf('sms'), planOf('email'));
    expect(sms).toMatchObject({ firstSlot: after(limits.pauseFirst), firstBooking: 'none' });
    expect(mail).toMatchObject({ firstBooking: 'own' });
  });

  it('have a slot when they are among the few whom their channel serves', async () => {
    const { place, after, channelSwitches } = world();
    const address = '+4915100000001';
    await channelSwitches.put({
      channel: 'sms',
      off: false,
      canaries: [`k1:${address}`],
      by: 'ann@desk',
      at: after(0),
      why: 'A test.',
    });
    const bookings = (await place(planOf('sms', { address }), planOf('sms'))).map(({ firstBooking }) => firstBooking);
    expect(bookings).toEqual(['own', 'none']);
  });

  it('have slots in lanes: an urgent one passes those before it', async () => {
    const { place, after } = world();
    await place(...Array.from({ length: 600 }, () => planOf('sms', { lane: 'normal' })));
    const [normal, urgent] = await place(planOf('sms', { lane: 'normal' }), planOf('sms', { lane: 'urgent' }));
    expect(normal!.firstSlot.getTime()).toBeGreaterThan(after(120_000).getTime());
    expect(urgent!.firstSlot.getTime()).toBeLessThan(after(60_000).getTime());
  });

  it('take up as much of the quota as they are said to', async () => {
    const { placeCounting, after } = world();
    const content = { channel: 'sms', text: 'x', segments: 49 } as const;
    const plans = await placeCounting(...Array.from({ length: 5 }, () => planOf('sms', { lane: 'normal', content })));
    const slots = plans.map(({ firstSlot }) => firstSlot.getTime());
    expect(Math.max(...slots)).toBeGreaterThan(after(60_000).getTime());
  });

  it('are nothing for no plans', async () => {
    const { place, calls } = world();
    expect(await place()).toEqual([]);
    expect(calls).toEqual([]);
  });
});
