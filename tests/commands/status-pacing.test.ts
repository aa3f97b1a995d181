import { beforeEach, describe, expect, it } from 'vitest';
import type { SenderCalendar } from '../../shared/bookings.ts';
import { EMPTY_CALENDAR, type SlotRequest, bookSlots } from '../../shared/calendar.ts';
import { type Gate, OPEN_GATE } from '../../shared/gate.ts';
import { fakeWorld, NOW } from './world.ts';

const MINUTE = 60_000;
const after = (milliseconds: number) => new Date(NOW.getTime() + milliseconds);

const RULES = {
  urgentShare: 0.02,
  urgentUnits: 1,
  guard: 300,
  headway: 1_000,
  spacing: 20,
  notice: 4_300,
  wokenSpacing: 20,
  wakeAhead: 2_000,
};
const MAIL = [
  { limit: 30, seconds: 60 },
  { limit: 100, seconds: 3_600 },
];

/** A calendar in which so many mails were booked at once. */
function bookedMails(count: number, gate: Gate = OPEN_GATE): { etag: string; state: SenderCalendar } {
  const request: SlotRequest = { lane: 'normal', units: 1, deadline: after(24 * 60 * MINUTE) };
  const requests = Array.from({ length: count }, () => request);
  return {
    etag: '1',
    state: { calendar: bookSlots(EMPTY_CALENDAR, requests, NOW, { windows: MAIL, ...RULES }).calendar, gate },
  };
}

const gateOf = (gate: Partial<Gate>) => ({
  etag: '1',
  state: { calendar: EMPTY_CALENDAR, gate: { ...OPEN_GATE, ...gate } },
});

describe('the rate calendar in status', () => {
  let world: ReturnType<typeof fakeWorld>;

  beforeEach(() => {
    world = fakeWorld({ width: 80 });
  });

  async function section(title: string, settings?: Readonly<Record<string, string | undefined>>): Promise<string> {
    if (settings) {
      const { senderCalendars, channelSwitches } = world;
      world = fakeWorld({ width: 80, settings });
      for (const [key, row] of senderCalendars.rows) world.senderCalendars.rows.set(key, row);
      for (const [key, row] of channelSwitches.rows) world.channelSwitches.rows.set(key, row);
    }
    const { out } = await world.notify('status');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).not.toMatch(/ $/m);
    return new RegExp(`${title}\n\n(.*?)\n\n(?:The|Settings)`, 's').exec(out)?.[1] ?? '';
  }

  it('says until when each scope is booked, and how much of each window is used', async () => {
    world.senderCalendars.rows.set('custom-domain subscription', bookedMails(45));
    expect(await section('The rate calendar')).toMatchInlineSnapshot(`
      "                          booked  limit  within         booked until
        toll-free +18005550100       0    200  60 s           –
        alphanumeric names           0    600  60 s           –
        custom-domain mail          30     30  60 s    █████  14:31:01, in 1 min 2 s
                                    45    100  1 h     ██▎"
    `);
  });

  it('says why a scope is closed, when it is tried next, and what to do', async () => {
    const closed = { cause: 'access-denied', since: after(-27 * MINUTE), probes: 4, next: after(3 * MINUTE) } as const;
    world.senderCalendars.rows.set('toll-free +18005550100', gateOf({ closed }));
    const away = { cause: 'provider-away', since: after(-MINUTE), probes: 0, next: NOW } as const;
    world.senderCalendars.rows.set('alphanumeric resource', gateOf({ closed: away }));
    expect(await section('The rate calendar')).toMatchInlineSnapshot(`
      "                          booked  limit  within  booked until
        toll-free +18005550100       0    200  60 s               –
        alphanumeric names           0    600  60 s               –
        custom-domain mail           0     30  60 s               –
                                     0    100  1 h

        ✖ toll-free +18005550100 is closed since 2026-11-20 14:03:00 UTC:
          access-denied. The provider does not accept our credentials, or the sender
          is not ours. 4 probes so far, the next at 14:33:00, in 3 min 0 s. Operators:
          put the key, role or sender right; sending goes on by itself.

        ✖ alphanumeric names is closed since 2026-11-20 14:29:00 UTC: provider-away.
          The provider does not answer. Now and then one delivery tries whether it
          does again, the others wait. No probe yet, the next as soon as something is
          due. Operators: see the status page of the provider; sending goes on by
          itself."
    `);
  });

  it('says until when a scope is blocked, and that somebody else uses its quota', async () => {
    const stranger = { strangers: 1, lastStranger: after(-MINUTE) };
    world.senderCalendars.rows.set('toll-free +18005550100', gateOf({ ...stranger, blockedUntil: after(42_000) }));
    const longAgo = { strangers: 3, lastStranger: after(-25 * 60 * MINUTE), blockedUntil: after(-24 * 60 * MINUTE) };
    world.senderCalendars.rows.set('alphanumeric resource', gateOf(longAgo));
    expect(await section('The rate calendar')).toMatchInlineSnapshot(`
      "                          booked  limit  within  booked until
        toll-free +18005550100       0    200  60 s               –
        alphanumeric names           0    600  60 s               –
        custom-domain mail           0     30  60 s               –
                                     0    100  1 h

        ! toll-free +18005550100 is blocked until 14:30:42, in 42.0 s. Nothing is sent
          before; it goes on by itself.

        ! toll-free +18005550100 was refused for quota 1 time although its calendar
          was free, last at 2026-11-20 14:29:00 UTC. Somebody else uses this quota, or
          SENDERS names more than the provider grants.

        · alphanumeric names was refused for quota 3 times although its calendar was
          free, last at 2026-11-19 13:30:00 UTC. Somebody else uses this quota, or
          SENDERS names more than the provider grants."
    `);
  });

  it('says what it means that a row cannot be read', async () => {
    world.senderCalendars.rows.set('toll-free +18005550100', { etag: '1', unreadable: 'newer' });
    const damaged = { etag: '1', unreadable: 'damaged', bookedUntil: after(5 * MINUTE) } as const;
    world.senderCalendars.rows.set('alphanumeric resource', damaged);
    expect(await section('The rate calendar')).toMatchInlineSnapshot(`
      "                          booked  limit  within  booked until
        toll-free +18005550100       –      –          –
        alphanumeric names           –      –          14:35:00, in 5 min 0 s
        custom-domain mail           0     30  60 s    –
                                     0    100  1 h

        ✖ toll-free +18005550100 has a calendar of a newer version of this app. This
          version sends nothing by it. Deploy the newer one everywhere; what waits is
          sent then.

        ✖ alphanumeric names has a damaged calendar. It is written anew with the next
          booking; nothing is sent until what it may have held is over."
    `);
  });

  it('shows the channels: off, open to a few, and how much of the daily cap is used up', async () => {
    const switched = { by: 'maria@desk', at: after(-40 * MINUTE) };
    await world.channelSwitches.put({ channel: 'sms', off: true, canaries: ['k1:a'], why: 'A drill.', ...switched });
    await world.channelSwitches.put({
      channel: 'email',
      off: false,
      canaries: ['k1:a', 'k1:b'],
      why: 'We try the new mail domain with colleagues of the shop first.',
      ...switched,
    });
    expect(await section('Channels', { SMS_PER_DAY: '10000', EMAIL_PER_DAY: '2000' })).toMatchInlineSnapshot(`
      "  ✖ sms    off since 2026-11-20 13:50:00 UTC, by maria@desk: A drill. Once on
                 again, it serves 1 phone number only.
                 At most 10000 in any 24 hours; 0 of them are used up.
                 npm run notify -- channel sms --on --why …
        ! email  open to 2 mail addresses only since 2026-11-20 13:50:00 UTC, by
                 maria@desk: We try the new mail domain with colleagues of the shop
                 first.
                 At most 2000 in any 24 hours; 0 of them are used up.
                 npm run notify -- channel email --everyone --why …"
    `);
  });

  it('has the same as JSON', async () => {
    const closed = { cause: 'access-denied', since: after(-27 * MINUTE), probes: 4, next: after(3 * MINUTE) } as const;
    world = fakeWorld({ settings: { EMAIL_PER_DAY: '2000' } });
    world.senderCalendars.rows.set('custom-domain subscription', bookedMails(3, { ...OPEN_GATE, closed }));
    const standing = JSON.parse((await world.notify('status', '--json')).out) as Record<string, unknown>;
    expect(standing).toMatchObject({
      channels: [
        { channel: 'sms', state: 'on', canaries: 0 },
        { channel: 'email', state: 'on', canaries: 0 },
      ],
      pacing: {
        scopes: [
          { kind: 'toll-free', name: '+18005550100', row: 'empty', use: [{ seconds: 60, limit: 200, used: 0 }] },
          { kind: 'alphanumeric', name: 'resource', row: 'empty' },
          {
            channel: 'email',
            row: 'read',
            bookedUntil: expect.stringMatching(/^2026-11-20T14:30/) as string,
            use: [
              { seconds: 60, limit: 30, used: 3 },
              { seconds: 3_600, limit: 100, used: 3 },
              { seconds: 86_400, limit: 2_000 },
            ],
            closed: { cause: 'access-denied', probes: 4 },
            strangers: 0,
          },
        ],
        dailyCaps: [{ channel: 'email', limit: 2_000 }],
      },
      settingsFaults: [],
    });
  });

  it('shows the channels, and names what is missing, without the settings of the app', async () => {
    expect(await section('Channels', { SENDERS: undefined, ADDRESS_HASH_KEYS: undefined })).toContain('✔ email  on');
    const { code, out } = await world.notify('status');
    expect(code).toBe(0);
    expect(out).toContain('The setting SENDERS says whose quotas there are: it is missing or wrong here.');
    expect(out).toMatch(/no fingerprint:\n {2}SENDERS: missing\n {2}ADDRESS_HASH_KEYS: missing\n$/);
  });

  it('needs only the senders for the calendar', async () => {
    expect(await section('The rate calendar', { ADDRESS_HASH_KEYS: undefined })).toContain('toll-free +18005550100');
  });
});
