import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Suppression } from '../../shared/ports.ts';
import { isInForce, lift, suppress, type SuppressionRequest } from '../../shared/suppression.ts';
import { fakePorts } from '../fakes/ports.ts';

const now = new Date('2026-11-20T13:00:00.000Z');
const DAY = 86_400_000;
const at = (milliseconds: number) => new Date(now.getTime() + milliseconds);
const suppression: Suppression = { channel: 'sms', address: 'k1:0', cause: 'opted-out', since: now, by: 'report' };

const OWN = { channel: 'email', hashes: ['k1:a'] } as const;

/** What stands for one address after these requests, and what was asked of it. */
function book(onCall?: Parameters<typeof fakePorts>[0]) {
  const { suppressions } = fakePorts(onCall);
  const ask = (cause: Suppression['cause'], when: Date, more: Partial<SuppressionRequest> = {}) =>
    suppress({ ...OWN, cause, at: when, by: 'report', ...more }, suppressions);
  const isSuppressed = async (when: Date, hashes: readonly string[] = OWN.hashes) =>
    (await suppressions.find(OWN.channel, hashes)).some((one) => isInForce(one, when));
  return { suppressions, ask, isSuppressed, rows: () => [...suppressions.rows.values()] };
}

describe('a suppression', () => {
  it('is in force without an end', () => {
    expect(isInForce(suppression, now)).toBe(true);
  });

  it('is in force although the clock that dated it is ahead of ours', () => {
    expect(isInForce({ ...suppression, since: at(5_000) }, now)).toBe(true);
  });

  it('is over from its end on', () => {
    expect(isInForce({ ...suppression, until: at(1) }, now)).toBe(true);
    expect(isInForce({ ...suppression, until: now }, now)).toBe(false);
  });

  it('is over once it is lifted, and in force again when it is asked for later', () => {
    expect(isInForce({ ...suppression, lifts: [{ at: at(1), by: 'ann' }] }, at(2))).toBe(false);
    expect(isInForce({ ...suppression, since: at(2), lifts: [{ at: at(1), by: 'ann' }] }, at(2))).toBe(true);
  });
});

describe('hard bounces', () => {
  it('suppress for a day, two, four, seven and fourteen days, as the provider does', async () => {
    const { ask, rows } = book();
    const days: number[] = [];
    for (let bounce = 0, when = now; bounce < 7; bounce += 1) {
      expect(await ask('hard-bounced', when)).toBe(true);
      const { until, bounces } = rows()[0]!;
      expect(bounces).toBe(bounce + 1);
      days.push((until!.getTime() - when.getTime()) / DAY);
      when = until!;
    }
    expect(days).toEqual([1, 2, 4, 7, 14, 14, 14]);
  });

  it('of mails that were on their way together count as one, in whatever order they are reported', async () => {
    const moments = fc.uniqueArray(fc.integer({ min: 0, max: DAY - 1 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(moments, async (all) => {
        const { ask, rows } = book();
        for (const moment of all) await ask('hard-bounced', at(moment));
        expect(rows()).toMatchObject([{ bounces: 1, since: at(all[0]!) }]);
      }),
      { numRuns: 30 },
    );
  });

  it('begin anew once an operator has lifted the suppression', async () => {
    const { suppressions, ask, rows } = book();
    await ask('hard-bounced', now);
    await ask('hard-bounced', at(DAY));
    await lift({ ...OWN, at: at(DAY + 1), by: 'ann' }, suppressions);
    await ask('hard-bounced', at(DAY + 2));
    expect(rows()).toMatchObject([{ bounces: 1, until: at(2 * DAY + 2), lifts: [{ at: at(DAY + 1), by: 'ann' }] }]);
  });
});

describe('an opt-out', () => {
  it('has no end, is kept once, and outlasts everything else', async () => {
    const { ask, rows } = book();
    await ask('hard-bounced', now);
    expect(await ask('opted-out', at(1))).toBe(true);
    expect(await ask('opted-out', at(2))).toBe(false);
    expect(await ask('hard-bounced', at(3 * DAY))).toBe(false);
    expect(await ask('blocked-by-staff', at(4), { until: at(5), by: 'ann', reason: 'a trial' })).toBe(false);
    expect(rows()).toMatchObject([{ cause: 'opted-out', since: at(1) }]);
    expect(rows()[0]?.until).toBeUndefined();
  });

  it.each(['opted-out', 'blocked-by-staff'] as const)(
    'or block by staff (%s) that has an end is not replaced by a bounce while it stands, however old the report',
    async (cause) => {
      const { ask, rows } = book();
      await ask(cause, now, { until: at(2 * DAY), by: 'ann', reason: 'a trial' });
      for (const when of [-DAY, 0, 1, 1.5 * DAY, 2 * DAY - 1])
        expect([when, await ask('hard-bounced', at(when))]).toEqual([when, false]);
      expect(rows()).toMatchObject([{ cause, since: now, until: at(2 * DAY), by: 'ann', reason: 'a trial' }]);
      expect(await ask('hard-bounced', at(2 * DAY))).toBe(true);
    },
  );

  it('that is reported late goes before a bounce of a later time', async () => {
    const { ask, rows } = book();
    await ask('hard-bounced', at(1));
    expect(await ask('opted-out', now)).toBe(true);
    expect(rows()).toMatchObject([{ cause: 'opted-out', since: now }]);
  });

  it('counts for its channel only', async () => {
    const { suppressions, ask } = book();
    await ask('opted-out', now, { channel: 'sms' });
    expect(await suppressions.find('email', OWN.hashes)).toEqual([]);
  });

  it('is found and lifted under a key that no longer writes', async () => {
    const { suppressions, ask, isSuppressed } = book();
    const hashes = ['k2:a', 'k1:a'];
    await ask('opted-out', now);
    await ask('hard-bounced', at(-2 * DAY), { hashes: ['k2:a'] });
    expect(await isSuppressed(at(1), hashes)).toBe(true);
    expect(await ask('opted-out', at(1), { hashes })).toBe(false);
    expect(await lift({ ...OWN, hashes, at: at(2), by: 'ann' }, suppressions)).toMatchObject([{ address: 'k1:a' }]);
    expect(await isSuppressed(at(3), hashes)).toBe(false);
    expect(await ask('opted-out', now, { hashes })).toBe(false);
    expect(await isSuppressed(at(3), hashes)).toBe(false);
  });
});

describe('lifting', () => {
  it('leaves who did it and when, and an old report that comes again changes nothing', async () => {
    const { suppressions, ask, rows, isSuppressed } = book();
    await ask('opted-out', now);
    const reason = 'She asked for it by mail.';
    expect(await lift({ ...OWN, at: at(1), by: 'ann', reason }, suppressions)).toHaveLength(1);
    expect(await ask('opted-out', now)).toBe(false);
    expect(await isSuppressed(at(2))).toBe(false);
    expect(rows()).toMatchObject([{ cause: 'opted-out', since: now, lifts: [{ at: at(1), by: 'ann', reason }] }]);
  });

  it('is kept beside a later opt-out, and holds against a provider whose clock is ahead', async () => {
    const { suppressions, ask, rows, isSuppressed } = book();
    await ask('opted-out', at(60_000));
    await lift({ ...OWN, at: now, by: 'ann' }, suppressions);
    expect(await isSuppressed(at(120_000))).toBe(false);
    expect(await ask('opted-out', at(DAY))).toBe(true);
    await lift({ ...OWN, at: at(2 * DAY), by: 'bob' }, suppressions);
    expect(rows()[0]?.lifts?.map(({ by }) => by)).toEqual(['ann', 'bob']);
  });

  it('does nothing where nothing is in force', async () => {
    const { suppressions, ask, rows } = book();
    await ask('hard-bounced', now);
    expect(await lift({ ...OWN, at: at(DAY), by: 'ann' }, suppressions)).toEqual([]);
    expect(rows()[0]?.lifts).toBeUndefined();
  });
});

it('two who write at the same moment lose nothing of each other', async () => {
  const { suppressions, ask, rows } = book();
  await Promise.all([
    ask('hard-bounced', now),
    ask('opted-out', at(1)),
    ask('hard-bounced', at(2), { hashes: ['k1:a', 'k2:a'] }),
  ]);
  expect(rows()).toMatchObject([{ cause: 'opted-out' }]);
  const lifted = await Promise.all(['ann', 'bob'].map((by) => lift({ ...OWN, at: at(3), by }, suppressions)));
  expect(lifted.flat()).toHaveLength(1);
});
