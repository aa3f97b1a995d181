/** Random kills in three settings of the provider's memory, and what has to hold in each. */
import { join } from 'node:path';
import { LIMITS } from '../../shared/limits.ts';
import { type KillOptions, type KillResult, runKills } from './kills.ts';
import { exactly, type Row } from './record.ts';

/** So many on one laptop cloud: its tables are read as a whole in the end. */
const ROUND = 100;

type Sum = Pick<
  KillResult,
  'kills' | 'deliveries' | 'reminders' | 'lost' | 'doubled' | 'uncertain' | 'wereUncertain' | 'tooLate'
> & {
  fewestInFlight: number;
  mismatches: readonly string[];
};

type Options = {
  kills: number;
  limits: keyof typeof LIMITS;
  folder: string;
  progress: (line: string) => void;
};

/** How many kills each of the three runs has. */
export const sharesOf = (kills: number): { inside: number; without: number; beyond: number } => ({
  inside: kills,
  without: Math.max(5, Math.ceil(kills / 10)),
  beyond: Math.max(1, Math.ceil(kills / 50)),
});

export async function crashByKills({ kills, limits, folder, progress }: Options): Promise<Row[]> {
  const memory = LIMITS[limits].providerMemory / 1_000;
  const shares = sharesOf(kills);
  const run = (title: string, options: Pick<KillOptions, 'kills' | 'memory' | 'smsMemory' | 'down'>): Promise<Sum> => {
    progress(`${title}: ${options.kills} kills`);
    return inRounds({
      ...options,
      limits,
      folder: join(folder, title.replaceAll(/[^a-z]+/g, '-')),
      progress: (line) => progress(`${title}: ${line.trimStart()}`),
    });
  };
  // Each on clouds of its own, all at once: a run beyond the memory mostly waits.
  const [inside, without, beyond] = await Promise.all([
    run('restarted inside the memory', { kills: shares.inside, memory }),
    run('without a memory for SMS', { kills: shares.without, memory, smsMemory: 0 }),
    run('restarted beyond the memory', { kills: shares.beyond, memory, down: memory + 1 }),
  ]);
  for (const line of inside.mismatches.slice(0, 20)) progress(`  ${line}`);

  const fewest = Math.min(inside.fewestInFlight, without.fewestInFlight, beyond.fewestInFlight);
  const figure = (name: string, value: number, unit: string): Row => ({
    name,
    value,
    unit,
    goal: 'as it is',
    met: true,
  });
  return [
    {
      name: 'provider calls in flight at a kill, the fewest',
      value: fewest,
      unit: 'calls',
      goal: 'at least 8',
      met: fewest >= 8,
    },
    exactly('inside the memory: kills', inside.kills, 'kills', kills),
    figure('inside the memory: deliveries', inside.deliveries, 'deliveries'),
    figure('inside the memory: of them reminders', inside.reminders, 'deliveries'),
    exactly('inside the memory: lost', inside.lost, 'deliveries', 0),
    exactly('inside the memory: sent twice', inside.doubled, 'messages', 0),
    figure('inside the memory: uncertain in the end', inside.uncertain, 'deliveries'),
    exactly('inside the memory: not accounted for', unexplained(inside), 'lines', 0),
    figure('SMS memory off: kills', without.kills, 'kills'),
    exactly('SMS memory off: lost', without.lost, 'deliveries', 0),
    {
      name: 'SMS memory off: sent twice (shows that the test can see it)',
      value: without.doubled,
      unit: 'messages',
      goal: 'more than 0',
      met: without.doubled > 0,
    },
    figure('SMS memory off: sent twice for each kill', perKill(without.doubled, without), 'messages'),
    figure('beyond the memory: kills', beyond.kills, 'kills'),
    exactly('beyond the memory: lost', beyond.lost, 'deliveries', 0),
    exactly('beyond the memory: repeated blindly', beyond.doubled + beyond.tooLate, 'calls', 0),
    figure('beyond the memory: uncertain, if only until the report', beyond.wereUncertain, 'deliveries'),
    figure('beyond the memory: uncertain in the end', beyond.uncertain, 'deliveries'),
    exactly('beyond the memory: not accounted for', unexplained(beyond), 'lines', 0),
  ];
}

/** That a delivery is uncertain is counted by itself. */
const unexplained = ({ mismatches }: Sum): number =>
  mismatches.filter((line) => !/ is uncertain\/no-answer, expected /.test(line)).length;

const perKill = (count: number, { kills }: Sum): number => Math.round((10 * count) / kills) / 10;

async function inRounds({
  kills,
  folder,
  progress,
  ...options
}: KillOptions & { progress: (line: string) => void }): Promise<Sum> {
  const rounds: KillResult[] = [];
  for (let done = 0; done < kills; done += ROUND) {
    const round = rounds.length + 1;
    const result = await runKills({
      ...options,
      kills: Math.min(ROUND, kills - done),
      seed: round,
      folder: join(folder, String(round)),
      progress: (line) => progress(`  ${kills > ROUND ? `round ${round}, ` : ''}${line}`),
    });
    rounds.push(result);
    progress(
      `  ${result.deliveries} deliveries: ${result.lost} lost, ${result.doubled} sent twice, ${result.wereUncertain} were uncertain`,
    );
  }
  const sum = (of: (result: KillResult) => number): number => rounds.reduce((total, result) => total + of(result), 0);
  return {
    kills: sum((result) => result.kills),
    deliveries: sum(({ deliveries }) => deliveries),
    reminders: sum(({ reminders }) => reminders),
    lost: sum(({ lost }) => lost),
    doubled: sum(({ doubled }) => doubled),
    uncertain: sum(({ uncertain }) => uncertain),
    wereUncertain: sum(({ wereUncertain }) => wereUncertain),
    tooLate: sum(({ tooLate }) => tooLate),
    fewestInFlight: Math.min(...rounds.flatMap(({ inFlight }) => inFlight)),
    mismatches: rounds.flatMap(({ account }) => account.mismatches),
  };
}
