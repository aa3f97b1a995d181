/** From nothing to do to fifty SMS at once, with the quota of a toll-free number. */
import { setTimeout as wait } from 'node:timers/promises';
import { sendersWith } from '../../demo/senders.ts';
import { exactly } from '../long/record.ts';
import { publish, withCloud } from './cloud.ts';
import { smsNews } from './news.ts';
import type { Part } from './part.ts';
import { effectiveSends, requests, untilSent } from './provider-log.ts';
import { asItIs, below } from './rows.ts';
import { median, percentile } from './statistics.ts';

const QUOTA = { limit: 200, seconds: 60 };
const MESSAGES = 50;
const SEED = 12;
/** The host has started and learnt the time of the storage, and nothing goes on. */
const IDLE = 3_000;
const PATIENCE = 60_000;

export const burst: Part = {
  name: 'burst',
  about: `${MESSAGES} SMS at idle, ${QUOTA.limit} per ${QUOTA.seconds} s: from event to acceptance`,
  settings: { quota: QUOTA, messages: MESSAGES, seed: SEED },
  run: (progress, folder) =>
    withCloud(
      { folder, settings: { SENDERS: sendersWith({ sms: [QUOTA] }) }, scenario: { quotas: { sms: QUOTA } } },
      async (cloud) => {
        await wait(IDLE);
        const published = Date.now();
        await publish(cloud, smsNews(MESSAGES, SEED).publications);
        await untilSent(cloud, MESSAGES, PATIENCE, () => undefined);
        const waits = (await effectiveSends(cloud)).map(({ at }) => (at - published) / 1_000);
        const refused = (await requests(cloud)).filter(({ status }) => status === 429).length;
        progress(`the first after ${waits[0]} s, the last after ${waits.at(-1)} s`);
        return {
          rows: [
            below(10, { name: 'event published → accepted, p95', value: percentile(waits, 0.95), unit: 's' }),
            asItIs({ name: 'event published → accepted, median', value: median(waits), unit: 's' }),
            exactly('accepted', waits.length, 'messages', MESSAGES),
            exactly('429s', refused, 'answers', 0),
          ],
        };
      },
    ),
};
