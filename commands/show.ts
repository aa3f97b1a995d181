/** Shows what became of an order or appointment: `npm run show -- order:1042`. */
import { styleText } from 'node:util';
import { Command } from 'commander';
import { maskAddress } from '../shared/addresses.ts';
import { tableClient } from '../shared/azure/identity.ts';
import { openTables } from '../shared/azure/tables.ts';
import { CAUSES } from '../shared/causes.ts';
import { readConnection } from '../shared/config.ts';
import type { Delivery } from '../shared/delivery.ts';
import { projectFailure } from '../shared/failures.ts';
import type { EventRecord } from '../shared/ports.ts';
import { commandEnvironment } from './settings.ts';
import { showSubject } from './timeline.ts';

type Flags = { reveal?: boolean; json?: boolean };

const WIDEST = 120;

const program = new Command('show')
  .description('Every delivery of an order or appointment: what became of it, why, and what to do.')
  .argument('<subject>', 'such as order:1042')
  .option('--reveal', 'addresses and texts in full instead of masked recipients')
  .option('--json', 'as JSON, for programs')
  .addHelpText('after', '\nExamples:\n  npm run show -- order:1042\n  npm run show -- order:1042 --json --reveal');

await program.parseAsync();
process.exitCode = await show(program.processedArgs[0] as string, program.opts<Flags>(), new Date());

/** @returns the exit code */
async function show(asked: string, { reveal = false, json = false }: Flags, now: Date): Promise<number> {
  const subject = asked.includes(':') ? asked : `order:${asked}`;
  const connection = readConnection('Tables', commandEnvironment());
  if (typeof connection === 'string')
    return fail(
      `${connection}\nStart the pipeline with \`npm start\`, which writes local.settings.json, or set Tables.`,
    );
  const { subjects, deliveries } = openTables((name) => tableClient(connection, name));
  let events: EventRecord[];
  let read: (Delivery | undefined)[];
  try {
    const found = await subjects.find(subject);
    events = found.events;
    read = await Promise.all(found.deliveries.map((id) => deliveries.read(id)));
  } catch (error) {
    const { code, name } = error as { code?: string; name?: string };
    return fail(
      `Cannot read the tables (${code ?? name ?? 'unknown'}). Start the pipeline with \`npm start\`, or check the setting Tables.`,
    );
  }
  if (events.length === 0)
    return fail(`Nothing is known of ${subject}. It is written as its events name it, such as order:1042.`);

  events.sort((a, b) => a.arrived.getTime() - b.arrived.getTime());
  const rows = read.filter((row) => row !== undefined).sort(byArrival);
  if (json)
    console.log(JSON.stringify({ subject, events, deliveries: rows.map((row) => plain(row, reveal, now)) }, null, 2));
  else
    console.log(
      showSubject(subject, events, rows, {
        reveal,
        width: Math.min(process.stdout.columns ?? WIDEST, WIDEST),
        paint: (style, text) => styleText(style, text, { stream: process.stdout }),
      }),
    );
  return 0;
}

function byArrival({ plan: a }: Delivery, { plan: b }: Delivery): number {
  return (
    a.arrived.getTime() - b.arrived.getTime() ||
    a.message.localeCompare(b.message) ||
    b.channel.localeCompare(a.channel)
  );
}

/** The row without what only machines of this product need; no address and no text unless they are asked for. */
function plain(delivery: Delivery, reveal: boolean, now: Date) {
  const { id, address, content, ...plan } = delivery.plan;
  const { status, cause, accepted, reported, slot, attempt, sender, providerId, segments, history, omitted } =
    delivery.progress;
  const { meaning, nextStep } = CAUSES[cause];
  const resolvedAt = projectFailure(delivery, now)?.resolvedAt;
  return {
    id,
    ...plan,
    recipient: reveal ? address : maskAddress(plan.channel, address),
    ...(reveal ? { content } : {}),
    status,
    cause,
    meaning,
    nextStep,
    accepted,
    reported,
    resolvedAt,
    slot,
    attempt,
    sender,
    providerId,
    segments,
    omitted,
    timeline: history,
  };
}

function fail(text: string): number {
  console.error(text);
  return 1;
}
