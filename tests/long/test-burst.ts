/** `npm run test:burst`: 2,000 events at one moment, without quota. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FREE_PORTS, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { publishAll } from '../../demo/publish.ts';
import { UNPACED } from '../../demo/senders.ts';
import { burst, outcomeOf } from './burst.ts';
import { exactly, record } from './record.ts';

const EVENTS = 2_000;
const folder = mkdtempSync(join(tmpdir(), 'burst-'));
const stream = burst(EVENTS);
const cloud = await startLaptopCloud({
  folder,
  ports: FREE_PORTS,
  settings: { SENDERS: UNPACED, HOUSEKEEPING_SCHEDULE: '*/5 * * * * *' },
  scenario: { quotas: { sms: null, email: null }, reports: { delay: { sms: [0.1, 0.5], email: [0.1, 0.5] } } },
});
try {
  console.log(`\n${EVENTS} events at one moment, ${stream.deliveries.length} deliveries, no quota`);
  const started = performance.now();
  await publishAll(cloud.settings['ServiceBus']!, stream.publications, () => undefined, new AbortController().signal);
  const { account, books, lost, doubled } = await outcomeOf(cloud, stream, 120_000);
  const seconds = (performance.now() - started) / 1_000;
  const perSecond = (count: number): number => Math.round((count / seconds) * 10) / 10;
  const figure = (name: string, value: number, unit: string) => ({ name, value, unit, goal: 'as it is', met: true });
  for (const line of account.mismatches.slice(0, 20)) console.log(`  ${line}`);
  const ok = record('burst', 'npm run test:burst', { events: EVENTS, limits: 'real' }, [
    exactly('events planned', account.recorded, 'events', EVENTS),
    exactly(
      'delivered',
      books.deliveries.filter(({ status }) => status === 'delivered').length,
      'deliveries',
      2 * EVENTS,
    ),
    exactly('lost', lost, 'deliveries', 0),
    exactly('sent twice', doubled, 'messages', 0),
    exactly('not accounted for', account.mismatches.length, 'lines', 0),
    figure('events, from the first published to the last report', perSecond(EVENTS), '/s'),
    figure('deliveries, from the first published to the last report', perSecond(stream.deliveries.length), '/s'),
  ]);
  process.exitCode = ok ? 0 : 1;
} finally {
  await cloud.stop();
  rmSync(folder, { recursive: true, force: true });
}
