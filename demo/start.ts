import { fork } from 'node:child_process';
import { once } from 'node:events';
import { relative, resolve } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { StartError } from './child.ts';
import { play, SCENARIO, SETTINGS, takeAccount } from './demonstration.ts';
import type { Stream } from './expectation.ts';
import { FREE_PORTS, type LaptopCloud, startLaptopCloud, TITLES, USUAL_PORTS } from './laptop-cloud.ts';
import { lendLocalSettings } from './local-settings.ts';
import { createProgressView } from './progress.ts';
import { createReader } from './reader.ts';
import { takeRunLock } from './run-lock.ts';
import { demonstrationStream } from './stream.ts';
import { summaryOf } from './summary.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = resolve(ROOT, '.local');
const CUSTOMERS = 110;
const LENGTH = 25_000;

type Options = { once?: true; again?: true; orders?: string; seed: number; freePorts?: true };

const options = new Command('npm start --')
  .description('The whole pipeline on this machine, with a stream of made-up order events.')
  .option('--once', 'end after the summary; exit code 1 if anything is unaccounted for')
  .option('--again', 'send the same stream twice more, the second time with new times: nobody may hear of it twice')
  .option('--orders <file.csv>', 'play a real order history at full speed instead')
  .option('--seed <number>', 'another made-up stream', wholeNumber, 1)
  .option('--free-ports', 'take any free ports instead of the usual ones')
  .parse()
  .opts<Options>();

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // Asked twice: the children end by themselves when this process is gone.
    if (stopping.signal.aborted) process.exit(130);
    stopping.abort();
  });

/** @returns the exit code */
async function run(): Promise<number> {
  const lock = takeRunLock(FOLDER);
  try {
    console.log('\nThe whole cloud on this machine\n');
    await build();
    const cloud = await startLaptopCloud({
      folder: FOLDER,
      ports: options.freePorts ? FREE_PORTS : USUAL_PORTS,
      settings: SETTINGS,
      scenario: SCENARIO,
      onReady: (part, address) => step(TITLES[part], address),
    });
    const localSettings = lendLocalSettings(resolve(ROOT, 'local.settings.json'), cloud.settings);
    try {
      const end = await Promise.race([follow(cloud, localSettings.reaches), cloud.died, asked()]);
      if (typeof end === 'number') return end;
      throw new StartError(end);
    } finally {
      console.log('\nStopping …');
      localSettings.takeBack();
      await cloud.stop();
      console.log('Stopped: no process and no port is left behind.');
    }
  } finally {
    lock.release();
  }
}

/** Resolves when somebody asks for the end. */
async function asked(): Promise<number> {
  if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  return options.once ? 130 : 0;
}

async function follow(cloud: LaptopCloud, commandsReachIt: boolean): Promise<number> {
  const rounds = streams();
  const reader = createReader(cloud);
  const view = createProgressView(process.stdout);
  for (const [index, stream] of rounds.entries()) {
    console.log(`\n${ROUNDS[index]}\n`);
    await play(cloud, stream, { show: view.show, signal: stopping.signal });
    view.end();
  }
  const { account, books } = await takeAccount(reader, rounds);
  console.log(`\n${summaryOf(books, account).join('\n')}`);
  if (options.once) return account.mismatches.length === 0 ? 0 : 1;
  console.log(`\n${whatNext(cloud, commandsReachIt).join('\n')}`);
  return asked();
}

const ROUNDS = ['The stream', 'The same stream again', 'The same stream again, with new times'];

function streams(): [Stream, ...Stream[]] {
  const now = new Date();
  const base = { seed: options.seed, now, length: LENGTH, customers: CUSTOMERS };
  const first = demonstrationStream({ ...base, times: now });
  if (!options.again) return [first];
  const later = demonstrationStream({ ...base, times: new Date(now.getTime() + 1_000) });
  return [first, atOnce(first), atOnce(later)];
}

const atOnce = (stream: Stream): Stream => ({
  ...stream,
  publications: stream.publications.map((publication) => ({ ...publication, at: 0 })),
  optedOut: [],
});

function whatNext(cloud: LaptopCloud, commandsReachIt: boolean): string[] {
  return [
    'It is still running',
    '',
    `  outbox: what phones and mailboxes received   ${cloud.addresses['communication-services']}`,
    `  logs of every part                           ${relative(process.cwd(), resolve(FOLDER, 'logs'))}`,
    '',
    'Try, in another terminal',
    '',
    ...(commandsReachIt
      ? []
      : ['  (your own local.settings.json leads elsewhere: move it away and start again, then these reach this run)']),
    '  npm run publish-event -- order.delayed --order 1042 --phone +4915123456789 --email you@example.com',
    '  npm run show -- order:1042',
    '',
    'Ctrl-C stops everything.',
  ];
}

async function build(): Promise<void> {
  const child = fork(resolve(ROOT, 'commands', 'build.ts'), { cwd: ROOT, silent: true });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new StartError(`The app could not be built: ${said.trim()}`);
  step('app built', '');
}

function step(what: string, address: string): void {
  console.log(`  ✓ ${what.padEnd(34)}${address}`.trimEnd());
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('expected a whole number');
  return Number(text);
}

try {
  process.exitCode = await run();
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
