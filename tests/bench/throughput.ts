/** A deep backlog without a quota: sends per second of one instance, against a bare loop around the SDK. */
import type { LaptopCloud } from '../../demo/laptop-cloud.ts';
import { UNPACED } from '../../demo/senders.ts';
import { exactly, type Row } from '../long/record.ts';
import { setScenario } from '../long/provider.ts';
import { publish, untilTakenIn, withCloud } from './cloud.ts';
import { smsNews } from './news.ts';
import type { Part } from './part.ts';
import { sendPlainly } from './plain-sdk.ts';
import { effectiveSends, resetProvider, type Send, untilSent } from './provider-log.ts';
import { asItIs, atLeast } from './rows.ts';

const MESSAGES = 1_500;
const SEED = 13;
const LATENCY = 0.05;
const BARE = { processes: 1, inFlight: 16, tries: 1 };
const PATIENCE = 60_000;
/** Reports come when everything is over: only the sending counts. */
const LATER = [3_600, 3_600];

export const throughput: Part = {
  name: 'throughput',
  about: 'sends per second without a quota, 16 in flight, ours and a bare SDK loop',
  settings: { messages: MESSAGES, seed: SEED, latency: LATENCY, inFlight: BARE.inFlight, quota: null },
  async run(progress, folder) {
    const slow = { faults: [{ kind: 'slow', when: 'after', delay: LATENCY }] };
    const scenario = { quotas: { sms: null }, reports: { delay: { sms: LATER } } };
    const told = (sent: number) => progress(`${sent} of ${MESSAGES} sent`);
    const compare = async (cloud: LaptopCloud, answers: Record<string, unknown>, seed: number) => {
      await setScenario(cloud, answers);
      await publish(cloud, smsNews(MESSAGES, seed).publications);
      await untilTakenIn(cloud);
      const takenIn = Date.now();
      await untilSent(cloud, MESSAGES, PATIENCE, told);
      const sends = await effectiveSends(cloud);
      await resetProvider(cloud);
      await setScenario(cloud, answers);
      const people = sends.map(({ to }) => to);
      await sendPlainly(cloud, people, BARE);
      const bare = await effectiveSends(cloud);
      await resetProvider(cloud);
      const measured = sends.filter(({ at }) => at > takenIn);
      progress(`${measured.length} sent after everything was planned`);
      return { sent: sends.length, ours: perSecond(measured), bare: perSecond(bare) };
    };
    return withCloud({ folder, settings: { SENDERS: UNPACED }, scenario }, async (cloud) => {
      progress(`the provider answers after ${LATENCY * 1_000} ms`);
      const usual = await compare(cloud, slow, SEED);
      progress('the provider answers at once');
      const quick = await compare(cloud, { faults: [] }, SEED + 1);
      return {
        rows: [
          atLeast(0.5, {
            name: 'pipeline ÷ bare SDK loop, answers after 50 ms',
            value: usual.ours / usual.bare,
            unit: '×',
          }),
          ...published('answers after 50 ms', usual),
          asItIs({ name: 'pipeline ÷ bare SDK loop, no latency', value: quick.ours / quick.bare, unit: '×' }),
          ...published('no latency', quick),
          exactly('sent by the pipeline', usual.sent + quick.sent, 'messages', 2 * MESSAGES),
        ],
      };
    });
  },
};

const published = (when: string, { ours, bare }: { ours: number; bare: number }): Row[] => [
  asItIs({ name: `pipeline, ${when}`, value: ours, unit: 'sends/s' }),
  asItIs({ name: `bare SDK loop, ${when}`, value: bare, unit: 'sends/s' }),
];

/** Between the first and the last of them. */
function perSecond(sends: readonly Send[]): number {
  const [first, last] = [sends[0], sends.at(-1)];
  return first && last && last.at > first.at ? ((sends.length - 1) * 1_000) / (last.at - first.at) : 0;
}
