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

const { values } = parseArgs({
  options: {
    kind: { type: 'string' },
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    help: { type: 'boolean', default: false },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
const kinds = KINDS.filter((kind) => (values.kind ?? kind) === kind);

if (values.help) console.log(HELP);
else if (kinds.length === 0 || !Number.isInteger(count) || count < 1 || !Number.isSafeInteger(seed)) {
  console.error(HELP);
  process.exitCode = 2;
} else process.exitCode = (await run()) === 0 ? 0 : 1;

async function run(): Promise<number> {
  console.log(`${count.toLocaleString('en')} cases of each kind (${kinds.join(', ')}), from seed ${seed}`);
  const findings: Finding[] = [];
  for (const kind of kinds) {
    if (count === 1) console.log(bodyOf(kind).toString());
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

function bodyOf(kind: Kind): Buffer {
  const draw = drawFrom(seed);
  const { raw } = oddEvent(draw, seed);
  return Buffer.from(kind === 'faulty' ? withFault(raw, draw).body : JSON.stringify(raw, undefined, 2));
}
