import { describe, expect, it } from 'vitest';
import { EMPTY_CALENDAR, bookSlots } from '../../shared/calendar.ts';
import { rulesOf } from '../../shared/bookings.ts';
import { type Gate, OPEN_GATE } from '../../shared/gate.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { Backlog } from '../../shared/ports.ts';
import { scopesOf } from '../../shared/scopes.ts';
import type { Sender } from '../../shared/senders.ts';
import { tellStanding } from '../../shared/standing.ts';
import type { OnCall } from '../fakes/calls.ts';
import { fakePorts } from '../fakes/ports.ts';

const NUMBERS = ['+18005550100', '+18005550199'];
const scopes = scopesOf(
  NUMBERS.map((sender): Sender => {
    const quota = [{ limit: 200, seconds: 60 }];
    return { channel: 'sms', kind: 'toll-free', sender, countries: ['US'], quota };
  }),
  {},
);

function world({ backlogs = [], onCall = () => undefined }: { backlogs?: Backlog[] | Error; onCall?: OnCall } = {}) {
  const ports = fakePorts({ onCall });
  const peek = async () => {
    if (backlogs instanceof Error) throw backlogs;
    return backlogs;
  };
  return {
    /** Twenty messages at one moment. */
    book: (index: number, gate: Gate = OPEN_GATE): void => {
      const { kind, name } = scopes[index]!;
      const deadline = new Date(ports.clock.now().getTime() + 3_600_000);
      const requests = Array.from({ length: 20 }, () => ({ lane: 'normal' as const, units: 1, deadline }));
      const rules = rulesOf(scopes[index]!, LIMITS.real, { share: 0.02, units: 1 });
      const { calendar } = bookSlots(EMPTY_CALENDAR, requests, ports.clock.now(), rules);
      ports.senderCalendars.rows.set(`${kind} ${name}`, { etag: 'x', state: { calendar, gate } });
    },
    told: async () => {
      await tellStanding({ ...ports, scopes, backlogs: { peek } });
      return ports.entries;
    },
    now: ports.clock.now(),
  };
}

const waiting = (now: Date, change: Partial<Backlog>): Backlog => ({
  entity: 'sms',
  isDeadLetterQueue: false,
  active: 3,
  scheduled: 9,
  isMore: false,
  oldest: new Date(now.getTime() - 61_000),
  ...change,
});

describe('how things stand', () => {
  it('is not told of a queue whose due messages may stand behind those that were looked at', async () => {
    const { now } = world();
    const { told } = world({
      backlogs: [
        waiting(now, { active: 0, isMore: true, entity: 'sms' }),
        waiting(now, { active: 1, isMore: true, entity: 'email' }),
      ],
    });
    const entities = (await told())
      .filter(({ event }) => event === 'backlog-seen')
      .map(({ fields }) => fields['entity']);
    expect(entities).toEqual(['email']);
  });

  it('is told of every queue: how much is due, and since when', async () => {
    const { now } = world();
    const { oldest: _oldest, ...empty } = waiting(now, { entity: 'email', active: 0 });
    const { told } = world({ backlogs: [waiting(now, {}), empty, waiting(now, { isDeadLetterQueue: true })] });
    expect((await told()).map(({ event, fields }) => [event, fields])).toEqual([
      ['backlog-seen', { entity: 'sms', active: 3, age: 61 }],
      ['backlog-seen', { entity: 'email', active: 0, age: 0 }],
    ]);
  });

  it('is told of every sender that has a calendar, under a name that is no number', async () => {
    const { book, told, now } = world();
    book(0);
    book(1, { ...OPEN_GATE, closed: { cause: 'provider-away', since: now, probes: 0, next: now } });
    const entries = await told();
    const of = (event: string) => entries.filter((entry) => entry.event === event).map(({ fields }) => fields);
    const named = { channel: 'sms', kind: 'toll-free' };
    expect(of('scope-seen')).toEqual([
      { ...named, scope: 'toll-free-1', open: 1, bookedAhead: expect.any(Number) },
      { ...named, scope: 'toll-free-2', open: 0, bookedAhead: expect.any(Number) },
    ]);
    expect(of('scope-seen').every(({ bookedAhead }) => Number(bookedAhead) > 0)).toBe(true);
    expect(of('window-seen')[0]).toEqual({ ...named, scope: 'toll-free-1', seconds: 60, use: 0.1 });
    expect(NUMBERS.some((number) => JSON.stringify(entries).includes(number.slice(1)))).toBe(false);
  });

  it('says what cannot be looked at, and tells the rest', async () => {
    const { book, told } = world({ backlogs: new TypeError('away') });
    book(0);
    expect((await told()).map(({ event }) => event).sort()).toEqual(['scope-seen', 'standing-unknown', 'window-seen']);
    const away = world({
      onCall: ({ port }) => {
        if (port === 'senderCalendars') throw new RangeError('away');
      },
    });
    expect((await away.told()).map(({ level, fields }) => [level, fields['scope'], fields['error']])).toEqual([
      ['warn', 'toll-free-1', 'RangeError'],
      ['warn', 'toll-free-2', 'RangeError'],
    ]);
  });
});
