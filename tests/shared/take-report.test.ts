import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptId } from '../../shared/delivery-id.ts';
import { addressHashes } from '../../shared/addresses.ts';
import type { Progress } from '../../shared/delivery.ts';
import { sweep } from '../../shared/housekeeping.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { ProviderAnswer } from '../../shared/ports.ts';
import { sendCopy } from '../../shared/send.ts';
import { EMAIL_STATUSES, SMS_CODES } from '../../shared/provider-codes.ts';
import { lift, suppress } from '../../shared/suppression.ts';
import { takeReport, withReport } from '../../shared/take-report.ts';
import { parseReport, type DeliveryReport } from '../../shared/reports.ts';
import type { OnCall } from '../fakes/calls.ts';
import { fakePorts } from '../fakes/ports.ts';
import { emailReport, smsReport } from './event-grid.ts';
import { acceptedAt, ARRIVED, deliveryOf, MAIL, PHONE, planOf } from './stored-delivery.ts';

const HASH_KEYS = [{ name: 'k1', key: Buffer.alloc(32, 1) }] as const;
const SMS = planOf();
const EMAIL = planOf({ channel: 'email' });
const tag = `local:${attemptId(SMS.id, 0)}`;
const messageId = attemptId(EMAIL.id, 0);

function inMemory(onCall: OnCall = () => undefined) {
  const ports = fakePorts({ onCall });
  ports.deliveries.rows.set(SMS.id, deliveryOf({}, acceptedAt(ARRIVED)));
  ports.deliveries.rows.set(EMAIL.id, deliveryOf({ channel: 'email' }, acceptedAt(ARRIVED, 'email')));
  return {
    ...ports,
    take: (event: unknown) => takeReport(event, { ...ports, environment: 'local', hashKeys: HASH_KEYS }),
    progress: (id = SMS.id) => ports.deliveries.rows.get(id)?.progress,
    eventsLogged: () => ports.entries.map(({ event }) => event),
  };
}

describe('takeReport', () => {
  it('marks a delivery delivered, with the time of the provider and a step in its timeline', async () => {
    const { take, progress, failures } = inMemory();
    await take(smsReport({ tag }));
    const reported = new Date('2026-11-20T13:00:07.123Z');
    expect(progress()).toMatchObject({ status: 'delivered', cause: 'arrived', reported, revision: 3 });
    expect(progress()?.history.at(-1)).toEqual({
      at: reported,
      status: 'delivered',
      cause: 'arrived',
      attempt: 0,
      note: '2000',
    });
    expect(failures.rows.size).toBe(0);
  });

  it('writes a failure row, and resolves it when a later report says that it arrived', async () => {
    const { take, failures } = inMemory();
    await take(smsReport({ tag, deliveryStatus: 'Failed', deliveryStatusDetails: '4006' }));
    expect(failures.rows.get(SMS.id)).toMatchObject({ cause: 'handset-unreachable', recipient: '+49*********67' });
    expect(failures.rows.get(SMS.id)).not.toHaveProperty('resolvedAt');
    await take(smsReport({ tag, receivedTimestamp: '2026-11-20T15:00:00Z' }, { id: 'report-2' }));
    expect(failures.rows.get(SMS.id)?.resolvedAt).toEqual(new Date('2026-11-20T15:00:00Z'));
  });

  it('calls it unknown, not failed, when the carrier gives no receipt', async () => {
    const { take, progress, failures } = inMemory();
    const details = 'ErrorCode: 5002. ErrorMessage: Message Delivery Timeout';
    await take(smsReport({ tag, deliveryStatus: 'Failed', deliveryStatusDetails: details }));
    expect(progress()).toMatchObject({ status: 'unknown', cause: 'no-receipt' });
    expect(failures.rows.get(SMS.id)).toMatchObject({ status: 'unknown', cause: 'no-receipt' });
  });

  it('suppresses nobody for any other code', async () => {
    const codes = Object.keys(SMS_CODES).filter((code) => code !== '4007');
    const words = Object.keys(EMAIL_STATUSES).filter((word) => word !== 'bounced' && word !== 'suppressed');
    const reports = [
      ...codes.map((code) => smsReport({ tag, deliveryStatus: 'Failed', deliveryStatusDetails: code })),
      ...words.map((status) => emailReport({ messageId, status })),
      smsReport({ tag, deliveryStatus: 'Failed', deliveryStatusDetails: 'They opted out 4999 times' }),
      emailReport({ messageId, status: 'Failed', deliveryStatusDetails: { statusMessage: '550 5.1.1 No such user' } }),
    ];
    for (const report of reports) {
      const { take, suppressions } = inMemory();
      await take(report);
      expect([report, suppressions.rows.size]).toEqual([report, 0]);
    }
    expect(reports.length).toBeGreaterThan(20);
  });

  it('suppresses for longer each time a mail bounces once the lease before is over', async () => {
    const { take, suppressions } = inMemory();
    const day = 86_400_000;
    const first = ARRIVED.getTime() - 10 * day;
    for (const [status, days] of [
      ['Bounced', 0],
      ['Bounced', 0.5],
      ['Suppressed', 1],
      ['Bounced', 3],
    ] as const)
      await take(
        emailReport({
          messageId,
          status,
          deliveryAttemptTimestamp: new Date(first + days * day).toISOString(),
        }),
      );
    const [row] = suppressions.rows.values();
    expect(row).toMatchObject({ cause: 'hard-bounced', bounces: 3, until: new Date(first + 7 * day) });
  });

  it('suppresses who opted out and what bounced, under a hash, and nobody else', async () => {
    const { take, suppressions, entries } = inMemory();
    await take(
      smsReport({ tag, deliveryStatus: 'Failed', deliveryStatusDetails: 'Sender blocked for given recipient.' }),
    );
    await take(emailReport({ messageId, status: 'Bounced' }));
    expect([...suppressions.rows.values()].map(({ channel, address, cause }) => [channel, address, cause])).toEqual([
      ['sms', addressHashes(HASH_KEYS, 'sms', PHONE)[0], 'opted-out'],
      ['email', addressHashes(HASH_KEYS, 'email', MAIL)[0], 'hard-bounced'],
    ]);
    expect(JSON.stringify([...suppressions.rows, entries])).not.toMatch(new RegExp(`${PHONE.slice(1)}|${MAIL}`));
  });

  it('takes a double report once', async () => {
    const { take, progress } = inMemory();
    await take(smsReport({ tag }));
    const once = progress();
    await take(smsReport({ tag }, { envelope: 'cloud-events' }));
    await take(smsReport({ tag }, { id: 'the same said under another id' }));
    expect(progress()).toEqual(once);
  });

  it('leaves what staff asked for as it is when a mail bounces', async () => {
    const { take, suppressions } = inMemory();
    const hashes = addressHashes(HASH_KEYS, 'email', MAIL);
    for (const [cause, until] of [
      ['blocked-by-staff', new Date(ARRIVED.getTime() + 3_600_000)],
      ['opted-out', undefined],
    ] as const) {
      const asked = { channel: 'email', hashes, cause, at: ARRIVED, by: 'ann', ...(until ? { until } : {}) } as const;
      await suppress(asked, suppressions);
      const before = [...suppressions.rows.values()];
      await take(emailReport({ messageId, status: 'Bounced' }, { id: `bounced after ${cause}` }));
      expect([...suppressions.rows.values()]).toEqual(before);
    }
  });

  it('suppresses nobody again for a report that comes once more after a lift, with a time or without', async () => {
    for (const deliveryAttemptTimestamp of ['2026-11-20T13:02:22Z', '']) {
      const { take, clock, suppressions } = inMemory();
      const report = emailReport({ messageId, status: 'Bounced', deliveryAttemptTimestamp });
      delete report['eventTime'];
      await clock.advance(10 * 60_000);
      await take(report);
      expect(suppressions.rows.size).toBe(1);
      await clock.advance(60_000);
      const hashes = addressHashes(HASH_KEYS, 'email', MAIL);
      await lift({ channel: 'email', hashes, at: clock.now(), by: 'ann' }, suppressions);
      const lifted = [...suppressions.rows.values()];
      await clock.advance(60_000);
      await take(report);
      expect([...suppressions.rows.values()]).toEqual(lifted);
    }
  });

  it('takes a report without a readable time once, at the time it first came', async () => {
    const { take, progress, clock, failures } = inMemory();
    const report = smsReport({
      tag,
      receivedTimestamp: 'soon',
      deliveryStatus: 'Failed',
      deliveryStatusDetails: '4006',
    });
    delete report['eventTime'];
    await take(report);
    const once = progress();
    expect(once).toMatchObject({ status: 'failed', reported: clock.now() });
    const row = failures.rows.get(SMS.id);
    for (let time = 0; time < 2; time += 1) {
      await clock.advance(60_000);
      await take(report);
    }
    expect(progress()).toEqual(once);
    expect(failures.rows.get(SMS.id)).toEqual(row);
  });

  it('keeps the claim of a run that still waits for its answer', async () => {
    const { take, progress, deliveries } = inMemory();
    const claim = { run: 'run-1', leaseUntil: new Date(ARRIVED.getTime() + 30_000) };
    deliveries.rows.set(SMS.id, deliveryOf({}, { status: 'sending', revision: 1, copy: 4, unanswered: true, claim }));
    await take(smsReport({ tag }));
    expect(progress()).toMatchObject({ status: 'delivered', claim, copy: 4, unanswered: true });
  });

  it('reads again when somebody else writes in between, and loses nothing', async () => {
    let meanwhile: (() => void) | undefined;
    const { take, progress, deliveries } = inMemory(({ port, operation, moment }) => {
      if (port !== 'deliveries' || operation !== 'record' || moment !== 'before') return;
      meanwhile?.();
      meanwhile = undefined;
    });
    meanwhile = () =>
      void deliveries.rows.set(SMS.id, deliveryOf({}, { ...acceptedAt(ARRIVED), revision: 9, segments: 2 }, 'second'));
    await take(smsReport({ tag }));
    expect(progress()).toMatchObject({ status: 'delivered', revision: 10, segments: 2 });
  });

  it('counts other events and stores nothing of them', async () => {
    const { take, eventsLogged, unmatchedReports } = inMemory();
    await take({ id: '1', eventType: 'Microsoft.Communication.SMSReceived', data: { from: PHONE, message: 'STOP' } });
    expect(eventsLogged()).toEqual(['report-ignored']);
    expect(unmatchedReports.rows.size).toBe(0);
  });

  it.each([
    ['another environment', smsReport({ tag: `prod:${attemptId(SMS.id, 0)}` })],
    ['a delivery whose row is gone', smsReport({ tag: `local:${attemptId(planOf({ eventId: 'gone' }).id, 0)}` })],
    ['a delivery on another channel', smsReport({ tag: `local:${attemptId(EMAIL.id, 0)}` })],
    ['nothing at all', 'garbage'],
  ])('keeps a report about %s among the unmatched, and creates no delivery', async (_, event) => {
    const { take, deliveries, unmatchedReports, eventsLogged } = inMemory();
    const before = structuredClone(deliveries.rows);
    await take(event);
    await take(event);
    expect(unmatchedReports.rows.size).toBe(1);
    expect(deliveries.rows).toEqual(before);
    expect(eventsLogged()).toEqual(['report-unmatched', 'report-unmatched']);
  });

  it.each([
    ['deliveries', 'read'],
    ['deliveries', 'record'],
    ['suppressions', 'record'],
    ['failures', 'put'],
  ])('rejects while %s.%s is away, and the same report makes all good later', async (port, operation) => {
    for (const moment of ['before', 'after'] as const) {
      let away = true;
      const { take, progress, failures, suppressions } = inMemory((call) => {
        if (away && call.port === port && call.operation === operation && call.moment === moment)
          throw new Error('away');
      });
      const report = smsReport({ tag, deliveryStatus: 'Failed', deliveryStatusDetails: '4007' });
      await expect(take(report)).rejects.toThrow('away');
      away = false;
      await take(report);
      expect(progress()).toMatchObject({ status: 'failed', cause: 'opted-out', revision: 3 });
      expect(failures.rows.size).toBe(1);
      expect(suppressions.rows.size).toBe(1);
    }
  });
});

describe('a report for an earlier attempt', () => {
  const second: Partial<Progress> = { ...acceptedAt(ARRIVED), attempt: 1 };

  it('proves that the message arrived, whichever attempt did it', async () => {
    const { take, progress, deliveries } = inMemory();
    deliveries.rows.set(SMS.id, deliveryOf({}, { ...second, status: 'sending', cause: 'throttled' }));
    await take(smsReport({ tag }));
    expect(progress()).toMatchObject({ status: 'delivered', attempt: 1 });
  });

  it('says nothing about the present attempt when it failed: a line in the timeline, no failure', async () => {
    const { take, progress, deliveries, failures } = inMemory();
    deliveries.rows.set(SMS.id, deliveryOf({}, second));
    await take(smsReport({ tag, deliveryStatus: 'Failed', deliveryStatusDetails: '4008' }));
    expect(progress()).toMatchObject({ status: 'accepted', cause: 'taken', providerId: 'provider-1' });
    expect(progress()?.history.at(-1)).toMatchObject({ status: 'sending', cause: 'sender-limit', attempt: 0 });
    expect(failures.rows.size).toBe(0);
  });
});

const later = (minutes: number) => new Date(ARRIVED.getTime() + minutes * 60_000).toISOString();

describe('all orders', () => {
  const report = {
    delivered: emailReport({ messageId, deliveryAttemptTimestamp: later(2) }, { id: 'a' }),
    failed: emailReport({ messageId, status: 'Failed', deliveryAttemptTimestamp: later(1) }, { id: 'b' }),
    bounced: emailReport({ messageId, status: 'Bounced', deliveryAttemptTimestamp: later(3) }, { id: 'c' }),
    duplicate: emailReport({ messageId, deliveryAttemptTimestamp: later(2) }, { id: 'a', envelope: 'cloud-events' }),
    late: emailReport({ messageId, status: 'Quarantined', deliveryAttemptTimestamp: later(2_000) }, { id: 'd' }),
  };
  type Coming = keyof typeof report | 'accepted' | 'deadline';

  /** Reports before `accepted` come while the call is out; its answer is recorded after them. */
  async function run(order: readonly Coming[]) {
    const ports = fakePorts();
    const settings = { ...ports, environment: 'local', hashKeys: HASH_KEYS, limits: LIMITS.real };
    await ports.deliveries.plan([EMAIL]);
    const come = async (coming: readonly Coming[]) => {
      for (const name of coming)
        if (name === 'deadline') await sweep({ ...settings, reportDeadline: 0 });
        else if (name !== 'accepted') await takeReport(report[name], settings);
    };
    const accepted = order.indexOf('accepted');
    const answer: ProviderAnswer = {
      kind: 'answered',
      status: 202,
      headers: {},
      body: { id: messageId, status: 'Running' },
    };
    await sendCopy({ delivery: EMAIL.id, copy: 0 }, 'run-1', {
      ...settings,
      channel: 'email',
      senderFor: () => 'news@nordlicht.example',
      addressHashes: (channel, address) => addressHashes(HASH_KEYS, channel, address),
      writeFailure: async () => undefined,
      provider: {
        send: async () => {
          await come(order.slice(0, accepted));
          return answer;
        },
        status: async () => answer,
      },
    });
    await come(order.slice(accepted + 1));
    const row = ports.deliveries.rows.get(EMAIL.id);
    if (!row) throw new Error('the delivery is gone');
    const { revision: _revision, ...progress } = row.progress;
    const failures = [...ports.failures.rows.values()].map((failure) => ({ ...failure, revision: 0 }));
    return { progress, failures, suppressions: [...ports.suppressions.rows.values()] };
  }

  const COMING: readonly Coming[] = ['accepted', 'delivered', 'failed', 'bounced', 'duplicate', 'late'];
  const orderOf = (coming: readonly Coming[]) => fc.shuffledSubarray([...coming], { minLength: coming.length });

  it('of acceptance, delivery, failure, bounce, duplicate and late report end the same, to the last column', async () => {
    const expected = await run(COMING);
    expect(expected.progress).toMatchObject({ status: 'failed', cause: 'quarantined', accepted: ARRIVED });
    expect(expected.progress.history).toHaveLength(6);
    expect(expected.failures).toHaveLength(1);
    expect(expected.suppressions).toHaveLength(1);
    await fc.assert(
      fc.asyncProperty(orderOf(COMING), async (order) => {
        expect(await run(order)).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('of any part of them end the same', async () => {
    const part = fc.subarray(COMING.filter((name) => name !== 'accepted')).chain((chosen) => {
      const all: Coming[] = ['accepted', ...chosen];
      return fc.tuple(fc.constant(all), orderOf(all));
    });
    await fc.assert(
      fc.asyncProperty(part, async ([one, other]) => {
        expect(await run(other)).toEqual(await run(one));
      }),
      { numRuns: 200 },
    );
  });

  it('end with the same belief wherever the report deadline falls', async () => {
    const all: Coming[] = [...COMING, 'deadline'];
    const belief = ({ progress: { status, cause, reported } }: Awaited<ReturnType<typeof run>>) => ({
      status,
      cause,
      reported,
    });
    const expected = belief(await run(all));
    await fc.assert(
      fc.asyncProperty(orderOf(all), async (order) => {
        expect(belief(await run(order))).toEqual(expected);
      }),
      { numRuns: 100 },
    );
  });
});

describe('reports of one instant that contradict each other', () => {
  const all = ['Delivered', 'Failed', 'Bounced', 'Suppressed', 'FilteredSpam'].map(
    (status) => parseReport(emailReport({ messageId, status }), 'local', ARRIVED) as DeliveryReport,
  );

  it('end the same in whatever order they come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (reports) => {
        expect(endOf(reports)).toEqual(endOf(all));
      }),
    );
  });
});

function endOf(reports: readonly DeliveryReport[]) {
  const { status, cause, history } = reports.reduce<Progress>(
    (progress, next) => withReport(progress, next) ?? progress,
    deliveryOf({ channel: 'email' }, acceptedAt(ARRIVED, 'email')).progress,
  );
  return { status, cause, steps: history.length };
}
