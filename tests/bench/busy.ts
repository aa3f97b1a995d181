/**
 * How long a function is held per send, against what the provider takes of it. In a backlog without a quota every slot
 * is there as soon as it is asked for, so that no wait is in it; looks, bookings and the wait for a processor are.
 */
import { UNPACED } from '../../demo/senders.ts';
import { type Row } from '../long/record.ts';
import { setScenario } from '../long/provider.ts';
import { publish, untilTakenIn, withCloud } from './cloud.ts';
import { sendingRuns } from './host-log.ts';
import { smsNews } from './news.ts';
import type { Part } from './part.ts';
import { requests, untilSent } from './provider-log.ts';
import { asItIs, atMost } from './rows.ts';
import { median } from './statistics.ts';

const MESSAGES = 800;
const SEED = 15;
/** Seconds: that of the throughput, and that of a provider far away. */
const LATENCIES = { near: 0.05, far: 0.25 };
const PATIENCE = 60_000;
/** Reports come when everything is over. */
const LATER = [3_600, 3_600];

export const busy: Part = {
  name: 'busy',
  about: 'time that a function is held per send, against what the provider takes of it',
  settings: { messages: MESSAGES, seed: SEED, latencies: LATENCIES, statistic: 'medians of a saturated instance' },
  async run(progress, folder) {
    const scenario = { quotas: { sms: null }, reports: { delay: { sms: LATER } } };
    return withCloud({ folder, settings: { SENDERS: UNPACED }, scenario, hostLog: 'json' }, async (cloud) => {
      let sent = 0;
      const measure = async (latency: number, seed: number): Promise<{ held: number; call: number }> => {
        await setScenario(cloud, { faults: [{ kind: 'slow', when: 'after', delay: latency }] });
        await publish(cloud, smsNews(MESSAGES, seed).publications);
        await untilTakenIn(cloud);
        const takenIn = Date.now();
        await untilSent(cloud, (sent += MESSAGES), PATIENCE, (done) => progress(`${done} sent`));
        const runs = sendingRuns(folder).filter(({ endedAt, duration }) => endedAt - duration > takenIn);
        const calls = (await requests(cloud)).filter(({ at, status }) => at > takenIn && status === 202);
        const held = median(runs.map(({ duration }) => duration));
        const call = median(calls.map(({ at, endedAt }) => endedAt - at));
        progress(`held for ${held} ms, of them ${call} ms by the provider (${runs.length} sends)`);
        return { held, call };
      };
      const near = await measure(LATENCIES.near, SEED);
      const far = await measure(LATENCIES.far, SEED + 1);
      return {
        rows: [
          atMost(1.6, { name: 'busy ÷ provider round trip, answers after 50 ms', ...ratio(near) }),
          asItIs({ name: 'busy ÷ provider round trip, answers after 250 ms', ...ratio(far) }),
          ...published('answers after 50 ms', near),
          ...published('answers after 250 ms', far),
        ],
      };
    });
  },
};

const ratio = ({ held, call }: { held: number; call: number }) => ({ value: held / call, unit: '×' });

const published = (when: string, { held, call }: { held: number; call: number }): Row[] => [
  asItIs({ name: `function held per send, ${when}`, value: held, unit: 'ms' }),
  asItIs({ name: `provider round trip, ${when}`, value: call, unit: 'ms' }),
];
