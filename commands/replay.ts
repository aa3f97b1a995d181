/** `notify replay`: a real order history, played once more. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ORDER_EVENTS } from '../shared/entities.ts';
import { CsvRowsError } from '../shared/csv-rows.ts';
import { type Happening, happeningsIn } from '../shared/order-history.ts';
import { agree, type ChangeFlags, CommandError, defineCommand, MISUSED, wholeNumber, type World } from './command.ts';
import { exampleEvent } from './example-event.ts';
import { counted } from './format.ts';

type Flags = ChangeFlags & { limit: number; json?: true };

export const replayCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'replay',
    effect: 'changes',
    about:
      'Publishes the order history of a CSV file, its times moved to now. Recipients are made up: numbers and hosts reserved for fiction, so nobody is told.',
    examples: ['replay orders.csv --dry-run', 'replay orders.csv --limit 100 --yes'],
  })
    .argument('<file.csv>', 'columns order_id, customer, status, purchased, handed_to_carrier, delivered, promised')
    .option('--limit <count>', 'only the latest so many events; 0 is all', wholeNumber, 0)
    .action(async (file: string, flags: Flags) => replay(world, file, flags));

const BATCH = 200;

async function replay(world: World, file: string, flags: Flags): Promise<void> {
  const { connections, terminal } = world;
  const happenings = await read(file, world.now());
  const played = flags.limit === 0 ? happenings : happenings.slice(-flags.limit);
  const [linkHost = ''] = connections.linkHosts();
  const broker = connections.broker();
  const where = `${ORDER_EVENTS} at ${connections.where('ServiceBus')}`;
  if (!(await agree(world, flags, `Sends ${counted(played.length, 'event')} to ${where}, as fast as it takes them.`)))
    return;
  for (let sent = 0; sent < played.length; sent += BATCH) {
    terminal.progress(`${sent} of ${counted(played.length, 'event')} sent`);
    const batch = played.slice(sent, sent + BATCH).map((happening) => {
      const event = eventOf(happening, linkHost);
      return { id: event.id, body: Buffer.from(JSON.stringify(event)) };
    });
    await broker.publish(ORDER_EVENTS, batch);
  }
  const orders = new Set(played.map(({ order }) => order)).size;
  terminal.print(
    flags.json
      ? JSON.stringify({ events: played.length, orders }, null, 2)
      : `Sent ${counted(played.length, 'event')} of ${counted(orders, 'order')}. What becomes of them: npm run notify -- status`,
  );
}

async function read(file: string, now: Date): Promise<Happening[]> {
  try {
    return happeningsIn(await readFile(file, 'utf8'), now);
  } catch (error) {
    if (error instanceof CsvRowsError) throw new CommandError(`${file}: ${error.message}`, MISUSED);
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined) throw new CommandError(`Cannot read ${file}: ${code}.`, MISUSED);
    throw error;
  }
}

/** The same file gives the same events within a day: who plays it twice tells nobody twice. */
function eventOf({ order, customer, type, time, promisedBy }: Happening, linkHost: string) {
  const newPromisedBy = new Date(promisedBy.getTime() + 2 * 86_400_000).toISOString();
  const flags = {
    id: `${order}:${type}:${time.toISOString()}`,
    order,
    source: '/shops/casa-feliz',
    shop: 'Casa Feliz',
    shopLanguage: 'en',
    name: 'Ana Souza',
    ...nobody(customer),
    locale: 'pt-BR',
    timeZone: 'America/Sao_Paulo',
    country: 'BR',
    total: 12_990,
    currency: 'BRL',
    carrier: 'Correio Azul',
    promisedBy: promisedBy.toISOString(),
    newPromisedBy,
    expectedBy: promisedBy.toISOString(),
  };
  return exampleEvent(type, flags, linkHost, time);
}

/** Always the same for the same customer; the numbers 555-0100 to 555-0199 and the host are reserved for fiction. */
function nobody(customer: string): { phone: string; email: string } {
  const digest = createHash('sha256').update(customer);
  const line = digest.digest().readUInt16BE() % 100;
  return {
    phone: `+1202555${String(100 + line).padStart(4, '0')}`,
    email: `customer.${customer.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 32)}@mail.example`,
  };
}
