/** `notify publish`: one event by hand. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Argument, type Command } from 'commander';
import { maskAddress, parseMail, parsePhone } from '../shared/addresses.ts';
import { EVENT_TOPICS } from '../shared/entities.ts';
import { type DomainEvent, EVENT_TYPES, type EventType, familyOf, parseEvent } from '../shared/events.ts';
import { planEvent } from '../shared/plan.ts';
import type { Reason } from '../shared/ports.ts';
import {
  agree,
  type ChangeFlags,
  CommandError,
  defineCommand,
  FAILED,
  MISUSED,
  wholeNumber,
  type World,
} from './command.ts';
import { exampleEvent, type ExampleFlags, exampleId, flagOf } from './example-event.ts';
import { shellWord } from './format.ts';

type Flags = Omit<ExampleFlags, 'id'> & ChangeFlags & { id?: string; file?: string; json?: true };

export const publishCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'publish',
    effect: 'changes',
    about:
      'Validates one event and sends it to its topic; customers are told. What you do not say is made up. Does not ask when it reaches nothing but this machine.',
    examples: [
      'publish order.delayed --order 1042 --phone +12025550123',
      'publish appointment.booked --appointment 77 --email anna.berg@mail.example',
      'publish --file event.json',
    ],
  })
    .addArgument(new Argument('[type]', 'what happened').choices(EVENT_TYPES))
    .option('--order <number>', 'order number', '1042')
    .option('--appointment <number>', 'appointment number')
    .option('--id <id>', 'id of the event; the id of an earlier one sends that event again')
    .option('--phone <number>', 'phone number of the customer; a made-up one if neither --phone nor --email is given')
    .option('--email <address>', 'mail address of the customer')
    .option('--name <name>', 'name of the customer', 'Anna Berg')
    .option('--locale <locale>', 'language and region of the customer', 'en-GB')
    .option('--time-zone <zone>', 'time zone of the customer, and of the appointment', 'Europe/Vienna')
    .option('--country <country>', 'country of the customer', 'AT')
    .option('--region <region>', 'region of the customer')
    .option('--shop <name>', 'name of the shop', 'Nordlicht')
    .option('--shop-language <locale>', 'language of the shop', 'de')
    .option('--source <uri>', 'which system sends', '/shops/nordlicht')
    .option('--total <amount>', 'total in minor units', wholeNumber, 12_990)
    .option('--currency <code>', 'its currency', 'EUR')
    .option('--carrier <name>', 'who delivers (order.out-for-delivery)', 'Alpenpost')
    .option('--promised-by <instant>', 'promised until now, such as 2026-11-24T18:00:00+01:00')
    .option('--new-promised-by <instant>', 'promised from now on (order.delayed)')
    .option('--expected-by <instant>', 'end of the time window (order.out-for-delivery)')
    .option('--service <text>', 'what the appointment is')
    .option('--staff <name>', 'whom the customer meets')
    .option('--place <text>', 'where it takes place')
    .option('--online', 'it takes place online')
    .option('--start <instant>', 'when it begins')
    .option('--previous-start <instant>', 'when it was to begin until now (appointment.rescheduled)')
    .option('--minutes <count>', 'how long it takes', wholeNumber)
    .option('--revision <number>', 'state of the order or appointment, counted', wholeNumber)
    .option('--expires-at <instant>', 'not to be sent any more from then on (orders)')
    .option('--file <file>', 'a whole event as JSON instead of all this, - for standard input')
    .addHelpText('after', '\nThe contract stands in docs/events.md.')
    .action(async (type: EventType | undefined, flags: Flags) => publish(world, type, flags));

async function publish(world: World, type: EventType | undefined, flags: Flags): Promise<void> {
  const { connections, terminal } = world;
  const now = world.now();
  const linkHosts = connections.linkHosts();
  const body = await bodyOf(type, flags, linkHosts[0] ?? '', now);
  const parsed = parseEvent(body, now, linkHosts);
  const faults = faultsOf(parsed.ok ? [] : parsed.reasons, flags);
  if (!parsed.ok || faults.length > 0) {
    const [why, exitCode] =
      flags.file === undefined
        ? (['Nothing was sent, because these flags cannot be used:', MISUSED] as const)
        : (['Nothing was sent, because this event would be rejected:', FAILED] as const);
    throw new CommandError([why, ...faults].join('\n'), exitCode);
  }

  const { event } = parsed;
  const topic = topicOf(event);
  const broker = connections.broker();
  if (
    !(await agree(
      world,
      // On the laptop cloud nobody is told; there the question would only be in the way of trying things.
      { ...flags, ...(connections.areOnThisMachine() && { yes: true }) },
      `Sends ${event.type} of ${event.subject} to ${topic} at ${connections.where('ServiceBus')}, which tells ${told(event, now)}.`,
    ))
  )
    return;
  await broker.publish(topic, [{ id: event.id, body }]);
  terminal.print(
    flags.json
      ? JSON.stringify({ id: event.id, source: event.source, subject: event.subject, type: event.type }, null, 2)
      : summary(event, now),
  );
}

/** What is wrong, by the flag that makes it so; a file is published with the addresses that it has. */
function faultsOf(reasons: readonly Reason[], { file, phone, email, country }: Flags): string[] {
  const inFile = file !== undefined;
  const lines = reasons.map(({ path, expected }) => `  ${inFile ? path : flagOf(path)}: expected ${expected}`);
  if (!inFile && phone !== undefined && !parsePhone(phone, country))
    lines.push(`  --phone: expected a number that can be texted, with + or as it is dialled in ${country}`);
  if (!inFile && email !== undefined && !parseMail(email)) lines.push('  --email: expected a mail address');
  return lines;
}

/** The bytes to send. @throws CommandError */
async function bodyOf(type: EventType | undefined, flags: Flags, linkHost: string, now: Date): Promise<Uint8Array> {
  if (flags.file !== undefined) return bodyOfFile(flags.file, flags.id);
  if (type === undefined)
    throw new CommandError(`Say what happened: ${EVENT_TYPES.join(', ')}; or give --file. See --help.`, MISUSED);
  const id = flags.id ?? exampleId(type, now);
  return Buffer.from(JSON.stringify(exampleEvent(type, { ...flags, id }, linkHost, now)));
}

async function bodyOfFile(file: string, id: string | undefined): Promise<Uint8Array> {
  let body: Uint8Array;
  try {
    body = file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (error) {
    throw new CommandError(`Cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.`, MISUSED);
  }
  if (id === undefined) return body;
  try {
    return Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(body).toString()) as object), id }));
  } catch {
    throw new CommandError(`${file} is not JSON.`, MISUSED);
  }
}

const topicOf = ({ type }: DomainEvent): string => EVENT_TOPICS[familyOf(type)];

const told = (event: DomainEvent, now: Date): string =>
  planEvent(event, now)
    .map(
      ({ channel, address, unsendable }) =>
        `${channel} ${maskAddress(channel, address) || 'nobody'}${unsendable ? ` (${unsendable})` : ''}`,
    )
    .join(', ');

const summary = (event: DomainEvent, now: Date): string =>
  [
    `Sent ${event.type} to ${topicOf(event)}.`,
    `  id       ${event.id}`,
    `  subject  ${event.subject}`,
    `  tells    ${told(event, now)}`,
    '',
    `What became of it:      npm run notify -- show ${shellWord(event.subject)}`,
    `The same event again:   add --id ${shellWord(event.id)} to this command; nobody is told twice`,
  ].join('\n');
