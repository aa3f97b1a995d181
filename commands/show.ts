/** `notify show`: what became of an order or appointment. */
import type { Command } from 'commander';
import { maskAddress } from '../shared/addresses.ts';
import { CAUSES } from '../shared/causes.ts';
import type { Delivery } from '../shared/delivery.ts';
import { projectFailure } from '../shared/failures.ts';
import { CommandError, defineCommand, type World } from './command.ts';
import { showSubject } from './timeline.ts';

type Flags = { reveal?: true; json?: true };

export const showCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'show',
    effect: 'reads',
    about: 'Every delivery of an order or appointment: what became of it, why, and what to do.',
    examples: ['show order:1042', 'show order:1042 --json --reveal'],
  })
    .argument('<subject>', 'such as order:1042')
    .option('--reveal', 'addresses and texts in full instead of masked recipients')
    .action(async (asked: string, flags: Flags) => show(world, asked, flags));

async function show(world: World, asked: string, { reveal, json }: Flags): Promise<void> {
  const { connections, terminal } = world;
  const now = world.now();
  const subject = asked.includes(':') ? asked : `order:${asked}`;
  const { subjects, deliveries } = connections.tables();
  const found = await subjects.find(subject);
  if (found.events.length === 0)
    throw new CommandError(`Nothing is known of ${subject}. It is written as its events name it, such as order:1042.`);
  const read = await Promise.all(found.deliveries.map((id) => deliveries.read(id)));
  const events = found.events.toSorted((a, b) => a.arrived.getTime() - b.arrived.getTime());
  const rows = read.filter((row) => row !== undefined).sort(byArrival);
  terminal.print(
    json
      ? JSON.stringify({ subject, events, deliveries: rows.map((row) => plain(row, reveal === true, now)) }, null, 2)
      : showSubject(subject, events, rows, { reveal: reveal === true, width: terminal.width, paint: terminal.paint }),
  );
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
