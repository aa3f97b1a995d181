import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { entitiesFor } from '../../demo/entities.ts';
import entities from '../../demo/entities.json' with { type: 'json' };
import { TABLE_OPTIONS } from '../../shared/azure/identity.ts';
import { oneCallOptions } from '../../shared/azure/one-call.ts';
import { SERVICE_BUS_OPTIONS } from '../../shared/azure/queues.ts';
import { PAUSES, TIMEOUT } from '../../shared/azure/table.ts';
import { rulesOf } from '../../shared/bookings.ts';
import { type Limits, LIMITS } from '../../shared/limits.ts';
import { URGENT } from '../fakes/pacing.ts';
import type { Scope } from '../../shared/scopes.ts';
import { QUOTAS, type SenderKind } from '../../shared/senders.ts';
import { EXACT } from '../../shared/storage-clock.ts';
import { START, createBook, normalOf, timeOf, times } from './calendar-book.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const KINDS = Object.keys(QUOTAS) as SenderKind[];
const rulesFor = (kind: SenderKind, limits: Limits) => {
  const scope: Scope = { channel: 'sms', kind, name: '', windows: QUOTAS[kind] };
  return rulesOf(scope, limits, URGENT);
};

describe('the real numbers', () => {
  it('are those of the design', () => {
    expect(LIMITS.real).toMatchObject({
      lock: MINUTE,
      lockRenewal: 2 * MINUTE,
      callTimeout: 15 * SECOND,
      lease: 30 * SECOND,
      freshRead: 10 * SECOND,
      providerMemory: 5 * MINUTE,
      repeatUntil: 4 * MINUTE,
      concurrency: 16,
      intakeBatch: 50,
      maxDeliveryCount: 10,
      duplicateDetection: 60 * MINUTE,
      shortWait: 2 * SECOND,
      guard: 300,
      lookAge: 2 * SECOND,
      silentBeforeClosed: 3,
      probeEvery: 30 * SECOND,
      pauseFirst: MINUTE,
      pauseLongest: 10 * MINUTE,
      overdue: 15 * MINUTE,
    });
  });
});

describe.each(Object.entries(LIMITS))('the %s numbers belong together', (_, limits) => {
  it('let a call end within its lease, and a lease within the lock', () => {
    // The lease begins after the read, and the call no later than `freshRead` after it.
    expect(limits.freshRead + limits.callTimeout).toBeLessThanOrEqual(limits.lease);
    expect(limits.lease).toBeLessThan(limits.lock);
    expect(limits.lock).toBeLessThan(limits.lockRenewal);
  });

  it('leave time between the read and the call for two waits and the looks between them', () => {
    // For the time to book, then for the slot; a booking, a claim and two looks come in between.
    expect(2 * limits.shortWait + limits.guard).toBeLessThanOrEqual(0.7 * limits.freshRead);
    expect(limits.headway + limits.shortWait).toBeLessThan(limits.freshRead);
  });

  it('renew the lock for as long as one copy is handled', () => {
    expect(2 * limits.shortWait + limits.freshRead + limits.callTimeout).toBeLessThan(limits.lockRenewal);
  });

  it('stop repeating an attempt with a call to spare before the provider forgets it', () => {
    expect(limits.repeatUntil + limits.callTimeout).toBeLessThan(limits.providerMemory);
    expect(limits.lease + limits.parkLongest).toBeLessThan(limits.repeatUntil);
  });

  it('wait inside a function for two seconds at most', () => {
    expect(limits.shortWait).toBeLessThanOrEqual(2 * SECOND);
  });

  it('have room in the guard for lateness, what a clock is off, and a way there that varies by 75 ms', () => {
    expect(limits.late + EXACT / 2 + 75).toBeLessThanOrEqual(limits.guard);
  });

  it('tell the holder of a loan in time that it was taken back', () => {
    for (const kind of KINDS)
      expect(rulesFor(kind, limits).notice).toBeGreaterThanOrEqual(limits.shortWait + limits.lookAge + limits.guard);
  });

  it('let one probe end before the next begins', () => {
    expect(limits.callTimeout).toBeLessThan(limits.probeEvery);
    expect(limits.lookAge).toBeLessThan(limits.probeEvery);
  });

  it('space slots so that one instance keeps up with them', () => {
    // Sixteen at once, a round trip of 50 ms and eight operations of 20 ms each.
    expect(limits.spacing * limits.concurrency).toBeGreaterThanOrEqual(50 + 8 * 20);
    for (const kind of KINDS) {
      const { spacing, wokenSpacing } = rulesFor(kind, limits);
      expect(spacing).toBeLessThanOrEqual(limits.spacing);
      expect(wokenSpacing).toBeGreaterThanOrEqual(spacing);
      expect(wokenSpacing).toBeLessThanOrEqual(Math.max(limits.spacing, limits.shortWait / limits.concurrency));
    }
  });

  it('have room for all of a quota within its shortest window', () => {
    for (const kind of KINDS) {
      const { windows, wokenSpacing } = rulesFor(kind, limits);
      const [shortest] = windows.toSorted((a, b) => a.seconds - b.seconds);
      expect(wokenSpacing * shortest!.limit).toBeLessThan(0.8 * shortest!.seconds * SECOND);
    }
  });

  it.each(KINDS.filter((kind) => QUOTAS[kind][0]!.seconds === 60))(
    'lose less than a guard to the grid of a minute: %s',
    (kind) => {
      const rules = rulesFor(kind, limits);
      const window = rules.windows[0]!;
      const book = createBook({ ...rules, windows: [window] });
      const own = book
        .book(START, times(window.limit + 1))
        .filter((one) => one!.slot.booking === 'own')
        .map(timeOf);
      const next = own[normalOf(window)]!;
      expect(next - own[0]! - window.seconds * SECOND).toBeLessThan(2 * limits.guard);
    },
  );

  it('come again sooner than housekeeping looks, and stop growing somewhere', () => {
    expect(limits.pauseFirst).toBeLessThan(limits.pauseLongest);
    expect(limits.parkFirst).toBeLessThan(limits.parkLongest);
    expect(limits.pauseLongest).toBeLessThan(limits.overdue);
    expect(limits.lock + limits.lease).toBeLessThan(limits.overdue);
    expect(limits.overdue).toBeLessThan(limits.duplicateDetection);
  });

  it('look twice at a mail operation after the first call is over', () => {
    expect(limits.callTimeout).toBeLessThan(limits.statusAgain);
  });

  it('are those of the broker’s entities', () => {
    for (const { Queues, Topics } of entitiesFor(limits).UserConfig.Namespaces) {
      for (const { Properties } of [...Queues, ...Topics.flatMap(({ Subscriptions }) => Subscriptions)]) {
        expect(durationOf(Properties.LockDuration)).toBe(limits.lock);
        expect(Properties.MaxDeliveryCount).toBe(limits.maxDeliveryCount);
      }
      for (const { Name, Properties } of Queues)
        expect([Name, Properties.RequiresDuplicateDetection, durationOf(windowOf(Properties))]).toEqual(
          Name === 'retried-events' ? [Name, false, undefined] : [Name, true, limits.duplicateDetection],
        );
    }
  });
});

type Properties = { DuplicateDetectionHistoryTimeWindow?: string };
const windowOf = (properties: Properties): string | undefined => properties.DuplicateDetectionHistoryTimeWindow;

/** `PT1M30S` in ms. */
function durationOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, hours = 0, minutes = 0, seconds = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?$/.exec(text) ?? [];
  return (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * SECOND;
}

describe('demo/entities.json', () => {
  it('has the real numbers', () => {
    const plain = JSON.stringify(entities).replaceAll('"PT1M"', '"PT60S"').replaceAll('"PT1H"', '"PT3600S"');
    expect(JSON.parse(plain)).toEqual(entitiesFor(LIMITS.real));
  });
});

describe('host.json', () => {
  const { serviceBus } = (
    JSON.parse(readFileSync('host.json', 'utf8')) as { extensions: { serviceBus: Record<string, unknown> } }
  ).extensions;

  it('has the real numbers', () => {
    expect(serviceBus).toMatchObject({
      maxConcurrentCalls: LIMITS.real.concurrency,
      maxMessageBatchSize: LIMITS.real.intakeBatch,
      maxAutoLockRenewalDuration: `00:0${LIMITS.real.lockRenewal / MINUTE}:00`,
      prefetchCount: 0,
    });
  });
});

describe('retries', () => {
  it('stand in one layer: none of the provider, two short ones of the tables, two of the broker', () => {
    const connection = { endpoint: 'https://shop.communication.azure.com', credential: { key: '' } };
    expect(oneCallOptions(connection, [])).toMatchObject({
      retryOptions: { maxRetries: 0 },
      redirectOptions: { maxRetries: 0 },
    });
    expect(TABLE_OPTIONS.retryOptions).toEqual({ maxRetries: 0 });
    expect(PAUSES).toHaveLength(2);
    for (const pause of PAUSES) expect(pause).toBeLessThanOrEqual(500);
    expect(SERVICE_BUS_OPTIONS.retryOptions).toEqual({ maxRetries: 2, retryDelayInMs: 200, timeoutInMs: 5 * SECOND });
  });

  it('of the tables end before a read is too old to call', () => {
    expect(TIMEOUT + PAUSES.reduce((sum, pause) => sum + pause)).toBeLessThan(LIMITS.real.freshRead);
  });
});
