import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError, Option } from 'commander';
import { CsvRowsError } from '../shared/csv-rows.ts';
import { awaitAgreement } from './agreement.ts';
import { appointmentRun } from './appointment-list.ts';
import { StartError } from './child.ts';
import {
  APPOINTMENTS,
  APPOINTMENTS_SETTINGS,
  FULL_SPEED,
  FULL_SPEED_SETTINGS,
  play,
  SCENARIO,
  SETTINGS,
  takeAccount,
} from './demonstration.ts';
import { orderHistory } from './order-history.ts';
import type { Stream } from './expectation.ts';
import {
  FREE_PORTS,
  type LaptopCloud,
  PARTS,
  startLaptopCloud,
  TITLES,
  USUAL_PORTS,
  USUAL_TELEMETRY_PORT,
} from './laptop-cloud.ts';
import { lendLocalSettings } from './local-settings.ts';
import { createProgressView } from './progress.ts';
import { createReader, type FullBooks, type Reader } from './reader.ts';
import { takeRunLock } from './run-lock.ts';
import { demonstrationStream } from './stream.ts';
import { type Section, summaryOf } from './summary.ts';
import { visitSummary } from './visit-summary.ts';

const ROOT = resolve(import.meta.dirname, '..');
const FOLDER = resolve(ROOT, '.local');
const CUSTOMERS = 110;
const LENGTH = 25_000;

type Options = {
  once?: true;
  again?: true;
  orders?: string;
  appointments?: string;
  seed: number;
  freePorts?: true;
  telemetry?: true;
};

const options = new Command('npm start --')
  .description('The whole pipeline on this machine, with a stream of made-up order events.')
  .option('--once', 'end after the summary; exit code 1 if anything is unaccounted for')
  .option('--again', 'send the same stream twice more, the second time with new times: nobody may hear of it twice')
  .option('--orders <file.csv>', 'play a real order history at full speed instead')
  .addOption(
    new Option(
      '--appointments <file.csv>',
      'play a real appointment list instead: its visits are tomorrow, reminders of all of them are due in two minutes',
    ).conflicts('orders'),
  )
  .option('--seed <number>', 'another made-up stream', wholeNumber, 1)
  .option('--free-ports', 'take any free ports instead of the usual ones')
  .option('--telemetry', 'receive metrics and traces of the app, too, and compare them with tables and provider')
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
  const { roundsFrom, settings, scenario, more } = programme();
  const lock = await takeRunLock(FOLDER);
  try {
    console.log(`\n${bold('The whole cloud on this machine')}\n`);
    await build();
    const cloud = await startLaptopCloud({
      folder: FOLDER,
      ports: {
        ...(options.freePorts ? FREE_PORTS : USUAL_PORTS),
        ...(options.telemetry && { telemetry: options.freePorts ? 0 : USUAL_TELEMETRY_PORT }),
      },
      settings,
      scenario,
      onReady: (part, address) => step(TITLES[part], address),
    });
    const parts = [...PARTS, ...(options.telemetry ? ['telemetry' as const] : [])];
    lock.noteChildren(parts.map((part) => cloud.pidOf(part)));
    const localSettings = lendLocalSettings(resolve(ROOT, 'local.settings.json'), cloud.settings);
    try {
      if (stopping.signal.aborted) return await asked();
      const followed = follow(cloud, roundsFrom(new Date()), { more, commandsReachIt: localSettings.reaches }).catch(
        unlessStopping,
      );
      const end = await Promise.race([followed, cloud.died, asked()]);
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

/** Being stopped halfway is no fault. */
function unlessStopping(error: unknown): Promise<number> {
  if (stopping.signal.aborted) return asked();
  throw error;
}

/** Resolves when somebody asks for the end. */
async function asked(): Promise<number> {
  if (!stopping.signal.aborted) await once(stopping.signal, 'abort');
  return options.once ? 130 : 0;
}

async function follow(
  cloud: LaptopCloud,
  rounds: Rounds,
  { more, commandsReachIt }: { more: Programme['more']; commandsReachIt: boolean },
): Promise<number> {
  const view = createProgressView(process.stdout);
  for (const { title, stream } of rounds) {
    console.log(`\n${bold(title)}\n`);
    const began = performance.now();
    await play(cloud, stream, { show: view.show, signal: stopping.signal });
    view.end();
    console.log(`\n${rateOf(stream, performance.now() - began)}`);
  }
  const [first, ...others] = rounds.map(({ stream }) => stream);
  const reader = createReader(cloud);
  const { account, books } = await takeAccount(reader, [first!, ...others]);
  const sections = [...summaryOf(books, account), ...((await more?.(reader, books)) ?? [])];
  const { telemetry } = cloud.addresses;
  if (telemetry) {
    const [sends, throttled] = await Promise.all([reader.sends(), reader.throttled()]);
    const seen = { books, account, expected: first!.deliveries.length, sends, throttled };
    sections.push(await awaitAgreement(seen, telemetry));
  }
  for (const section of sections) show(section);
  if (options.once) return sections.some(({ isBad }) => isBad) ? 1 : 0;
  console.log(`\n${whatNext(cloud, commandsReachIt, ordersToLookAt(books)).join('\n')}`);
  return asked();
}

type Programme = {
  /** Made when the cloud is up: what is due in seconds counts from then. */
  roundsFrom: (now: Date) => Rounds;
  settings: Readonly<Record<string, string>>;
  scenario: Readonly<Record<string, unknown>>;
  /** What else the summary says. */
  more?: ((reader: Reader, books: FullBooks) => Promise<Section[]>) | undefined;
};
type Rounds = readonly [Round, ...Round[]];
type Round = { title: string; stream: Stream };

function programme(): Programme {
  if (options.orders !== undefined) return orders(read(options.orders));
  if (options.appointments !== undefined) return appointments(read(options.appointments));
  return { roundsFrom: demonstration, settings: SETTINGS, scenario: SCENARIO };
}

function orders(csv: string): Programme {
  const roundsFrom = (now: Date): Rounds => [{ title: 'The order history', stream: orderHistory(csv, now) }];
  // A fault of the file is told before anything starts.
  roundsFrom(new Date());
  return { roundsFrom, settings: FULL_SPEED_SETTINGS, scenario: FULL_SPEED };
}

function appointments(csv: string): Programme {
  const list = appointmentRun(csv, new Date());
  return {
    roundsFrom: () => [{ title: 'The appointment list', stream: list.stream }],
    settings: { ...APPOINTMENTS_SETTINGS, ...list.settings },
    scenario: APPOINTMENTS,
    async more(reader, books) {
      const [sends, throttled] = await Promise.all([reader.sends(), reader.throttled()]);
      return [visitSummary(list, books.deliveries, { sends, throttled })];
    },
  };
}

function demonstration(now: Date): Rounds {
  const base = { seed: options.seed, now, length: LENGTH, customers: CUSTOMERS };
  const first = demonstrationStream({ ...base, times: now });
  const later = demonstrationStream({ ...base, times: new Date(now.getTime() + 1_000) });
  const again: Round[] = [
    { title: 'The same stream again', stream: atOnce(first) },
    { title: 'The same stream again, with new times', stream: atOnce(later) },
  ];
  return [{ title: 'The stream', stream: first }, ...(options.again ? again : [])];
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

function rateOf({ publications }: Stream, milliseconds: number): string {
  const seconds = milliseconds / 1_000;
  const rate = (publications.length / seconds).toFixed(1);
  return `${publications.length} messages, from the first one published to the last outcome: ${seconds.toFixed(0)} s (${rate} a second)`;
}

const atOnce = (stream: Stream): Stream => ({
  ...stream,
  publications: stream.publications.map((publication) => ({ ...publication, at: 0 })),
  optedOut: [],
});

/** @param orders subjects of orders that are worth a look */
function whatNext(cloud: LaptopCloud, commandsReachIt: boolean, orders: readonly string[]): string[] {
  const id = `order.delayed-${new Date().toISOString()}`;
  const publish = `npm run publish-event -- order.delayed --order 1042 --phone +4915123456789 --id ${id}`;
  return [
    bold('It is still running'),
    '',
    `  outbox: what phones and mailboxes received   ${cloud.addresses['communication-services']}`,
    ...(cloud.addresses.telemetry
      ? [`  metrics and traces of the app                ${cloud.addresses.telemetry}`]
      : []),
    `  logs of every part                           ${relative(process.cwd(), resolve(FOLDER, 'logs'))}`,
    '',
    bold('Try, in another terminal'),
    '',
    ...(commandsReachIt
      ? []
      : [
          '  Your own local.settings.json leads elsewhere: move it away and start again, then these reach this run.',
          '',
        ]),
    '  publish an event of your own; once more, the same event again: nobody is told twice',
    `    ${publish}`,
    '  look at that order',
    '    npm run show -- order:1042',
    ...(orders.length > 0 ? ['  look at orders of the stream where something happened'] : []),
    ...orders.map((subject) => `    npm run show -- "${subject}"`),
    '  how things stand, what failed and where; --help names the other commands',
    '    npm run notify -- status',
    '    npm run notify -- failures --by region,cause',
    '  reminders of appointments that wait, when each is due and why',
    '    npm run notify -- reminders',
    '',
    'Ctrl-C stops everything.',
  ];
}

/** One order per kind of bad end, in plain characters that every shell takes. */
function ordersToLookAt({ deliveries }: FullBooks): string[] {
  const plain = deliveries.filter(({ status, event }) => status !== 'delivered' && /^[\w:/ -]+$/.test(event.subject));
  return [...new Map(plain.map(({ status, event }) => [status, event.subject])).values()].slice(0, 3);
}

function show({ title, lines, isBad }: Section): void {
  const heading = styleText(isBad ? ['bold', 'red'] : 'bold', title);
  console.log(`\n${heading}\n\n${lines.map((line) => `  ${line}`).join('\n')}`);
}

const bold = (text: string): string => styleText('bold', text);

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
  if (!(error instanceof StartError || error instanceof CsvRowsError)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
