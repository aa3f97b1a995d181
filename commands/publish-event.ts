/** Publishes one order event: `npm run publish-event -- --help`. */
import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { maskAddress } from '../shared/addresses.ts';
import { serviceBusClient } from '../shared/azure/identity.ts';
import { SERVICE_BUS_OPTIONS } from '../shared/azure/queues.ts';
import { type Connection, readConnection } from '../shared/config.ts';
import { ORDER_EVENTS } from '../shared/entities.ts';
import { type DomainEvent, EVENT_TYPES, type EventType, parseEvent } from '../shared/events.ts';
import { planEvent } from '../shared/plan.ts';
import { exampleEvent, type ExampleFlags, exampleId } from './example-event.ts';
import { commandEnvironment } from './settings.ts';

type Flags = Omit<ExampleFlags, 'id'> & { id?: string; file?: string };

const wholeNumber = (text: string): number => {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
};

const program = new Command('publish-event')
  .description('Validates one order event and sends it to the topic. Everything that you do not say is made up.')
  .addArgument(new Argument('[type]', 'what happened').choices(EVENT_TYPES))
  .option('--order <number>', 'order number', '1042')
  .option('--id <id>', 'id of the event; the id of an earlier one sends that event again')
  .option('--phone <number>', 'phone number of the customer; a made-up one if neither --phone nor --email is given')
  .option('--email <address>', 'mail address of the customer')
  .option('--name <name>', 'name of the customer', 'Anna Berg')
  .option('--locale <locale>', 'language and region of the customer', 'en-GB')
  .option('--time-zone <zone>', 'time zone of the customer', 'Europe/Vienna')
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
  .option('--revision <number>', 'state of the order, counted', wholeNumber)
  .option('--expires-at <instant>', 'not to be sent any more from then on')
  .option('--file <file>', 'a whole event as JSON instead of all this, - for standard input')
  .addHelpText(
    'after',
    `
Examples:
  npm run publish-event -- order.delayed --order 1042 --phone +12025550123
  npm run publish-event -- --file event.json

The contract stands in docs/events.md.`,
  );

await program.parseAsync();
process.exitCode = await publish(program.processedArgs[0] as EventType | undefined, program.opts<Flags>(), new Date());

/** @returns the exit code */
async function publish(type: EventType | undefined, flags: Flags, now: Date): Promise<number> {
  const environment = commandEnvironment();
  const linkHosts = (environment['TRACKING_LINK_HOSTS'] ?? 'track.example.com')
    .toLowerCase()
    .split(',')
    .map((host) => host.trim());
  const body = await bodyOf(type, flags, linkHosts[0] ?? '', now);
  if (typeof body === 'string') return fail(body);

  const parsed = parseEvent(body, now, linkHosts);
  if (!parsed.ok)
    return fail(
      [
        'This event would be rejected, so it was not sent:',
        ...parsed.reasons.map(({ path, expected }) => `  ${path}: expected ${expected}`),
      ].join('\n'),
    );

  const connection = readConnection('ServiceBus', environment);
  if (typeof connection === 'string')
    return fail(
      `${connection}\nStart the pipeline with \`npm start\`, which writes local.settings.json, or set ServiceBus.`,
    );
  const fault = await send(connection, body, parsed.event.id);
  if (fault)
    return fail(
      `Cannot reach the broker (${fault}). Start the pipeline with \`npm start\`, or check the setting ServiceBus.`,
    );
  console.log(summary(parsed.event, now));
  return 0;
}

/** The bytes to send, or what is wrong. */
async function bodyOf(
  type: EventType | undefined,
  flags: Flags,
  linkHost: string,
  now: Date,
): Promise<Uint8Array | string> {
  if (flags.file !== undefined) return bodyOfFile(flags.file, flags.id);
  if (type === undefined) return `Say what happened: ${EVENT_TYPES.join(', ')}; or give --file. See --help.`;
  const id = flags.id ?? exampleId(type, now);
  return Buffer.from(JSON.stringify(exampleEvent(type, { ...flags, id }, linkHost, now)));
}

async function bodyOfFile(file: string, id: string | undefined): Promise<Uint8Array | string> {
  let body: Uint8Array;
  try {
    body = file === '-' ? await buffer(process.stdin) : await readFile(file);
  } catch (error) {
    return `Cannot read ${file}: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.`;
  }
  if (id === undefined) return body;
  try {
    return Buffer.from(JSON.stringify({ ...(JSON.parse(Buffer.from(body).toString()) as object), id }));
  } catch {
    return `${file} is not JSON.`;
  }
}

/** @returns the code of what went wrong */
async function send(connection: Connection, body: Uint8Array, id: string): Promise<string | undefined> {
  const client = serviceBusClient(connection, SERVICE_BUS_OPTIONS);
  try {
    await client
      .createSender(ORDER_EVENTS)
      .sendMessages({ body: Buffer.from(body), messageId: id, contentType: 'application/cloudevents+json' });
    return undefined;
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    return code ?? name ?? 'unknown';
  } finally {
    await client.close().catch(() => undefined);
  }
}

function summary(event: DomainEvent, now: Date): string {
  const told = planEvent(event, now).map(
    ({ channel, address, unsendable }) =>
      `${channel} ${maskAddress(channel, address)}${unsendable ? ` (${unsendable})` : ''}`,
  );
  return [
    `Sent ${event.type} to ${ORDER_EVENTS}.`,
    `  id       ${event.id}`,
    `  subject  ${event.subject}`,
    `  tells    ${told.join(', ')}`,
    '',
    `What became of it:      npm run show -- ${shellWord(event.subject)}`,
    `The same event again:   add --id ${shellWord(event.id)} to this command; nobody is told twice`,
  ].join('\n');
}

function shellWord(text: string): string {
  return /^[\w:./+@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function fail(text: string): number {
  console.error(text);
  return 1;
}
