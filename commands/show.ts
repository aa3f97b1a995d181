/** `notify show`: what became of an order or appointment, of a delivery, or of all that went to an address. */
import type { Command } from 'commander';
import { maskAddress } from '../shared/addresses.ts';
import { CAUSES } from '../shared/causes.ts';
import { type DeliveryId, parseAttemptId } from '../shared/delivery-id.ts';
import type { Delivery } from '../shared/delivery.ts';
import { projectFailure } from '../shared/failures.ts';
import type { EventRecord } from '../shared/ports.ts';
import { CommandError, defineCommand, recordReveal, type World } from './command.ts';
import { showAddress } from './show-address.ts';
import { SINCE_HELP } from './since.ts';
import { showSubject } from './timeline.ts';

type Flags = { since: string; reveal?: true; json?: true };

export const showCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'show',
    effect: 'reads',
    about:
      'What became of an order or appointment, of one delivery, or of all that went to an address: why, and what to do.',
    examples: ['show order:1042', 'show 019f8a4c-1e2d-8000-9c41-7a1b2c3d4e5f', 'show +4915112345667 --since 3d'],
  })
    .argument('<what>', 'a subject such as order:1042, the id of a delivery, a phone number with +, or a mail address')
    .option('--since <time>', `of an address only, ${SINCE_HELP}`, '7d')
    .option('--reveal', 'addresses and texts in full instead of masked recipients; this is recorded')
    .action(async (asked: string, flags: Flags) => {
      const id = parseAttemptId(asked)?.delivery;
      if (id) await showDelivery(world, id, flags);
      else if (/^\+|^[^:]+@/.test(asked)) await showAddress(world, asked, flags);
      else await showOne(world, asked.includes(':') ? asked : `order:${asked}`, flags);
    });

async function showOne(world: World, subject: string, flags: Flags): Promise<void> {
  const { subjects, deliveries } = world.connections.tables();
  const found = await subjects.find(subject);
  if (found.events.length === 0)
    throw new CommandError(`Nothing is known of ${subject}. It is written as its events name it, such as order:1042.`);
  const rows = await Promise.all(found.deliveries.map((id) => deliveries.read(id)));
  await print(
    world,
    subject,
    found.events,
    rows.filter((row) => row !== undefined),
    flags,
  );
}

async function showDelivery(world: World, id: DeliveryId, flags: Flags): Promise<void> {
  const { subjects, deliveries } = world.connections.tables();
  const row = await deliveries.read(id);
  if (!row) throw new CommandError(`There is no delivery ${id}: it never was, or it is past its retention.`);
  const { source, subject, eventId } = row.plan;
  const event = await subjects.event(source, subject, eventId);
  await print(world, subject, typeof event === 'object' ? [event] : [], [row], flags);
}

async function print(world: World, subject: string, events: EventRecord[], deliveries: Delivery[], flags: Flags) {
  const { terminal } = world;
  const now = world.now();
  const reveal = flags.reveal === true;
  if (reveal) await recordReveal(world, 'show', `Reveals the recipients and texts of ${subject}.`);
  events.sort((a, b) => a.arrived.getTime() - b.arrived.getTime());
  deliveries.sort(byArrival);
  terminal.print(
    flags.json
      ? JSON.stringify({ subject, events, deliveries: deliveries.map((row) => plain(row, reveal, now)) }, null, 2)
      : showSubject(subject, events, deliveries, { reveal, width: terminal.width, paint: terminal.paint }),
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
