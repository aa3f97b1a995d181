/** `notify reminders`: which reminders of appointments are waiting, when each is due, and why. */
import type { Command } from 'commander';
import type { AppointmentVersion } from '../shared/ports.ts';
import { startOf } from '../shared/reminders.ts';
import { versionOf } from '../shared/subject.ts';
import { CommandError, defineCommand, wholeNumber, type World } from './command.ts';
import { aligned, clean, counted, duration, minute } from './format.ts';
import { offsetInWords, ruleOf, type StandingReminder, standingsOf } from './reminder-standing.ts';

type Flags = { days: number; limit: number; json?: true };

export const remindersCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'reminders',
    effect: 'reads',
    about:
      'Which reminders of appointments are waiting, when each is due (UTC), and why; of one appointment all of them.',
    examples: ['reminders', 'reminders --days 2', 'reminders appointment:77'],
  })
    .argument('[appointment]', 'a subject such as appointment:77, or its number alone')
    .option('--days <count>', 'of appointments that begin within so many days', wholeNumber, 31)
    .option('--limit <count>', 'at most so many, the next ones; 0 is all', wholeNumber, 50)
    .action(async (asked: string | undefined, flags: Flags) =>
      asked === undefined
        ? listWaiting(world, flags)
        : showOne(world, asked.includes(':') ? asked : `appointment:${asked}`, flags),
    );

type Row = StandingReminder & { version: AppointmentVersion; rule: string };

const DAY = 86_400_000;

async function listWaiting(world: World, { days, limit, json }: Flags): Promise<void> {
  const { connections, terminal } = world;
  const now = world.now();
  const rows: Row[] = [];
  let read = 0;
  for await (const version of versionsFrom(now, new Date(now.getTime() + days * DAY), connections)) {
    rows.push(
      ...(await rowsOf(version, world)).filter(({ standing }) => standing === 'waiting' || standing === 'late'),
    );
    read += 1;
    if (read % 500 === 0) terminal.progress(`${counted(read, 'appointment')} read`);
  }
  rows.sort((a, b) => a.due.getTime() - b.due.getTime());
  const shown = limit === 0 ? rows : rows.slice(0, limit);
  if (json) return terminal.print(JSON.stringify(shown.map(plain), null, 2));
  terminal.print([headingOf(rows, days), ...tableOf(shown, now, terminal.width)].join('\n'));
  if (shown.length < rows.length)
    terminal.say(`The next ${shown.length} of ${rows.length} are shown; --limit 0 shows all.`);
  if (rows.some(({ standing }) => standing === 'late'))
    terminal.say('Late ones are due, but nobody has planned them: see "Reminders are late" in docs/runbook.md.');
}

/** In the order of their days; one that begins this minute may stand in the partition of yesterday. */
async function* versionsFrom(
  now: Date,
  until: Date,
  connections: World['connections'],
): AsyncGenerator<AppointmentVersion> {
  const { appointments, ageing } = connections.tables();
  let day = await ageing.appointments.firstFrom(now.toISOString().slice(0, 10));
  while (day !== undefined && day <= until.toISOString().slice(0, 10)) {
    for await (const version of appointments.ofDay(day)) if (startOf(version) > now) yield version;
    day = await ageing.appointments.firstFrom(`${day}!`);
  }
}

async function rowsOf(version: AppointmentVersion, { connections, now }: World): Promise<Row[]> {
  const { subjects } = connections.tables();
  const settings = connections.reminders();
  const { source, subject, id } = version.event;
  const [{ newest }, { events }] = await Promise.all([subjects.current(source, subject), subjects.find(subject)]);
  const recorded = new Set(events.filter((event) => event.source === source).map((event) => event.id));
  const standings = standingsOf(version, { isNewest: versionOf(newest)?.id === id, recorded, now: now() });
  return standings.map((reminder) => ({ ...reminder, version, rule: ruleOf(version, settings) }));
}

async function showOne(world: World, subject: string, { json }: Flags): Promise<void> {
  const { connections, terminal } = world;
  const { subjects, appointments } = connections.tables();
  const { events } = await subjects.find(subject);
  const versions = await Promise.all(
    events.map(async ({ source, id, until: start }) => start && appointments.read({ start, source, subject, id })),
  );
  const known = versions.filter((version) => version !== undefined);
  if (known.length === 0)
    throw new CommandError(
      events.length === 0
        ? `Nothing is known of ${subject}. It is written as its events name it, such as appointment:77.`
        : `${subject} has no reminders: none of its events says when it takes place.`,
    );
  const rows = (await Promise.all(known.map((version) => rowsOf(version, world)))).flat();
  rows.sort((a, b) => a.due.getTime() - b.due.getTime());
  if (json) return terminal.print(JSON.stringify(rows.map(plain), null, 2));
  const waiting = rows.filter(({ standing }) => standing === 'waiting').length;
  terminal.print(
    [`${clean(subject)}: ${counted(waiting, 'reminder')} waiting.`, ...tableOf(rows, world.now(), terminal.width)].join(
      '\n',
    ),
  );
}

const plain = ({ version, due, offset, standing, rule }: Row) => ({
  subject: version.event.subject,
  source: version.event.source,
  event: version.event.id,
  start: startOf(version),
  due,
  offset,
  standing,
  rule,
});

function headingOf(rows: readonly Row[], days: number): string {
  const late = rows.filter(({ standing }) => standing === 'late').length;
  const within = `of appointments that begin within ${counted(days, 'day')}`;
  if (rows.length === 0) return `No reminders are waiting, ${within}.`;
  return `${counted(rows.length - late, 'reminder')} waiting${late > 0 ? `, ${late} late` : ''}, ${within}.`;
}

function tableOf(rows: readonly Row[], now: Date, width: number): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ version, due, offset, standing, rule }) => [
    minute(due),
    due > now ? `in ${duration(due.getTime() - now.getTime())}` : '',
    standing,
    version.event.subject,
    minute(startOf(version)),
    offsetInWords(offset),
    WHYS[standing](version, rule),
  ]);
  const head = ['due', '', '', 'appointment', 'begins', 'reminder', 'why'];
  return ['', ...aligned([head, ...cells], width - 2, 3).map((line) => `  ${line}`)];
}

const WHYS: Record<StandingReminder['standing'], (version: AppointmentVersion, rule: string) => string> = {
  waiting: ({ event }, rule) => `${rule}, ${event.type.replace('appointment.', '')} by event ${event.id}`,
  late: ({ event }, rule) => `${rule}, ${event.type.replace('appointment.', '')} by event ${event.id}`,
  planned: () => 'its deliveries are planned',
  missed: () => 'the appointment has begun',
  over: () => 'its time had passed when the event came',
  void: ({ event }) => `event ${event.id} is no longer the newest`,
};
