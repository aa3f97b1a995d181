/** Switches of a new deployment: nobody is served but canaries, until a person says so. */
import { addressHashes, parseMail, parsePhone } from '../shared/addresses.ts';
import type { HashKey } from '../shared/config.ts';
import type { Channel } from '../shared/delivery.ts';
import type { ChannelSwitch, ChannelSwitches } from '../shared/switches.ts';
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
  { clock, say }: Pick<World, 'clock' | 'say'>,
): Promise<readonly ChannelSwitch[]> {
  const switches: ChannelSwitch[] = [];
  for (const channel of CHANNELS) {
    const standing = await patiently('Reading the tables', () => channelSwitches.read(channel), isRefused, {
      clock,
      say,
    });
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

const inWords = ({ off, canaries }: ChannelSwitch): string =>
  off ? 'off' : canaries.length > 0 ? `open to ${canaries.length} canaries only` : 'open to everybody';
