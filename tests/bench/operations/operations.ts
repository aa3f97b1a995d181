/** Every operation of every service, counted by proxies, against the formula of `docs/operations.md`. */
import { writeFile } from 'node:fs/promises';
import { createReader } from '../../../demo/reader.ts';
import { sendersWith } from '../../../demo/senders.ts';
import { untilOver } from '../../long/burst.ts';
import { exactly, type Row } from '../../long/record.ts';
import { startProxiedCloud } from '../../proxies/proxied-cloud.ts';
import { publish } from '../cloud.ts';
import { newsTo } from '../news.ts';
import type { Part } from '../part.ts';
import { asItIs, atMost } from '../rows.ts';
import { createCounter } from './counter.ts';
import { PAGE, operationsPage } from './page.ts';
import { type Operation, PATHS, type Path, SHARED, totalOf } from './steps.ts';

const MESSAGES = 20;
const SEED = 17;
/** Seconds from acceptance: all is sent before the first report comes. */
const REPORTS = [2, 3];
const PATIENCE = 60_000;
const NEVER = '0 0 0 1 1 *';
const AMPLE = [{ limit: 100_000, seconds: 60 }];

export const operations: Part = {
  name: 'operations',
  about: 'operations of tables, Service Bus and the provider per delivery, counted by proxies',
  settings: { messages: MESSAGES, seed: SEED },
  async run(progress, folder) {
    const counter = createCounter();
    const cloud = await startProxiedCloud(
      {
        folder,
        settings: { SENDERS: sendersWith({ sms: AMPLE, email: AMPLE }), HOUSEKEEPING_SCHEDULE: NEVER },
        scenario: { quotas: { sms: null, email: null }, reports: { delay: { sms: REPORTS, email: REPORTS } } },
      },
      counter.passes,
    );
    try {
      const rows: Row[] = [];
      const reader = createReader(cloud);
      let published = 0;
      for (const [index, path] of PATHS.entries()) {
        progress(path.name);
        counter.take();
        const { publications } = newsTo(MESSAGES, { seed: SEED + index, ...path });
        for (const some of path.together ? [publications] : publications.map((one) => [one])) {
          await publish(cloud, some);
          await untilOver(reader, (published += some.length), PATIENCE);
        }
        rows.push(...rowsOf(path, counter.take()));
      }
      await writeFile(PAGE, await operationsPage());
      return { rows };
    } finally {
      await cloud.stop();
    }
  },
};

function rowsOf(path: Path, counted: ReadonlyMap<Operation, number>): Row[] {
  const formula = totalOf(path);
  const others = [...counted.keys()].filter((name) => !formula.has(name) && !SHARED.includes(name));
  const shared = SHARED.reduce((sum, operation) => sum + (counted.get(operation) ?? 0), 0) / MESSAGES;
  const measure = { name: `${path.name}: tables, shared by a batch or by two seconds`, value: shared, unit: 'each' };
  return [
    ...[...formula].map(([operation, each]) =>
      exactly(`${path.name}: ${operation}`, (counted.get(operation) ?? 0) / MESSAGES, 'each', each),
    ),
    exactly(`${path.name}: ${['others', ...others].join(', ')}`, others.length, 'kinds', 0),
    path.together ? atMost(1, measure) : asItIs(measure),
  ];
}
