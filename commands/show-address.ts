/** `notify show` of an address: every delivery to it within some days. Addresses are compared, never printed. */
import { maskAddress } from '../shared/addresses.ts';
import { CAUSES } from '../shared/causes.ts';
import type { Channel, Outline } from '../shared/delivery.ts';
import { hourAfter, hourAt, startOf } from '../shared/hours.ts';
import type { Deliveries } from '../shared/ports.ts';
import { addressOf } from './address.ts';
import { CommandError, recordReveal, type World } from './command.ts';
import { aligned, counted, instant, minute, shellWord, wrap } from './format.ts';
import { sinceOf } from './since.ts';
import type { Terminal } from './terminal.ts';

type Flags = { since: string; reveal?: true; json?: true };

export async function showAddress(world: World, asked: string, { since: from, reveal, json }: Flags): Promise<void> {
  const { connections, terminal } = world;
  const { channel, address } = addressOf(asked);
  const now = world.now();
  const since = sinceOf(from, now);
  const recipient = reveal ? address : maskAddress(channel, address);
  if (reveal) await recordReveal(world, 'show', `Reveals what went to ${maskAddress(channel, address)}.`);
  const found = await deliveriesTo(
    connections.tables().deliveries,
    { channel, address, since, now },
    terminal.progress,
  );
  if (found.length === 0)
    throw new CommandError(
      `Nothing was planned for ${recipient} since ${instant(since)}. --since looks further back, such as --since 30d.`,
    );
  if (json) {
    const deliveries = found.map((outline) => {
      const { address: _, ...row } = outline;
      const { meaning, nextStep } = CAUSES[row.cause];
      return { ...row, recipient, meaning, nextStep };
    });
    terminal.print(JSON.stringify({ recipient, since, deliveries }, null, 2));
  } else terminal.print(listOf(found, recipient, since, terminal).join('\n'));
}

type Search = { channel: Channel; address: string; since: Date; now: Date };

/** Reads each hour that holds deliveries, one after the other; the latest first. */
async function deliveriesTo(
  table: Pick<Deliveries, 'nextHour' | 'outlinesOfHour'>,
  { channel, address, since, now }: Search,
  progress: (text: string) => void,
): Promise<Outline[]> {
  const wanted = address.toLowerCase();
  const found: Outline[] = [];
  let read = 0;
  for (
    let hour = await table.nextHour(hourAt(since));
    hour !== undefined;
    hour = await table.nextHour(hourAfter(hour))
  ) {
    const share = (startOf(hour).getTime() - since.getTime()) / (now.getTime() - since.getTime());
    const percent = Math.round(Math.min(1, Math.max(0, share)) * 100);
    progress(`${percent} %: reading ${hour}, ${counted(read, 'delivery', 'deliveries')} read, ${found.length} found`);
    for await (const outline of table.outlinesOfHour(hour)) {
      read += 1;
      if (outline.channel === channel && outline.address.toLowerCase() === wanted) found.push(outline);
    }
  }
  progress('');
  return found.sort((a, b) => b.arrived.getTime() - a.arrived.getTime());
}

function listOf(
  rows: readonly Outline[],
  recipient: string,
  since: Date,
  view: Pick<Terminal, 'width' | 'paint'>,
): string[] {
  const [latest] = rows;
  const cells = rows.map(({ arrived, subject, message, version, status, cause }) => [
    minute(arrived),
    subject,
    `${message} v${version}`,
    status,
    cause,
  ]);
  const causes = [...new Set(rows.map(({ cause }) => cause))];
  return [
    view.paint('bold', `${counted(rows.length, 'delivery', 'deliveries')} to ${recipient} since ${instant(since)}`),
    '',
    ...aligned([['event', 'subject', 'message', 'status', 'cause'], ...cells], view.width - 2).map(
      (line) => `  ${line}`,
    ),
    '',
    ...causes.flatMap((cause) =>
      wrap(`${cause}: ${CAUSES[cause].meaning} ${CAUSES[cause].nextStep}`, view.width - 4).map(
        (line, index) => `${index === 0 ? '  ' : '    '}${line}`,
      ),
    ),
    '',
    `The timeline of one: npm run notify -- show ${shellWord(latest?.subject ?? '')}`,
  ];
}
