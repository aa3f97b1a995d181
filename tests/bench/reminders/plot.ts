import type { TopLevelSpec } from 'vega-lite';
import type { Sent } from './reminders.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NAMES: Readonly<Record<string, string>> = { '1d@17:00': 'day before, 17:00', '1h': 'an hour before the visit' };

const QUIET_UNTIL = 8;

/** Two views: the minutes around 17:00 of the day before, and the day itself. */
export function perMinute(
  sent: readonly Sent[],
  { midnight, quota }: { midnight: number; quota: number },
): TopLevelSpec {
  const evening = midnight - 7 * HOUR;
  return {
    background: 'white',
    config: { legend: { labelLimit: 300 } },
    hconcat: [
      {
        title: 'The day before',
        width: 280,
        height: 260,
        layer: [
          bars(sent, { from: -2, until: 10, unit: MINUTE, zero: evening, title: 'minutes after 17:00' }),
          {
            data: { values: [{ quota }] },
            mark: { type: 'rule', strokeDash: [4, 3] },
            encoding: { y: { field: 'quota', type: 'quantitative' } },
          },
        ],
      },
      {
        title: 'The day of the visits',
        width: 460,
        height: 260,
        layer: [
          {
            data: { values: [{ from: 6, until: QUIET_UNTIL }] },
            mark: { type: 'rect', color: '#dddddd' },
            encoding: {
              x: { field: 'from', type: 'quantitative', scale: { domain: [6, 18] } },
              x2: { field: 'until' },
            },
          },
          bars(sent, { from: 6, until: 18, unit: HOUR, zero: midnight, title: 'local time, hours' }),
        ],
      },
    ],
  };
}

type Range = { from: number; until: number; unit: number; zero: number; title: string };

/** One bar for each minute in which something was sent; the range is in units after zero. */
function bars(sent: readonly Sent[], { from, until, unit, zero, title }: Range) {
  const inside = sent.filter(({ at }) => at >= zero + from * unit && at < zero + until * unit);
  const groups = Map.groupBy(inside, ({ at, offset }) => `${Math.floor((at - zero) / MINUTE)} ${offset}`);
  const values = [...groups.values()].map((group) => {
    const { at, offset } = group[0]!;
    const minute = Math.floor((at - zero) / MINUTE) * MINUTE;
    return { x: minute / unit, x2: (minute + MINUTE) / unit, count: group.length, series: NAMES[offset] ?? offset };
  });
  const x = { field: 'x', type: 'quantitative', title } as const;
  const y = { field: 'count', type: 'quantitative', title: 'SMS a minute' } as const;
  const legend = { orient: 'bottom' } as const;
  const color = { field: 'series', type: 'nominal', title: null, legend } as const;
  return {
    data: { values },
    mark: 'bar' as const,
    encoding: {
      x: { ...x, scale: { domain: [from, until] } },
      x2: { field: 'x2' },
      y,
      y2: { datum: 0 },
      color: { ...color, scale: { domain: Object.values(NAMES) } },
    },
  };
}
