/** `notify channel`: shows how a channel is switched, and switches it: off, on, open to a few recipients only. */
import { Argument, type Command } from 'commander';
import { addressHashes } from '../shared/addresses.ts';
import type { Channel } from '../shared/delivery.ts';
import { LIMITS } from '../shared/limits.ts';
import type { ChannelSwitch } from '../shared/switches.ts';
import { addressOf } from './address.ts';
import { agree, type ChangeFlags, CommandError, defineCommand, MISUSED, type World } from './command.ts';
import { counted, instant } from './format.ts';
import { stateInWords } from './pacing-lines.ts';
import { CHANNELS, standingOfSwitch } from './pacing-standing.ts';
import { type WhoAndWhy, withWhoAndWhy } from './who-and-why.ts';

type Flags = ChangeFlags &
  WhoAndWhy & { off?: true; on?: true; canary?: readonly string[]; everyone?: true; json?: true };

export const channelCommand = (world: World): Command =>
  withWhoAndWhy(
    defineCommand(world, {
      name: 'channel',
      effect: 'changes',
      about:
        'Shows how a channel is switched; with a flag, switches it off or on, or opens it to a few recipients only.',
      examples: [
        'channel sms',
        'channel email --off --why "The domain is on a block list."',
        'channel email --on --canary ann@example.com --why "Trying the new domain."',
        'channel email --everyone --why "The new domain works."',
      ],
    }),
    world,
    'optional',
  )
    .addArgument(new Argument('<channel>', 'which one').choices(CHANNELS))
    .option('--off', 'nothing is sent on it; deliveries wait for it until their deadline')
    .option('--on', 'it sends again')
    .option(
      '--canary <address>',
      'only this recipient is served, and every other one named so; hashed before it leaves this machine',
      (address: string, others: readonly string[] | undefined) => [...(others ?? []), address],
    )
    .option('--everyone', 'everybody is served again')
    .action(async (channel: Channel, flags: Flags) => showOrSwitch(world, channel, flags));

/** A process may look at what it saw so long ago. */
const IN_FORCE_WITHIN = LIMITS.real.lookAge / 1_000;
const HELD_AT_MOST = LIMITS.real.pauseLongest / 60_000;

async function showOrSwitch(world: World, channel: Channel, flags: Flags): Promise<void> {
  const { connections, terminal, now } = world;
  const { off, on, canary, everyone, by, why } = flags;
  if (off && on) throw new CommandError('--off and --on: which of the two?', MISUSED);
  if (canary && everyone) throw new CommandError('--canary and --everyone: which of the two?', MISUSED);
  const { channelSwitches, staffActions } = connections.tables();
  const standing = await channelSwitches.read(channel);
  const show = (set: ChannelSwitch | undefined) =>
    terminal.print(
      flags.json
        ? JSON.stringify(standingOfSwitch(channel, set), null, 2)
        : `${channel} is ${stateInWords(standingOfSwitch(channel, set))}`,
    );
  if (!off && !on && !canary && !everyone) return show(standing);

  if (why === '')
    throw new CommandError('--why is missing: say why, in a few words; it is kept with the change.', MISUSED);
  const wanted = {
    off: off ?? (on ? false : (standing?.off ?? false)),
    canaries: everyone ? [] : canary ? hashesOf(world, channel, canary) : (standing?.canaries ?? []),
  };
  const doing = inWords(channel, wanted);
  if (!(await agree(world, flags, doing))) {
    if (flags.json) show(standing);
    return;
  }
  const at = now();
  await staffActions.put({ at, by, command: 'channel', what: `${doing} Why: ${why}` });
  const set: ChannelSwitch = { channel, ...wanted, by, at, why };
  await channelSwitches.put(set);
  show(set);
  terminal.say(consequenceOf(wanted, at));
}

/** As they are kept: under the key that writes. */
function hashesOf({ connections }: World, channel: Channel, addresses: readonly string[]): string[] {
  const { hashKeys } = connections.settings();
  const hashes = addresses.flatMap((text, index) => {
    const of = `The address of --canary no. ${index + 1}`;
    const { channel: leadsTo, address } = addressOf(text, of);
    if (leadsTo !== channel)
      throw new CommandError(
        `${of}: ${channel === 'sms' ? 'SMS goes to phone numbers, this is a mail address' : 'mail goes to mail addresses, this is a phone number'}.`,
        MISUSED,
      );
    return addressHashes(hashKeys, channel, address).slice(0, 1);
  });
  return [...new Set(hashes)];
}

type Wanted = Pick<ChannelSwitch, 'off' | 'canaries'>;

function inWords(channel: Channel, { off, canaries }: Wanted): string {
  const few = counted(canaries.length, 'recipient');
  if (off) return `Switches ${channel} off${canaries.length > 0 ? `; once on again it serves ${few} only` : ''}.`;
  return canaries.length > 0 ? `Lets ${channel} serve ${few} only.` : `Lets ${channel} serve everybody.`;
}

function consequenceOf({ off, canaries }: Wanted, at: Date): string {
  const from = `In force everywhere ${IN_FORCE_WITHIN} seconds after ${instant(at)}.`;
  if (off) return `${from} What is held goes on once the channel is on, or expires at its deadline.`;
  if (canaries.length > 0) return `${from} Deliveries to others are held until everybody is served, or their deadline.`;
  return `${from} What was held goes on by itself within ${HELD_AT_MOST} minutes.`;
}
