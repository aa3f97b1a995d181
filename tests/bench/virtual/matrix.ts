/** A backlog through every kind of quota, ours and the plain SDK. */
import type { Row } from '../../long/record.ts';
import type { Measured } from '../part.ts';
import { type Bar, bars } from '../plots.ts';
import { asItIs, atMost } from '../rows.ts';
import { type Drain, type Windows, LIMIT, drainPipeline, drainPlain } from './runs.ts';

/** Of the limit: ten windows of which the last is half full, and ten full ones. */
const SHARES = [9.5, 10];
const IN_FLIGHT = [32, 600];
const STRANGERS = 0.2;

const CASES = SHARES.flatMap((share) =>
  [false, true].flatMap((fixed) =>
    [false, true].flatMap((refusalsCount) =>
      [0, STRANGERS].map((stranger) => ({ share, windows: { fixed, refusalsCount, stranger } })),
    ),
  ),
);

export async function drainMatrix(seed: number, progress: (line: string) => void): Promise<Measured> {
  const rows: Row[] = [];
  const refused: Bar[] = [];
  const took: Bar[] = [];
  for (const { share, windows } of CASES) {
    const title = titleOf(share, windows);
    const draw = (series: string, { overLeast, refusals, accepted }: Drain): void => {
      refused.push({ group: title, series, value: refusals });
      if (accepted === share * LIMIT) took.push({ group: title, series, value: overLeast });
    };
    progress(title);
    const ours = await drainPipeline(seed, share, windows);
    draw('this pipeline', ours);
    rows.push(...rowsOfOurs(`ours, ${title}`, ours, windows.stranger > 0));
    for (const inFlight of IN_FLIGHT) {
      const plain = await drainPlain(seed, share, windows, inFlight);
      draw(`plain SDK, ${inFlight} in flight`, plain);
      rows.push(...rowsOfPlain(`plain SDK, ${inFlight} in flight, ${title}`, plain, share * LIMIT));
    }
  }
  return {
    rows,
    plots: [
      {
        name: 'virtual-refused',
        about: 'Calls that the provider refused for its quota; the axis is logarithmic beyond one.',
        spec: bars('Refused for quota (429)', 'calls', refused, true),
      },
      {
        name: 'virtual-drain',
        about: 'Time to drain, over the least possible. Where a bar is missing, not everything was sent.',
        spec: bars('Drain ÷ minimum', '×', took),
      },
    ],
  };
}

function titleOf(share: number, { fixed, refusalsCount, stranger }: Windows): string {
  const kind = `${fixed ? 'fixed' : 'sliding'}, refusals ${refusalsCount ? 'count' : 'free'}`;
  return `N = ${share} L, ${kind}${stranger > 0 ? ', a stranger takes 20 %' : ''}`;
}

type Ours = Awaited<ReturnType<typeof drainPipeline>>;

function rowsOfOurs(name: string, { overLeast, refusals, accepted, bookings, looks }: Ours, shared: boolean): Row[] {
  const drain = { name: `${name}: drain ÷ minimum`, value: overLeast, unit: '×' };
  if (shared)
    return [
      atMost(1.45, drain),
      atMost(0.05, { name: `${name}: refused for quota ÷ sends`, value: refusals / accepted, unit: '' }),
    ];
  return [
    atMost(1.05, drain),
    atMost(0, { name: `${name}: refused for quota`, value: refusals, unit: 'calls' }),
    atMost(0.05, { name: `${name}: table operations for booking ÷ sends`, value: bookings / accepted, unit: '' }),
    asItIs({ name: `${name}: looks at the calendar ÷ sends`, value: looks / accepted, unit: '' }),
  ];
}

const rowsOfPlain = (name: string, { overLeast, refusals, accepted }: Drain, messages: number): Row[] => [
  asItIs({ name: `${name}: sent`, value: (100 * accepted) / messages, unit: '%' }),
  ...(accepted === messages ? [asItIs({ name: `${name}: drain ÷ minimum`, value: overLeast, unit: '×' })] : []),
  asItIs({ name: `${name}: refused for quota`, value: refusals, unit: 'calls' }),
];
