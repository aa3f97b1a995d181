/** `notify suppressions add` and `lift`: whom we write to is for people to decide. */
import { type Command, InvalidArgumentError } from 'commander';
import { addressHashes, maskAddress } from '../shared/addresses.ts';
import { CAUSES } from '../shared/causes.ts';
import { isInForce, lift, suppress } from '../shared/suppression.ts';
import { addressOf } from './address.ts';
import { agree, type ChangeFlags, CommandError, defineCommand, MISUSED, type World } from './command.ts';
import { type WhoAndWhy, withWhoAndWhy } from './who-and-why.ts';

type Flags = ChangeFlags & WhoAndWhy & { json?: true };

const ADDRESS = 'a phone number with + or a mail address; it is hashed before it leaves this machine';

export const suppressionsAddCommand = (world: World): Command =>
  withWhoAndWhy(
    defineCommand(world, {
      name: 'add',
      effect: 'changes',
      about: 'Keeps us from writing to an address.',
      examples: ['suppressions add +4915112345667 --until 2027-01-31 --why "Asked for it in ticket 4711."'],
    }),
    world,
    'required',
  )
    .argument('<address>', ADDRESS)
    .option('--until <day>', 'ends then, such as 2027-01-31; without it only when it is lifted', dayOf)
    .action(async (text: string, flags: Flags & { until?: Date }) => add(world, text, flags));

export const suppressionsLiftCommand = (world: World): Command =>
  withWhoAndWhy(
    defineCommand(world, {
      name: 'lift',
      effect: 'changes',
      about: 'Lets an address be written to again.',
      examples: ['suppressions lift ann@example.com --why "Asked for it in ticket 4712."'],
    }),
    world,
    'required',
  )
    .argument('<address>', ADDRESS)
    .action(async (text: string, flags: Flags) => liftAll(world, text, flags));

/** An address as people may see it, and as it is kept. */
function readAddress({ connections }: World, text: string) {
  const { channel, address } = addressOf(text);
  const hashes = addressHashes(connections.settings().hashKeys, channel, address);
  return { channel, hashes, recipient: maskAddress(channel, address) };
}

async function add(world: World, text: string, { until, ...flags }: Flags & { until?: Date }): Promise<void> {
  const { connections, terminal, now } = world;
  const { suppressions, staffActions } = connections.tables();
  const { channel, hashes, recipient } = readAddress(world, text);
  if (until && until <= now()) throw new CommandError('--until: expected a day to come.', MISUSED);
  const doing = `Keeps us from writing to ${recipient}${until ? ` until ${until.toISOString().slice(0, 10)}` : ''}.`;
  const isDone = await agree(world, flags, doing);
  if (!isDone && !flags.json) return;
  const { by, why } = flags;
  let isNew = false;
  if (isDone) {
    await staffActions.put({
      at: now(),
      by,
      command: 'suppressions add',
      what: `${recordOf(hashes, channel)} Why: ${why}`,
    });
    const request = { channel, hashes, cause: 'blocked-by-staff', at: now(), by, reason: why } as const;
    isNew = await suppress({ ...request, ...(until ? { until } : {}) }, suppressions);
  }
  if (flags.json) terminal.print(JSON.stringify({ channel, recipient, added: isNew }, null, 2));
  else terminal.print(isNew ? 'Done.' : 'Nothing to do: we do not write to it already, for at least as long.');
}

async function liftAll(world: World, text: string, flags: Flags): Promise<void> {
  const { connections, terminal, now } = world;
  const { suppressions, staffActions } = connections.tables();
  const { channel, hashes, recipient } = readAddress(world, text);
  const inForce = (await suppressions.find(channel, hashes)).filter((one) => isInForce(one, now()));
  if (inForce.length === 0) throw new CommandError(`Nothing keeps us from writing to ${recipient}.`);
  for (const { cause, since, by } of inForce)
    terminal.say(`${CAUSES[cause].meaning} Since ${since.toISOString().slice(0, 10)}, by ${by}.`);
  const isDone = await agree(world, flags, `Lets ${recipient} be written to again.`);
  if (!isDone && !flags.json) return;
  const { by, why } = flags;
  let lifted = 0;
  if (isDone) {
    await staffActions.put({
      at: now(),
      by,
      command: 'suppressions lift',
      what: `${recordOf(hashes, channel)} Why: ${why}`,
    });
    lifted = (await lift({ channel, hashes, at: now(), by, reason: why }, suppressions)).length;
  }
  if (flags.json) terminal.print(JSON.stringify({ channel, recipient, lifted }, null, 2));
  else terminal.print('Done. What the provider itself suppresses stays so until its own end.');
}

/** For the record of what staff did: enough to find the row, never the address. */
const recordOf = ([hash = '']: readonly string[], channel: string): string =>
  `On ${channel}, address ${hash.slice(0, hash.indexOf(':') + 11)}….`;

function dayOf(text: string): Date {
  const day = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : new Date(Number.NaN);
  if (Number.isNaN(day.getTime())) throw new InvalidArgumentError('Expected a day such as 2027-01-31.');
  return day;
}
