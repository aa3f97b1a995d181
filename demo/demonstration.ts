import { setTimeout as wait } from 'node:timers/promises';
import { parsePhone } from '../shared/addresses.ts';
import { SENDERS_SETTING } from '../shared/sender-settings.ts';
import { senderFor } from '../shared/senders.ts';
import { type Account, account, isOver } from './accounting.ts';
import type { Stream } from './expectation.ts';
import type { LaptopCloud } from './laptop-cloud.ts';
import type { ProgressState } from './progress.ts';
import { publishAll } from './publish.ts';
import { UNPACED, sendersWith } from './senders.ts';
import { REMINDED_AFTER, UNTIL_VISIT } from './visits.ts';
import { createReader, type FullBooks, type Reader } from './reader.ts';

/**
 * The provider of the demonstration reports quickly, or late where a report is to be late. Its quotas are real ones, but
 * for mail, where the usual 100 an hour would take all day: such a subscription has had its quota raised.
 */
const MAIL_QUOTA = { limit: 6_000, seconds: 60 };
export const SCENARIO = {
  quotas: {
    sms: { limit: 200, seconds: 60 },
    byKind: { alphanumeric: { limit: 600, seconds: 60 } },
    email: MAIL_QUOTA,
  },
  reports: { delay: { sms: [0.3, 2.5], email: [0.5, 5] }, lateBy: 30 },
};

/** Half a minute after a visit of today is booked, in the place of a day before it. */
const REMINDERS = { presets: { 'day-before': `${UNTIL_VISIT - REMINDED_AFTER}s` }, usual: ['day-before'] };

/** Seconds instead of a day until a delivery without a report is given up. */
export const SETTINGS = {
  REMINDERS: JSON.stringify(REMINDERS),
  REPORT_DEADLINE_SECONDS: '20',
  HOUSEKEEPING_SCHEDULE: '*/5 * * * * *',
  SENDERS: sendersWith({ email: [MAIL_QUOTA] }),
};

export type PlayOptions = {
  show?: (state: ProgressState) => void;
  signal?: AbortSignal;
};

/** For a history at full speed: nothing slows it down, nothing befalls anybody. */
export const FULL_SPEED = {
  quotas: { sms: null, email: null },
  magicRecipients: false,
  reports: { delay: { sms: [0.3, 2.5], email: [0.5, 5] } },
};
export const FULL_SPEED_SETTINGS = { ...SETTINGS, SENDERS: UNPACED, REPORT_DEADLINE_SECONDS: '600' };

/** For a list of real visits: real quotas, and nothing befalls anybody. */
export const APPOINTMENTS = { ...SCENARIO, magicRecipients: false };
export const APPOINTMENTS_SETTINGS = { ...SETTINGS, REPORT_DEADLINE_SECONDS: '600' };

/** Nothing has changed for this long: no more is to be expected. */
const STANDSTILL = 120_000;

/** Publishes a stream and follows it until nothing is on its way any more, or nothing moves any more. */
export async function play(cloud: LaptopCloud, stream: Stream, options: PlayOptions = {}): Promise<void> {
  const { show = () => {}, signal = new AbortController().signal } = options;
  const { publications } = stream;
  const reader = createReader(cloud);
  await optOut(cloud, stream.optedOut);

  const started = Date.now();
  let published = 0;
  let publishing: { error?: unknown; ended: boolean } = { ended: false };
  publishAll(cloud.settings['ServiceBus']!, publications, (count) => (published = count), signal).then(
    () => (publishing = { ended: true }),
    (error: unknown) => (publishing = { error, ended: true }),
  );

  let quietRounds = 0;
  let [last, lastChange] = ['', Date.now()];
  while (quietRounds < 2) {
    const elapsed = Date.now() - started;
    if (publishing.error) throw publishing.error;
    const began = performance.now();
    const [figures, pending] = await Promise.all([reader.figures(), reader.pending()]);
    show({
      elapsed,
      published,
      publications: publications.length,
      expected: stream.deliveries.length,
      figures,
    });

    const quiet =
      publishing.ended &&
      pending.messages + pending.reports === 0 &&
      figures.deliveries.length >= stream.deliveries.length &&
      figures.deliveries.every(isOver);
    quietRounds = quiet ? quietRounds + 1 : 0;
    const now = JSON.stringify([published, figures, pending]);
    if (now !== last) [last, lastChange] = [now, Date.now()];
    if (Date.now() - Math.max(lastChange, stream.awaited?.getTime() ?? 0) > STANDSTILL) return;
    // Looking on takes a tenth of the tables' time at most.
    await wait(Math.max(400, 9 * (performance.now() - began)), undefined, { signal });
  }
}

/** Compares what was published, in one or several rounds, with tables and provider. */
export async function takeAccount(
  reader: Reader,
  rounds: readonly [Stream, ...Stream[]],
): Promise<{ account: Account; books: FullBooks }> {
  const [books, sends] = await Promise.all([reader.books(), reader.sends()]);
  const publications = rounds.flatMap((round) => round.publications);
  return { account: account({ publications, deliveries: rounds[0].deliveries }, books, sends), books };
}

async function optOut(cloud: LaptopCloud, phones: readonly string[]): Promise<void> {
  const senders = SENDERS_SETTING.parse(cloud.settings['SENDERS']);
  for (const from of phones) {
    const { country = '' } = parsePhone(from, '') ?? {};
    const to = senderFor(senders, { channel: 'sms', country, address: from });
    await steer(cloud, 'inbound-sms', { from, to, message: 'STOP' });
  }
}

async function steer({ addresses }: LaptopCloud, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${addresses['communication-services']}/control/${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the Communication Services stand-in refused ${path}: ${await response.text()}`);
}
