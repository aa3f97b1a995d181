/** What `npm run notify` needs to work on a deployment: the settings of the app, and where things are. */
import { hashKeySecretOf } from './hash-keys.ts';
import { CommandFailed } from './shell.ts';
import { outputOf, type World } from './world.ts';

/** For the `az` commands of docs/runbook.md. */
const PLACES = [
  'AZURE_RESOURCE_GROUP',
  'DATA_STORAGE_NAME',
  'FUNCTION_APP_NAME',
  'KEY_VAULT_NAME',
  'REPORT_TOPIC_NAME',
  'UNDELIVERED_REPORTS_CONTAINER',
];

/** Without the key for hashes where it may not be read: most commands work without. */
export async function operatorSettings(world: World): Promise<ReadonlyMap<string, string>> {
  const ofApp = JSON.parse(outputOf(world, 'APP_SETTINGS')) as Record<string, string>;
  return new Map([
    ...Object.entries(ofApp),
    ...PLACES.map((name) => [name, outputOf(world, name)] as const),
    // Empty: a connection string in local.settings.json would lead to the laptop.
    ...(['ServiceBus', 'Tables', 'CommunicationServices'] as const).map((name) => [name, ''] as const),
    ['ServiceBus__fullyQualifiedNamespace', outputOf(world, 'SERVICE_BUS_HOST')],
    ['Tables__serviceUri', outputOf(world, 'TABLE_ENDPOINT')],
    ['CommunicationServices__endpoint', outputOf(world, 'COMMUNICATION_ENDPOINT')],
    ...(await secretOf(world)),
  ]);
}

async function secretOf(world: World): Promise<[string, string][]> {
  try {
    return [['ADDRESS_HASH_KEYS', await hashKeySecretOf(world)]];
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    world.say(
      `${error.message}\nCommands that take an address, and \`resend\`, will not work: they need the key for hashes.`,
    );
    return [];
  }
}

/** Lines that a POSIX shell evaluates. */
export const exportsOf = (settings: ReadonlyMap<string, string>): string =>
  [...settings].map(([name, value]) => `export ${name}='${value.replaceAll("'", `'\\''`)}'`).join('\n');
