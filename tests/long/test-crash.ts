/** `npm run test:crash`: ten kills of the functions host in a burst of 1,000 events, with the real numbers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type KillResult, runKills } from './kills.ts';
import { exactly, record, type Row } from './record.ts';

const EVENTS = 1_000;
const KILLS = 10;
const folder = mkdtempSync(join(tmpdir(), 'crash-'));

async function run(title: string, memory: number): Promise<KillResult> {
  console.log(`\n${title}: ${EVENTS} events, ${KILLS} kills, the provider remembers ids for ${memory} s`);
  return runKills({
    events: EVENTS,
    kills: KILLS,
    limits: 'real',
    memory,
    folder: join(folder, title),
    progress: (line) => console.log(`  ${line}`),
  });
}

const kept = await run('inside the memory', 300);
const forgotten = await run('no memory', 0);
rmSync(folder, { recursive: true, force: true });

const inFlight = [...kept.inFlight, ...forgotten.inFlight];
const rows: Row[] = [
  {
    name: 'provider calls in flight at a kill, the fewest',
    value: Math.min(...inFlight),
    unit: 'calls',
    goal: 'at least 8',
    met: Math.min(...inFlight) >= 8,
  },
  exactly('memory 300 s: lost', kept.lost, 'deliveries', 0),
  exactly('memory 300 s: sent twice', kept.doubled, 'messages', 0),
  exactly('memory 300 s: uncertain', kept.uncertain, 'deliveries', 0),
  exactly('memory 300 s: not accounted for', kept.account.mismatches.length, 'lines', 0),
  exactly('memory 0 s: lost', forgotten.lost, 'deliveries', 0),
  {
    name: 'memory 0 s: sent twice (shows that the test can see it)',
    value: forgotten.doubled,
    unit: 'messages',
    goal: 'more than 0',
    met: forgotten.doubled > 0,
  },
];
console.log();
for (const line of kept.account.mismatches.slice(0, 20)) console.log(`  ${line}`);
process.exitCode = record('crash', 'npm run test:crash', { events: EVENTS, kills: KILLS, limits: 'real' }, rows)
  ? 0
  : 1;
