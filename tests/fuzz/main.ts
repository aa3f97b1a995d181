/** `npm run fuzz -- --count 1000000 --seed 7`: the two generators for as long as you like. */
import { parseArgs } from 'node:util';
import { drawFrom } from './draw.ts';
import { withFault } from './faults.ts';
import { oddEvent } from './odd-events.ts';
import { type Finding, KINDS, type Kind, runCases } from './run-cases.ts';

const HELP = `Takes generated events through the real intake, in memory, and says what is not as it has to be.

  npm run fuzz -- [--kind faulty|odd] [--count N] [--seed N]

  --kind    faulty: good events with one fault each; odd: good events that nobody expects. Both when absent
  --count   cases of each kind, 100,000 when absent
  --seed    of the first case, drawn when absent; each further case counts on. One seed is one case for ever
  With --count 1 the event itself is printed.`;

/** So many findings end the run; more of them say nothing new. */
const MOST_FINDINGS = 20;
const SLICE = 5_000;

type Run = { kinds: readonly Kind[]; count: number; seed: number };

process.exitCode = await main();

async function main(): Promise<0 | 1 | 2> {
  const asked = flagsOf(process.argv.slice(2));
  if (typeof asked === 'string') {
    console.log(asked);
    return asked === HELP ? 0 : 2;
  }
  return (await run(asked)) === 0 ? 0 : 1;
}

/** What to run, or what to say instead. */
function flagsOf(args: string[]): Run | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        kind: { type: 'string' },
        count: { type: 'string', default: '100000' },
        seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return HELP;
    const [count, seed] = [Number(values.count), Number(values.seed)];
    const kinds = KINDS.filter((kind) => (values.kind ?? kind) === kind);
    if (kinds.length === 0) return `--kind is ${KINDS.join(' or ')}`;
    if (!Number.isInteger(count) || count < 1) return '--count is a whole number of at least 1';
    return Number.isSafeInteger(seed) ? { kinds, count, seed } : '--seed is a whole number';
  } catch (error) {
    return `${error instanceof Error ? error.message : 'wrong flags'}\n\n${HELP}`;
  }
}

async function run({ kinds, count, seed }: Run): Promise<number> {
  console.log(`${count.toLocaleString('en')} of ${kinds.join(' and ')} each, from seed ${seed}`);
  const findings: Finding[] = [];
  for (const kind of kinds) {
    if (count === 1) console.log(bodyOf(kind, seed).toString());
    for (let done = 0; done < count && findings.length < MOST_FINDINGS; done += SLICE) {
      const slice = Math.min(SLICE, count - done);
      findings.push(...(await runCases(kind, { seed: seed + done, count: slice })));
      console.log(`${kind}: ${(done + slice).toLocaleString('en')} done, ${findings.length} findings`);
    }
  }
  for (const { kind, seed: found, what } of findings.slice(0, MOST_FINDINGS))
    console.error(`${kind} ${found}: ${what}\n  npm run fuzz -- --kind ${kind} --count 1 --seed ${found}`);
  return findings.length;
}

function bodyOf(kind: Kind, seed: number): Buffer {
  const draw = drawFrom(seed);
  const { raw } = oddEvent(draw, seed);
  return Buffer.from(kind === 'faulty' ? withFault(raw, draw).body : JSON.stringify(raw, undefined, 2));
}
