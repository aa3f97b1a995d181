/** `notify suppressions`: whom we do not write to, and why. `add` and `lift` change it. */
import { type Command, Option } from 'commander';
import { addressHashes } from '../shared/addresses.ts';
import type { Channel } from '../shared/delivery.ts';
import type { StoredSuppression, Suppression } from '../shared/ports.ts';
import { countByKey, isInForce } from '../shared/suppression.ts';
import { defineCommand, wholeNumber, type World } from './command.ts';
import { addressOf } from './address.ts';
import { aligned, counted, minute } from './format.ts';

type ListFlags = { channel?: Channel; address?: string; all?: true; limit: number; json?: true };

export const suppressionsCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'suppressions',
    effect: 'reads',
    about: 'Whom we do not write to. Addresses are kept as keyed hashes only.',
    examples: ['suppressions list --channel sms', 'suppressions list --address +4915112345667'],
    json: false,
  }).addCommand(
    defineCommand(world, {
      name: 'list',
      effect: 'reads',
      about: 'Whom we do not write to, why, since when, and who said so.',
      examples: ['suppressions list', 'suppressions list --channel sms', 'suppressions list --address ann@example.com'],
    })
      .addOption(new Option('--channel <channel>', 'only this one').choices(['sms', 'email']))
      .option('--address <address>', 'only this phone number (with +) or mail address')
      .option('--all', 'those too that are over')
      .option('--limit <count>', 'at most so many, the latest; 0 is all', wholeNumber, 50)
      .action(async (flags: ListFlags) => list(world, flags)),
    { isDefault: true },
  );

const CHANNELS: readonly Channel[] = ['sms', 'email'];

async function list({ connections, terminal, now: clock }: World, flags: ListFlags): Promise<void> {
  const now = clock();
  const { suppressions } = connections.tables();
  const found: StoredSuppression[] = [];
  if (flags.address !== undefined) {
    const { channel, address } = addressOf(flags.address);
    found.push(...(await suppressions.find(channel, addressHashes(connections.settings().hashKeys, channel, address))));
  } else
    for (const channel of flags.channel ? [flags.channel] : CHANNELS)
      for await (const suppression of suppressions.ofChannel(channel)) {
        found.push(suppression);
        if (found.length % 1_000 === 0) terminal.progress(`${counted(found.length, 'address', 'addresses')} read`);
      }
  const inForce = found.filter((one) => flags.all || isInForce(one, now));
  inForce.sort((a, b) => b.since.getTime() - a.since.getTime());
  const shown = flags.limit === 0 ? inForce : inForce.slice(0, flags.limit);
  const plain = shown.map((row) => ({ ...row, etag: undefined }));
  if (flags.json) terminal.print(JSON.stringify(plain, null, 2));
  else terminal.print([headingOf(inForce, flags), ...rowLines(shown, now, terminal.width)].join('\n'));
  if (found.length > 0 && flags.address === undefined) terminal.say(keysLine(found));
  if (shown.length < inForce.length)
    terminal.say(`The latest ${shown.length} of ${inForce.length} are shown; --limit 0 shows all.`);
}

/** A key of ADDRESS_HASH_KEYS that is named here must not be taken away. */
const keysLine = (rows: readonly Suppression[]): string =>
  `Written with the hash keys ${[...countByKey(rows)].map(([key, count]) => `${key} (${count})`).join(', ')}.`;

function headingOf(rows: readonly Suppression[], { address, channel }: ListFlags): string {
  const where = channel ? ` by ${channel}` : '';
  if (address !== undefined)
    return rows.length > 0 ? 'We do not write to this address.' : 'Nothing keeps us from writing to this address.';
  const counts = [...Map.groupBy(rows, ({ cause }) => cause)].map(([cause, { length }]) => `${length} ${cause}`);
  return rows.length === 0
    ? `There is nobody whom we do not write to${where}.`
    : `${counted(rows.length, 'address', 'addresses')} that we do not write to${where}: ${counts.join(', ')}.`;
}

function rowLines(rows: readonly Suppression[], now: Date, width: number): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => [
    minute(row.since),
    row.channel,
    shortHash(row.address),
    untilOf(row, now),
    row.by,
    [row.cause, row.reason].filter(Boolean).join(': '),
  ]);
  return [
    '',
    ...aligned([['since', 'channel', 'address', 'until', 'by', 'why'], ...cells], width - 2).map((line) => `  ${line}`),
  ];
}

const shortHash = (hash: string): string => hash.slice(0, hash.indexOf(':') + 11);

function untilOf(row: Suppression, now: Date): string {
  if (isInForce(row, now)) return row.until ? minute(row.until) : 'it is lifted';
  const lift = row.lifts?.findLast(({ at }) => at >= row.since);
  return lift ? `lifted ${minute(lift.at)}` : `${row.until ? minute(row.until) : ''} (over)`;
}
