/** `notify resend`: sends the same message once more, as a delivery of its own. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import pLimit from 'p-limit';
import { addressHashes, maskAddress } from '../shared/addresses.ts';
import { CAUSES } from '../shared/causes.ts';
import { type DeliveryId, parseAttemptId } from '../shared/delivery-id.ts';
import type { Delivery, Outline, Plan } from '../shared/delivery.ts';
import { lastOf, reasonAgainst, resend, type ResendDependencies } from '../shared/resend.ts';
import { STATUSES } from '../shared/status.ts';
import { agree, type ChangeFlags, CommandError, defineCommand, MISUSED, wholeNumber, type World } from './command.ts';
import { aligned, counted, minute } from './format.ts';
import { hoursFrom, SINCE_HELP, sinceOf } from './since.ts';
import { type WhoAndWhy, withWhoAndWhy } from './who-and-why.ts';

/** What a query may ask for, by the column that it looks at. */
const CONDITIONS = ['message', 'version', 'channel', 'status', 'cause', 'locale', 'country', 'region', 'shop'] as const;
type Conditions = { [name in (typeof CONDITIONS)[number]]?: string } & { mailHost?: string };

type Flags = ChangeFlags &
  WhoAndWhy &
  Conditions & { since?: string; until?: string; limit: number; evenIfItMayHaveArrived?: true; json?: true };

export const resendCommand = (world: World): Command =>
  withWhoAndWhy(
    defineCommand(world, {
      name: 'resend',
      effect: 'changes',
      about: 'Sends the same text to the same address once more, with a deadline of its own.',
      examples: [
        'resend order:1042 --why "The phone was off, the customer asks for it."',
        'resend 019aa3b2-… --even-if-it-may-have-arrived --why "The customer says that it never came."',
        'resend --message order-delayed --version 3 --cause carrier-blocked --since 2h --why "Carrier has lifted it."',
      ],
    }),
    world,
    'required',
  )
    .argument('[what]', 'a subject such as order:1042, or a delivery id; without it a query by the options below')
    .option('--message <name>', 'of this message')
    .option('--version <number>', 'of this version of it')
    .addOption(new Option('--channel <channel>', 'on this channel').choices(['sms', 'email']))
    .addOption(new Option('--status <status>', 'with this status').choices(STATUSES))
    .option('--cause <cause>', 'for this cause, a word of docs/statuses.md such as carrier-blocked', causeOf)
    .option('--locale <locale>', 'in this language')
    .option('--country <country>', 'to this country')
    .option('--region <region>', 'to this region')
    .option('--shop <name>', 'for this shop')
    .option('--mail-host <host>', 'to mailboxes at this host')
    .option('--since <time>', `planned ${SINCE_HELP}`)
    .option('--until <time>', 'planned before, written like --since')
    .option('--limit <count>', 'refuse when there are more than so many', wholeNumber, 500)
    .option('--even-if-it-may-have-arrived', 'those too that arrived or may have: somebody may get it twice')
    .action(async (what: string | undefined, flags: Flags) => resendAll(world, what, flags));

function causeOf(text: string): string {
  if (Object.hasOwn(CAUSES, text)) return text;
  throw new InvalidArgumentError(`Expected one of ${Object.keys(CAUSES).join(', ')}.`);
}

type Checked = { delivery: Delivery; against: string | undefined };

async function resendAll(world: World, what: string | undefined, flags: Flags): Promise<void> {
  const { connections, terminal, now } = world;
  const tables = connections.tables();
  const { hashKeys, limits } = connections.settings();
  const dependencies: ResendDependencies = {
    ...tables,
    limits,
    queues: connections.broker(),
    clock: { now, monotonic: () => performance.now(), wait: unused },
    addressHashes: (channel, address) => addressHashes(hashKeys, channel, address),
  };
  const ids = await idsOf(world, what, flags);
  if (ids.length > flags.limit)
    throw new CommandError(`There are ${ids.length} deliveries; --limit ${ids.length} allows so many.`, MISUSED);
  const follow = what !== undefined && !what.includes(':');
  const checked = await checkAll(
    world,
    ids,
    { follow, evenIfArrived: flags.evenIfItMayHaveArrived === true },
    dependencies,
  );
  const wanted = checked.flatMap(({ delivery, against }) => (against === undefined ? [delivery] : []));
  const left = checked.filter(({ against }) => against !== undefined);

  for (const line of leftLines(left, terminal.width)) terminal.say(line);
  if (wanted.length === 0)
    throw new CommandError(`Nothing to send again of ${counted(checked.length, 'delivery', 'deliveries')}.`);
  for (const line of wantedLines(wanted, terminal.width)) terminal.say(line);
  const doing = `Sends ${counted(wanted.length, 'delivery', 'deliveries')} again.`;
  const report = (resent: readonly Plan[]) =>
    terminal.print(flags.json ? asJson(wanted, resent, left) : resentLines(resent, terminal.width).join('\n'));
  if (!(await agree(world, flags, doing))) {
    if (flags.json) report([]);
    return;
  }
  const { by, why } = flags;
  await tables.staffActions.put({ at: now(), by, command: 'resend', what: `${doing} Why: ${why}` });
  report(await sendAll(world, wanted, { by, why }, dependencies));
}

const unused = () => Promise.reject(new Error('a command waits for nothing'));

async function idsOf(world: World, what: string | undefined, flags: Flags): Promise<DeliveryId[]> {
  const { connections } = world;
  if (what === undefined) return query(world, flags);
  const asked = [...CONDITIONS, 'mailHost', 'since', 'until'].find((name) => name in flags);
  if (asked)
    throw new CommandError('Name a subject or delivery, or describe deliveries by options; not both.', MISUSED);
  const delivery = parseAttemptId(what)?.delivery;
  if (delivery) return [delivery];
  const { deliveries } = await connections.tables().subjects.find(what.includes(':') ? what : `order:${what}`);
  if (deliveries.length > 0) return deliveries;
  throw new CommandError(`Nothing is known of ${what}. Expected a subject such as order:1042, or a delivery id.`);
}

async function query({ connections, terminal, now: clock }: World, flags: Flags): Promise<DeliveryId[]> {
  const conditions = [...CONDITIONS, 'mailHost' as const].filter((name) => flags[name] !== undefined);
  if (flags.since === undefined || conditions.length === 0)
    throw new CommandError(
      'Say which: a subject, a delivery id, or --since with a condition such as --message.',
      MISUSED,
    );
  const now = clock();
  const since = sinceOf(flags.since, now);
  const until = flags.until === undefined ? undefined : sinceOf(flags.until, now);
  const isMeant = (row: Outline) =>
    row.arrived >= since &&
    (until === undefined || row.arrived < until) &&
    conditions.every((name) => String(row[name]) === flags[name]);
  const found: DeliveryId[] = [];
  for (const hour of hoursFrom(since, until ?? now)) {
    terminal.progress(`Reading ${hour}:00: ${found.length} found`);
    for await (const row of connections.tables().deliveries.outlinesOfHour(hour)) if (isMeant(row)) found.push(row.id);
  }
  terminal.progress('');
  if (found.length === 0) throw new CommandError('There is no such delivery.');
  return found;
}

/** Reads at once; each is a few small requests. */
const AT_ONCE = 8;

/** @param how `follow`: of a delivery that was sent again, the last one is meant */
async function checkAll(
  { terminal }: World,
  ids: readonly DeliveryId[],
  { follow, evenIfArrived }: { follow: boolean; evenIfArrived: boolean },
  dependencies: ResendDependencies,
): Promise<Checked[]> {
  const limit = pLimit(AT_ONCE);
  let done = 0;
  const checked = await limit.map(ids, async (id): Promise<Checked | undefined> => {
    const delivery = await dependencies.deliveries.read(id);
    if (!delivery) return undefined;
    const last = await lastOf(delivery, dependencies);
    terminal.progress(`${(done += 1)} of ${ids.length} looked at`);
    if (last !== delivery && !follow) return { delivery, against: 'It was sent again already.' };
    return { delivery: last, against: await reasonAgainst(last, evenIfArrived, dependencies) };
  });
  terminal.progress('');
  const known = checked.filter((one) => one !== undefined);
  if (known.length === 0) throw new CommandError('There is no such delivery.');
  return known;
}

async function sendAll(
  { terminal }: World,
  wanted: readonly Delivery[],
  words: WhoAndWhy,
  dependencies: ResendDependencies,
): Promise<Plan[]> {
  const resent: Plan[] = [];
  try {
    for (const delivery of wanted) {
      resent.push(await resend(delivery, words, dependencies));
      terminal.progress(`${resent.length} of ${wanted.length} sent again`);
    }
  } catch (error) {
    terminal.say(
      `${resent.length} of ${wanted.length} were sent again. The same command again does the rest, and none of them twice.`,
    );
    throw error;
  }
  terminal.progress('');
  return resent;
}

/** Listed before somebody says yes. */
const MOST_LISTED = 20;

function wantedLines(wanted: readonly Delivery[], width: number): string[] {
  const lines = aligned([[], ...wanted.slice(0, MOST_LISTED).map(cellsOf)], width - 2).slice(1);
  const more = wanted.length > MOST_LISTED ? [`… and ${wanted.length - MOST_LISTED} more`] : [];
  return [...lines, ...more].map((line) => `  ${line}`);
}

const cellsOf = ({ plan, progress }: Delivery): string[] => [
  plan.subject,
  plan.channel,
  maskAddress(plan.channel, plan.address),
  `${plan.message} v${plan.version}`,
  `${progress.status}: ${progress.cause}`,
];

/** What is left alone, counted by reason. */
function leftLines(left: readonly Checked[], width: number): string[] {
  const groups = [...Map.groupBy(left, ({ against }) => against ?? '')];
  return groups.flatMap(([against, { length }]) => aligned([[`Left alone: ${length}.`, against]], width));
}

const resentLines = (resent: readonly Plan[], width: number): string[] =>
  aligned(
    [
      ['sent again as', 'subject', 'channel', 'until'],
      ...resent.map(({ id, subject, channel, deadline }) => [id, subject, channel, minute(deadline)]),
    ],
    width,
  );

function asJson(wanted: readonly Delivery[], resent: readonly Plan[], left: readonly Checked[]): string {
  const byOriginal = new Map(resent.map((plan) => [plan.resend?.of, plan.id]));
  const outline = ({ plan: { id, subject, channel, address, message, version } }: Delivery) => ({
    id,
    subject,
    channel,
    recipient: maskAddress(channel, address),
    message,
    version,
  });
  return JSON.stringify(
    {
      sentAgain: wanted.map((delivery) => ({ ...outline(delivery), as: byOriginal.get(delivery.plan.id) ?? null })),
      left: left.map(({ delivery, against }) => ({ ...outline(delivery), why: against })),
    },
    null,
    2,
  );
}
