/** The same numbers three times: from the tables, from what was published and what the provider did, from the metrics. */
import { setTimeout as wait } from 'node:timers/promises';
import { PROMISE_SECONDS } from '../shared/measurements.ts';
import { isSettled, type Status } from '../shared/status.ts';
import type { Account } from './accounting.ts';
import type { FullBooks, TimedSend } from './reader.ts';
import type { Section } from './summary.ts';
import { type ReceivedTelemetry, readTelemetry } from './telemetry.ts';
import { textTable } from './text-table.ts';

export type Seen = {
  books: FullBooks;
  account: Account;
  /** Deliveries that the streams led one to expect. */
  expected: number;
  sends: readonly TimedSend[];
  throttled: number;
};

/** Undefined where a side has no such number. */
type Line = { what: string; tables?: number; outside?: number; metrics: number };

const ENDS: readonly Status[] = ['delivered', 'failed', 'unknown', 'uncertain', 'skipped', 'expired'];

export function agreementOf(seen: Seen, telemetry: Pick<ReceivedTelemetry, 'sum' | 'tracedDeliveries'>): Section {
  const lines = linesOf(seen, telemetry);
  const different = lines.filter(({ tables, outside, metrics }) =>
    [tables, outside].some((number) => number !== undefined && number !== metrics),
  );
  const rows = lines.map((line) => [
    line.what,
    ...[line.tables, line.outside, line.metrics].map((number) => (number === undefined ? '' : String(number))),
    different.includes(line) ? 'DIFFERENT' : 'agree',
  ]);
  return {
    title: different.length > 0 ? `NOT the same in the metrics: ${different.length}` : 'The metrics say the same',
    lines: textTable(['', 'tables', 'published or provider', 'metrics', ''], rows),
    ...(different.length > 0 && { isBad: true }),
  };
}

function linesOf(
  { books, account, expected, sends, throttled }: Seen,
  { sum, tracedDeliveries }: Pick<ReceivedTelemetry, 'sum' | 'tracedDeliveries'>,
): Line[] {
  const { events, deliveries, deadLetters, unmatchedReports } = books;
  const { byOthers } = account;
  const taken = deliveries.filter(({ accepted, reported }) => accepted || reported);
  const punctual = taken.filter(({ accepted, reportedAt, eventTime }) => {
    const first = Math.min(...[accepted, reportedAt].map((at) => at?.getTime() ?? Infinity));
    return first - eventTime.getTime() <= PROMISE_SECONDS * 1_000;
  });
  const channels = (['sms', 'email'] as const).map((channel): Line => ({
    what: `handed over by ${channel === 'sms' ? 'SMS' : 'mail'}`,
    tables: taken.filter((one) => one.channel === channel).length,
    outside: sends.filter((send) => send.channel === channel).length,
    metrics: sum('deliveries.handed_over', { channel }),
  }));
  return [
    { what: 'events taken', tables: events.length, outside: account.recorded, metrics: sum('events.taken') },
    { what: 'messages rejected', outside: account.rejected, metrics: sum('events.rejected') },
    {
      what: 'deliveries planned',
      tables: deliveries.length,
      outside: expected + byOthers.deliveries,
      metrics: sum('deliveries.planned'),
    },
    ...channels,
    {
      what: 'handed over within five minutes',
      tables: punctual.length,
      metrics: sum('deliveries.handed_over', { punctual: 'true' }),
    },
    {
      what: 'SMS segments',
      tables: deliveries.reduce((all, { segments }) => all + segments, 0),
      outside: sends.reduce((all, { segments }) => all + segments, 0),
      metrics: sum('sms.segments'),
    },
    ...ENDS.map((status): Line => ({
      what: status,
      tables: deliveries.filter((one) => one.status === status).length,
      metrics: sum('deliveries.settled', { status }) - sum('deliveries.settled', { before: status }),
    })),
    {
      what: 'settled, in one trace with their event',
      tables: deliveries.filter(({ status }) => isSettled({ status })).length,
      metrics: tracedDeliveries,
    },
    { what: 'calls refused for quota (429)', outside: throttled, metrics: sum('provider.refused_for_quota') },
    { what: 'reports that name nothing of ours', tables: unmatchedReports, metrics: sum('reports.unmatched') },
    { what: 'dead letters', tables: deadLetters, metrics: sum('dead_letters.stored') },
  ];
}

/** So many exports after the last step hold whatever has been measured until then. */
const EXPORTS = 3;
const PATIENCE = 60_000;

/** Looks until all agrees, and still does after another export, or until what was measured must have come. */
export async function awaitAgreement(seen: Seen, receiver: string): Promise<Section> {
  const { exports: first } = await readTelemetry(receiver);
  let agreed: number | undefined;
  for (const end = Date.now() + PATIENCE; ; await wait(200)) {
    const telemetry = await readTelemetry(receiver);
    const section = agreementOf(seen, telemetry);
    if (section.isBad) agreed = undefined;
    else agreed ??= telemetry.exports;
    const isSettled = agreed !== undefined && telemetry.exports > agreed;
    if (isSettled || telemetry.exports >= first + EXPORTS || Date.now() > end) return section;
  }
}
