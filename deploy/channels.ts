/** Switches of a deployment: nobody is served but canaries, until a person says so. */
import { addressHashes, parseMail, parsePhone } from '../shared/addresses.ts';
import type { HashKey } from '../shared/config.ts';
import type { Channel } from '../shared/delivery.ts';
import { type ChannelSwitch, type ChannelSwitches, serves } from '../shared/switches.ts';
import { isRefused, patiently } from './patience.ts';
import { StepFailed, type World } from './world.ts';

const CHANNELS: readonly Channel[] = ['sms', 'email'];

/** Who may be written to before the channels are open; addresses as people wrote them. */
export type Canaries = Readonly<Record<Channel, readonly string[]>>;

/** `+4915123456789,ann@example.com` @throws StepFailed */
export function canariesIn(list: string): Canaries {
  const canaries: Record<Channel, string[]> = { sms: [], email: [] };
  const words = list.split(',').map((word) => word.trim());
  for (const [index, word] of words.filter((one) => one !== '').entries()) {
    const phone = word.startsWith('+') ? parsePhone(word, 'US')?.e164 : undefined;
    const mail = parseMail(word)?.address;
    if (phone) canaries.sms.push(phone);
    else if (mail) canaries.email.push(mail);
    // The address itself is nobody's business in a log.
    else throw new StepFailed(`NOTIFY_CANARIES: no. ${index + 1} is neither a phone number with + nor a mail address.`);
  }
  return canaries;
}

/** Writes the switch of each channel that has none. What people have switched stays. */
export async function closeNewChannels(
  {
    channelSwitches,
    canaries,
    hashKeys,
  }: { channelSwitches: ChannelSwitches; canaries: Canaries; hashKeys: readonly HashKey[] },
  { clock, say }: Timing,
): Promise<readonly ChannelSwitch[]> {
  const switches: ChannelSwitch[] = [];
  for (const channel of CHANNELS) {
    const standing = await read(channelSwitches, channel, { clock, say });
    if (standing) {
      say(`${channel} has been switched before, and stays ${inWords(standing)}.`);
      switches.push(standing);
      continue;
    }
    const hashes = canaries[channel].flatMap((address) => addressHashes(hashKeys, channel, address).slice(0, 1));
    const first: ChannelSwitch = {
      channel,
      off: hashes.length === 0,
      canaries: hashes,
      by: 'deployment',
      at: clock.now(),
      why: 'First deployment: a person opens the channel.',
    };
    await patiently('Writing the tables', () => channelSwitches.put(first), isRefused, { clock, say });
    say(`${channel} is ${inWords(first)}.`);
    switches.push(first);
  }
  return switches;
}

/** @throws StepFailed when a channel has no switch: code without one serves everybody */
export async function requireSwitches(channelSwitches: ChannelSwitches, world: Timing): Promise<void> {
  for (const channel of CHANNELS)
    if (!(await read(channelSwitches, channel, world)))
      throw new StepFailed(
        `${channel} has no switch, so that the code would write to everybody. Nothing is deployed: npm run deploy -- provisioned`,
      );
}

/** Those of the canaries whom the standing switches serve; says how many are left out, and why. */
export async function servedNow(
  canaries: Canaries,
  { channelSwitches, hashKeys }: { channelSwitches: ChannelSwitches; hashKeys: readonly HashKey[] },
  world: Timing,
): Promise<Canaries> {
  const served: Record<Channel, readonly string[]> = { sms: [], email: [] };
  for (const channel of CHANNELS) {
    const standing = await read(channelSwitches, channel, world);
    served[channel] = canaries[channel].filter((address) =>
      serves(standing, addressHashes(hashKeys, channel, address)),
    );
    const left = canaries[channel].length - served[channel].length;
    if (standing && left > 0)
      world.say(`${left} of the canaries are not written to: ${channel} is ${inWords(standing)}.`);
  }
  return served;
}

type Timing = Pick<World, 'clock' | 'say'>;

const read = (channelSwitches: ChannelSwitches, channel: Channel, world: Timing): Promise<ChannelSwitch | undefined> =>
  patiently('Reading the tables', () => channelSwitches.read(channel), isRefused, world);

const inWords = ({ off, canaries }: ChannelSwitch): string =>
  off ? 'off' : canaries.length > 0 ? 'open to canaries only' : 'open to everybody';
