/** A backlog of 9.5 quotas, ours and the plain SDK one after the other on the same stand-in with the same limit. */
import type { LaptopCloud } from '../../demo/laptop-cloud.ts';
import { sendersWith } from '../../demo/senders.ts';
import { exactly, type Row } from '../long/record.ts';
import { publish, withCloud } from './cloud.ts';
import { smsNews } from './news.ts';
import type { Part } from './part.ts';
import { sendPlainly } from './plain-sdk.ts';
import { type Point, steps } from './plots.ts';
import { effectiveSends, requests, resetProvider, untilSent } from './provider-log.ts';
import { asItIs, atMost } from './rows.ts';

const QUOTA = { limit: 200, seconds: 10 };
const MESSAGES = 1_900;
const SEED = 11;
const PLAIN = { processes: 2, inFlight: 16, tries: 10 };
/** From the first acceptance to the last at best: the last quota goes out as its window opens. */
const MINIMUM = (Math.ceil(MESSAGES / QUOTA.limit) - 1) * QUOTA.seconds;
/** Nothing sent for so long: the rest is lost. */
const PATIENCE = 6 * QUOTA.seconds * 1_000;

export const drain: Part = {
  name: 'drain',
  about: `a backlog of ${MESSAGES} SMS through ${QUOTA.limit} per ${QUOTA.seconds} s, ours and the plain SDK`,
  settings: { quota: QUOTA, window: 'sliding', refusalsCount: true, messages: MESSAGES, seed: SEED, plain: PLAIN },
  async run(progress, folder) {
    const settings = { SENDERS: sendersWith({ sms: [QUOTA] }) };
    const scenario = { quotas: { sms: QUOTA, refusalsCount: true } };
    return withCloud({ folder, settings, scenario }, async (cloud) => {
      const told = (sent: number, refused: number) => progress(`${sent} sent, ${refused} refused`);
      progress('ours');
      await publish(cloud, smsNews(MESSAGES, SEED).publications);
      await untilSent(cloud, MESSAGES, PATIENCE, told);
      const ours = await drained(cloud);
      const people = (await effectiveSends(cloud)).map(({ to }) => to);

      progress('the plain SDK');
      await resetProvider(cloud);
      const finished = new AbortController();
      void untilSent(cloud, MESSAGES, Infinity, told, finished.signal);
      await sendPlainly(cloud, people, PLAIN);
      finished.abort();
      const plain = await drained(cloud);
      return {
        rows: [...rowsOfOurs(ours), ...rowsOfPlain(plain)],
        plots: [
          {
            name: 'drain',
            about:
              'Messages accepted since the first one, in a real run; the least possible is a whole quota as each window opens.',
            spec: steps(
              `${MESSAGES} SMS through ${QUOTA.limit} per ${QUOTA.seconds} s`,
              { x: 'seconds', y: 'accepted' },
              [...curveOf(ours, 'this pipeline'), ...curveOf(plain, 'plain SDK'), ...BEST],
            ),
          },
        ],
      };
    });
  },
};

const curveOf = ({ seconds }: Drained, series: string): Point[] =>
  seconds.map((x, index) => ({ x, y: index + 1, series }));

/** A whole quota as each window opens. */
const BEST: Point[] = Array.from({ length: Math.ceil(MESSAGES / QUOTA.limit) }, (_, window) => ({
  x: window * QUOTA.seconds,
  y: Math.min(MESSAGES, (window + 1) * QUOTA.limit),
  series: 'the least possible',
}));

type Drained = { ratio: number; refused: number; lost: number; doubled: number; seconds: readonly number[] };

async function drained(cloud: LaptopCloud): Promise<Drained> {
  const [sends, asked] = await Promise.all([effectiveSends(cloud), requests(cloud)]);
  const reached = new Set(sends.map(({ to }) => to)).size;
  return {
    ratio: (sends.at(-1)!.at - sends[0]!.at) / 1_000 / MINIMUM,
    seconds: sends.map(({ at }) => (at - sends[0]!.at) / 1_000),
    refused: asked.filter(({ status }) => status === 429).length,
    lost: MESSAGES - reached,
    doubled: sends.length - reached,
  };
}

const rowsOfOurs = ({ ratio, refused, lost, doubled }: Drained): Row[] => [
  atMost(1.06, { name: 'ours: drain ÷ minimum', value: ratio, unit: '×' }),
  exactly('ours: 429s', refused, 'answers', 0),
  exactly('ours: lost', lost, 'messages', 0),
  exactly('ours: doubled', doubled, 'messages', 0),
];

const rowsOfPlain = ({ ratio, refused, lost, doubled }: Drained): Row[] => [
  asItIs({ name: 'plain SDK: drain ÷ minimum', value: ratio, unit: '×' }),
  asItIs({ name: 'plain SDK: 429s', value: refused, unit: 'answers' }),
  asItIs({ name: 'plain SDK: lost', value: lost, unit: 'messages' }),
  asItIs({ name: 'plain SDK: doubled', value: doubled, unit: 'messages' }),
];
