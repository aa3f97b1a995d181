import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ServiceBusClient, type ServiceBusReceiver } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isOver } from '../../demo/accounting.ts';
import { FREE_PORTS, type LaptopCloud, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { publishAll } from '../../demo/publish.ts';
import { createReader, type Reader } from '../../demo/reader.ts';
import { readTelemetry } from '../../demo/telemetry.ts';
import { tableClient } from '../../shared/azure/identity.ts';
import { openTables } from '../../shared/azure/tables.ts';
import { APPOINTMENT_EVENTS, NOTIFICATIONS, ORDER_EVENTS, RETRIED_EVENTS } from '../../shared/entities.ts';
import { smsReport } from '../shared/event-grid.ts';
import { planOf } from '../shared/stored-delivery.ts';
import { notify } from './command-line.ts';
import {
  appointment,
  event,
  FIRST,
  HIDDEN,
  ITEM,
  kindsIn,
  mail,
  MARKERS,
  NAME,
  ORDER,
  PHONE,
  REGION,
  STRANGER,
  WRONG,
} from './markers.ts';
import { findPersonalData, type Findings } from './personal-data.ts';
import { until } from './until.ts';

const PAGE = new URL('../../docs/privacy.md', import.meta.url);

/** From before the retention. */
const OLD = planOf({ arrived: new Date(Date.now() - 91 * 86_400_000) });

const PURGED = /"event":"purge-done","deliveries":1,/;

describe('personal data', () => {
  const folder = mkdtempSync(join(tmpdir(), 'privacy-'));
  const found: Findings = new Set();
  const worked: { line: readonly string[]; code: number; output: string }[] = [];
  const revealed: string[] = [];
  let cloud: LaptopCloud;
  let reader: Reader;

  const look = async () => {
    for (const finding of await findPersonalData(cloud, folder, MARKERS)) found.add(finding);
  };

  async function publish(...contents: unknown[]): Promise<void> {
    const publications = contents.map((content) => ({
      at: 0,
      topic: topicOf(content),
      body: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
      verdict: 'either' as const,
    }));
    const signal = new AbortController().signal;
    await publishAll(cloud.settings['ServiceBus']!, publications, () => undefined, signal);
  }

  const settled = (deliveries: number, rejected: number) =>
    until(async () => {
      const [figures, pending] = await Promise.all([reader.figures(), reader.pending()]);
      const quiet = pending.messages + pending.reports === 0;
      return (
        quiet &&
        figures.deliveries.length >= deliveries &&
        figures.deliveries.every(isOver) &&
        figures.rejected >= rejected
      );
    });

  const hostLog = () => readFileSync(join(folder, 'logs', 'functions-host.log'), 'utf8');

  async function everythingThatGoesWrong(): Promise<void> {
    const twice = event();
    const other = event({ name: `${NAME} again` }, String(twice.data.order['number']));
    await publish(
      event(),
      event({ phone: PHONE.nobody, email: mail('bounce+') }),
      event({ phone: PHONE.optedOut, email: mail('full+') }),
      event({ phone: PHONE.refused, email: mail('error-before+') }),
      event({ phone: WRONG, email: WRONG }),
      twice,
      { ...other, id: twice['id'] },
      `Dear ${NAME}, call ${PHONE.good} or write to ${mail()} about ${ITEM}.`,
      event({ name: undefined, [PHONE.good]: mail(), timeZone: mail(), locale: PHONE.good, channels: [PHONE.good] }),
      { ...event(), type: mail(), datacontenttype: PHONE.good, data: NAME },
      appointment(),
    );
    await settled(13, 4);
    await publish(event({ phone: PHONE.optedOut, channels: ['sms'] }));
    await settled(14, 4);
  }

  /** Reports of nothing of ours, and an SMS that somebody sends us. */
  async function strangersReports(): Promise<void> {
    const { addresses } = cloud;
    const url = `${addresses['functions-host']}/runtime/webhooks/EventGrid?functionName=delivery-reports&code=local`;
    const to = STRANGER.slice(1);
    const report = smsReport({ to, tag: `${STRANGER}:${mail()}`, deliveryStatusDetails: mail() }, { id: STRANGER });
    const headers = { 'aeg-event-type': 'Notification', 'content-type': 'application/json' };
    const answer = await fetch(url, {
      method: 'POST',
      headers,
      body: JSON.stringify([{ ...report, subject: mail() }]),
    });
    expect(answer.ok).toBe(true);
    const inbound = { from: STRANGER, to: '+18005550100', message: `${NAME}: STOP` };
    const provider = `${addresses['communication-services']}/control/inbound-sms`;
    expect((await fetch(provider, { method: 'POST', body: JSON.stringify(inbound) })).ok).toBe(true);
    await until(async () => (await reader.books()).unmatchedReports > 0 && hostLog().includes('"report-ignored"'));
  }

  /** Events that wait on every queue that holds events, and on its dead-letter queue, while nobody takes them. */
  async function fillQueues(): Promise<void> {
    await cloud.stopPart('tables');
    await publish(event(), event());
    await until(async () => (hostLog().match(/"event":"events-parked"/g) ?? []).length > 0 && (await parked()) >= 2);
    await cloud.stopPart('functions-host');
    await cloud.startPart('tables');
    await publish(appointment(), appointment());
    await publish(event(), event(), `${NAME} ${PHONE.good} ${mail()} ${ITEM} ${ORDER} ${REGION}`);
    const client = new ServiceBusClient(cloud.settings['ServiceBus']!);
    try {
      await deadLetter(client.createReceiver(RETRIED_EVENTS), () => 1);
      for (const topic of [ORDER_EVENTS, APPOINTMENT_EVENTS])
        await deadLetter(client.createReceiver(topic, NOTIFICATIONS), (count) => count - 1);
    } finally {
      await client.close();
    }
  }

  /** What staff do all day; how each command ended and what it printed. */
  async function staffAtWork(): Promise<void> {
    const why = ['--yes', '--why', 'A test.'];
    for (const line of [
      ['status'],
      ['failures'],
      ['show', `order:${FIRST}`],
      ['show', PHONE.nobody],
      ['show', mail()],
      ['rejected'],
      ['dead-letters'],
      ['suppressions', 'add', STRANGER, ...why],
      ['suppressions', 'list'],
      ['suppressions', 'lift', STRANGER, ...why],
      ['resend', '--cause', 'number-does-not-exist', '--since', '1h', ...why],
      ['rejected', 'retry', '--since', '1h', ...why],
      ['dead-letters', 'resubmit', '--since', '1h', ...why],
      ['purge', '--yes'],
      ['channel', 'sms', '--canary', STRANGER, ...why],
    ])
      worked.push({ line, ...(await notify(cloud, ...line)) });
    for (const what of [`order:${FIRST}`, PHONE.nobody, mail()])
      revealed.push((await notify(cloud, 'show', what, '--reveal')).output);
  }

  const parked = async () => {
    const health = (await (await fetch(`${cloud.brokerHealth}/entities`)).json()) as Record<string, Counts>;
    const { active = 0, scheduled = 0 } = health[RETRIED_EVENTS] ?? {};
    return active + scheduled;
  };
  type Counts = { active?: number; scheduled?: number };

  async function deadLetter(receiver: ServiceBusReceiver, share: (count: number) => number): Promise<void> {
    const messages = await receiver.receiveMessages(10, { maxWaitTimeInMs: 10_000 });
    for (const [index, message] of messages.entries())
      if (index >= messages.length - share(messages.length))
        await receiver.deadLetterMessage(message, { deadLetterReason: 'Tried', deadLetterErrorDescription: 'by hand' });
      else await receiver.abandonMessage(message);
  }

  beforeAll(async () => {
    cloud = await startLaptopCloud({
      folder,
      ports: { ...FREE_PORTS, telemetry: 0 },
      settings: { LIMITS: 'short', REPORT_DEADLINE_SECONDS: '5', HOUSEKEEPING_SCHEDULE: '*/2 * * * * *' },
      scenario: { quotas: { sms: null, email: null }, reports: { delay: { sms: [0.1, 0.3], email: [0.1, 0.3] } } },
    });
    reader = createReader(cloud);
    const { deliveries } = openTables((name) => tableClient({ connectionString: cloud.settings['Tables']! }, name));
    await deliveries.plan([OLD]);
    const old = (await deliveries.read(OLD.id))!;
    await deliveries.record(old, { ...old.progress, status: 'expired', cause: 'deadline-passed' });
    // Before the tables are stopped: a purge that they leave in its middle says nothing of what it removed.
    await until(async () => PURGED.test(hostLog()));
    await everythingThatGoesWrong();
    await strangersReports();
    await fillQueues();
    await look();
    await cloud.startPart('functions-host');
    await settled(26, 5);
    await staffAtWork();
    await settled(27, 5);
    await look();
  }, 90_000);
  afterAll(async () => {
    await cloud?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('went everywhere it can go', async () => {
    const { deliveries, failures, rejected, deadLetters, unmatchedReports } = await reader.books();
    expect(deliveries.map(({ end }) => end)).toEqual(
      expect.arrayContaining(['delivered/arrived', 'skipped/opted-out', 'failed/no-usable-address']),
    );
    expect(failures.length).toBeGreaterThan(5);
    expect([rejected.length, deadLetters, unmatchedReports]).toEqual([5, 4, 1]);
    const telemetry = await readTelemetry(cloud.addresses.telemetry!);
    expect([telemetry.sum('reports.unmatched'), telemetry.tracedDeliveries > 20]).toEqual([1, true]);
  });

  it('is printed by commands only when it is asked for', () => {
    // The type of a bad event is shown as it came, and one of them is a mail address.
    for (const { line, code, output } of worked) {
      expect([line, code, output]).toEqual([line, 0, expect.any(String)]);
      expect([line, kindsIn(output.replaceAll(mail(), ''))]).toEqual([line, expect.not.arrayContaining(HIDDEN)]);
    }
    expect(kindsIn(revealed.join('\n'))).toEqual(
      expect.arrayContaining(['Name', 'Phone number', 'Mail address', 'Text']),
    );
  });

  it('is gone when it is older than the retention', async () => {
    expect((await reader.books()).deliveries.map(({ id }) => id)).not.toContain(OLD.id);
    expect(hostLog()).toMatch(PURGED);
  });

  it('stands where docs/privacy.md says, and nowhere else', async () => {
    expect([...found].sort()).toEqual(allowedBy(readFileSync(PAGE, 'utf8')).sort());
  });
});

const topicOf = (content: unknown): string =>
  typeof content === 'object' && content !== null && 'type' in content && content.type === 'appointment.booked'
    ? APPOINTMENT_EVENTS
    : ORDER_EVENTS;

/** The cells with "yes" of the table below the line that names this test. */
function allowedBy(page: string): string[] {
  const [, table = ''] = /<!-- places -->\s*([^]*?)<!-- \/places -->/.exec(page) ?? [];
  const [head = [], , ...rows] = table
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
  return rows.flatMap(([place = '', ...cells]) =>
    cells.flatMap((cell, column) => (cell === 'yes' ? [`${place.replaceAll('`', '')}: ${head[column + 1]}`] : [])),
  );
}
