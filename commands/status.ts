/** `notify status`: how things stand. */
import type { Command } from 'commander';
import { QueueError } from '../shared/azure/queues.ts';
import { SettingsError } from '../shared/config.ts';
import type { Channel, Outline } from '../shared/delivery.ts';
import type { Backlog } from '../shared/ports.ts';
import { STATUSES, type Status } from '../shared/status.ts';
import { CommandError, defineCommand, FAILED, wholeNumber, type World } from './command.ts';
import { isWaiting } from './dead-letters.ts';
import { failuresSince } from './failures.ts';
import { fingerprintOf } from './fingerprint.ts';
import { aligned, counted, duration, instant, wrap } from './format.ts';
import { rowsSince } from './rows-since.ts';
import { calendarLines, channelLines } from './pacing-lines.ts';
import {
  CHANNELS,
  type ChannelStanding,
  channelStanding,
  type PacingStanding,
  pacingStanding,
} from './pacing-standing.ts';
import { hoursFrom, SINCE_HELP, sinceOf } from './since.ts';
import type { Terminal } from './terminal.ts';

type Flags = { since: string; peek: number; json?: true };

export const statusCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'status',
    effect: 'reads',
    about: 'How things stand: what waits, what became of the last hour, what wants attention.',
    examples: ['status', 'status --since 24h --json'],
  })
    .option('--since <time>', `deliveries ${SINCE_HELP}`, '1h')
    .option('--peek <count>', 'look at no more than so many messages of each queue', wholeNumber, 2_000)
    .action(async (flags: Flags) => status(world, flags));

const MINUTE = 60_000;
const PROMISE = 5 * MINUTE;
const DAY = 24 * 60 * MINUTE;

export type ChannelFigures = {
  channel: Channel;
  planned: number;
  byStatus: Partial<Record<Status, number>>;
  /** Those whose five minutes are over; in time are some of them. */
  judged: number;
  acceptedInTime: number;
  deliveredInTime: number;
};

type Standing = {
  at: Date;
  since: Date;
  hosts: { tables: string; serviceBus: string };
  /** Undefined when the broker cannot be reached. */
  backlogs: readonly Backlog[] | undefined;
  deliveries: readonly ChannelFigures[];
  lastDay: { failures: number; rejected: number; deadLetters: number; deadLettersThatWait: number };
  channels: readonly ChannelStanding[];
  /** Undefined when the settings do not say who sends. */
  pacing: PacingStanding | undefined;
  /** Undefined when not all settings of the app are here. */
  fingerprint: string | undefined;
  /** What is missing or wrong in the settings; never a value. */
  settingsFaults: readonly string[];
};

async function status(world: World, { since: from, peek, json }: Flags): Promise<void> {
  const { connections, terminal } = world;
  const at = world.now();
  const since = sinceOf(from, at);
  terminal.progress('Looking at the queues');
  const backlogs = await backlogsOf(world, peek);
  const tables = connections.tables();
  const pacing = ifSet(() => connections.pacing());
  const settings = ifSet(() => connections.settings());
  const standing: Standing = {
    at,
    since,
    hosts: { tables: connections.where('Tables'), serviceBus: connections.where('ServiceBus') },
    backlogs,
    deliveries: figuresOf(await outlinesSince(world, since, at), at),
    lastDay: await lastDayOf(world, at),
    channels: await Promise.all(CHANNELS.map((channel) => channelStanding(channel, tables))),
    pacing: 'faults' in pacing ? undefined : await pacingStanding(pacing, tables, at),
    fingerprint: 'faults' in settings ? undefined : fingerprintOf(settings),
    settingsFaults: 'faults' in settings ? settings.faults : [],
  };
  terminal.print(json ? JSON.stringify(standing, null, 2) : linesOf(standing, terminal).join('\n'));
  if (!backlogs)
    throw new CommandError(
      'The broker could not be reached, so its queues are not in this: check the setting ServiceBus.',
      FAILED,
    );
}

async function backlogsOf({ connections }: World, most: number): Promise<readonly Backlog[] | undefined> {
  try {
    return await connections.broker().peek(most);
  } catch (error) {
    if (error instanceof QueueError || error instanceof CommandError) return undefined;
    throw error;
  }
}

async function outlinesSince({ connections, terminal }: World, since: Date, now: Date): Promise<Outline[]> {
  const { deliveries } = connections.tables();
  const found: Outline[] = [];
  for (const hour of hoursFrom(since, now)) {
    terminal.progress(`Reading ${hour}: ${counted(found.length, 'delivery', 'deliveries')}`);
    for await (const outline of deliveries.outlinesOfHour(hour)) if (outline.arrived >= since) found.push(outline);
  }
  return found;
}

async function lastDayOf({ connections, terminal }: World, now: Date): Promise<Standing['lastDay']> {
  const since = new Date(now.getTime() - DAY);
  const tables = connections.tables();
  const failures = await failuresSince(tables.failures, since, now, terminal.progress);
  const rejected = await rowsSince((day) => tables.rejectedEvents.outlinesOfDay(day), since, now, terminal.progress);
  const deadLetters = await rowsSince((day) => tables.deadLetters.ofDay(day), since, now, terminal.progress);
  return {
    failures: failures.filter(({ resolvedAt }) => !resolvedAt).length,
    rejected: rejected.length,
    deadLetters: deadLetters.length,
    deadLettersThatWait: deadLetters.filter(isWaiting).length,
  };
}

/** What was read from the settings, or what is missing or wrong in them. */
function ifSet<Part extends object>(read: () => Part): Part | { faults: readonly string[] } {
  try {
    return read();
  } catch (error) {
    if (error instanceof SettingsError) return { faults: error.faults };
    throw error;
  }
}

/** Per channel. What is younger than five minutes may still make it, what was sent again is late: neither is judged. */
export function figuresOf(outlines: readonly Outline[], now: Date): ChannelFigures[] {
  return CHANNELS.map((channel) => {
    const of = outlines.filter((outline) => outline.channel === channel);
    const byStatus: Partial<Record<Status, number>> = {};
    for (const { status: one } of of) byStatus[one] = (byStatus[one] ?? 0) + 1;
    const judged = of.filter(({ eventTime, resendOf }) => !resendOf && now.getTime() - eventTime.getTime() > PROMISE);
    return {
      channel,
      planned: of.length,
      byStatus,
      judged: judged.length,
      acceptedInTime: judged.filter((one) => isInTime(one, one.accepted)).length,
      deliveredInTime: judged.filter((one) => one.status === 'delivered' && isInTime(one, one.reported)).length,
    };
  });
}

const isInTime = ({ eventTime }: Outline, at: Date | undefined): boolean =>
  at !== undefined && at.getTime() - eventTime.getTime() <= PROMISE;

function linesOf(standing: Standing, { width, paint }: Pick<Terminal, 'width' | 'paint'>): string[] {
  const { at, since, hosts, backlogs, deliveries, channels, pacing, lastDay, fingerprint, settingsFaults } = standing;
  const section = (title: string, lines: readonly string[]) => [
    '',
    paint('bold', title),
    '',
    ...lines.map((line) => `  ${line}`.trimEnd()),
  ];
  return [
    `${instant(at)} · tables at ${hosts.tables} · broker at ${hosts.serviceBus}`,
    ...(backlogs ? section('What waits at the broker', backlogLines(backlogs, at, width)) : []),
    ...section(`Deliveries of events since ${instant(since)}`, deliveryLines(deliveries, width)),
    ...section('Channels', channelLines(channels, pacing?.dailyCaps, { width, paint })),
    ...section(
      'The rate calendar',
      pacing
        ? calendarLines(pacing, at, { width, paint })
        : ['The setting SENDERS says whose quotas there are: it is missing or wrong here.'],
    ),
    ...section('The last 24 hours', [
      ...attention(lastDay.failures, 'delivery', 'deliveries', 'did not arrive', 'failures --by cause,region', paint),
      ...attention(lastDay.rejected, 'event', 'events', 'could not be used', 'rejected --by', paint),
      ...attention(
        lastDay.deadLetters,
        'message',
        'messages',
        `given up, ${lastDay.deadLettersThatWait || 'none'} waiting for a person`,
        'dead-letters',
        paint,
      ),
    ]),
    '',
    ...(fingerprint === undefined
      ? [
          'Settings: not all of the app are here, so they have no fingerprint:',
          ...settingsFaults.flatMap((fault) => wrap(fault, width - 2).map((line) => `  ${line}`)),
        ]
      : [`Settings: fingerprint ${fingerprint} (the same wherever the app is set up alike)`]),
  ];
}

function backlogLines(backlogs: readonly Backlog[], now: Date, width: number): string[] {
  const count = (backlog: Backlog, messages: number) => `${backlog.isMore ? '≥ ' : ''}${messages}`;
  const rows = backlogs
    .filter(({ isDeadLetterQueue }) => !isDeadLetterQueue)
    .map((backlog) => {
      const dead = backlogs.find((other) => other.isDeadLetterQueue && other.entity === backlog.entity);
      return [
        backlog.entity,
        count(backlog, backlog.active),
        count(backlog, backlog.scheduled),
        backlog.oldest ? duration(Math.max(0, now.getTime() - backlog.oldest.getTime())) : '–',
        dead ? count(dead, dead.active) : '–',
      ];
    });
  return [
    ...aligned([['', 'now', 'scheduled', 'oldest', 'dead-lettered'], ...rows], width - 2),
    ...(backlogs.some(({ isMore }) => isMore) ? ['≥: there are more; --peek looks at more of them'] : []),
  ];
}

function deliveryLines(figures: readonly ChannelFigures[], width: number): string[] {
  const present = STATUSES.filter((one) => figures.some(({ byStatus }) => byStatus[one]));
  if (present.length === 0) return ['None.'];
  const share = (part: number, whole: number) => (whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`);
  const row = (title: string, cell: (one: ChannelFigures) => string) => [title, ...figures.map(cell)];
  return [
    ...aligned(
      [
        row('', ({ channel }) => channel),
        ...present.map((name) => row(name, ({ byStatus }) => String(byStatus[name] ?? 0))),
        row('all', ({ planned }) => String(planned)),
        row('accepted in time*', ({ acceptedInTime, judged }) => share(acceptedInTime, judged)),
        row('delivered in time*', ({ deliveredInTime, judged }) => share(deliveredInTime, judged)),
      ],
      width - 2,
    ),
    '* within five minutes of the event, of those whose five minutes are over',
  ];
}

function attention(
  count: number,
  one: string,
  many: string,
  what: string,
  command: string,
  paint: Terminal['paint'],
): string[] {
  const text = `${counted(count, one, many)} ${what}`;
  return count === 0 ? [text] : [text, paint('dim', `  npm run notify -- ${command}`)];
}
