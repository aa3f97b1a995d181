/** What commands reach: the same services as the app, opened when a command first needs them. */
import type { ServiceBusClient } from '@azure/service-bus';
import { serviceBusClient, tableClient } from '../shared/azure/identity.ts';
import { backlogsOf } from '../shared/azure/backlogs.ts';
import { publisherOf } from '../shared/azure/publisher.ts';
import { queuesOf, SERVICE_BUS_OPTIONS } from '../shared/azure/queues.ts';
import { openTables } from '../shared/azure/tables.ts';
import {
  type Connection,
  type CONNECTIONS,
  readConnection,
  readPacing,
  readReminders,
  readSettings,
  type Settings,
} from '../shared/config.ts';
import type { ReminderSettings } from '../shared/reminder-offsets.ts';
import type { Backlogs, Publisher, Queues } from '../shared/ports.ts';
import { CommandError, MISUSED } from './command.ts';

export type Tables = ReturnType<typeof openTables>;
export type Broker = Queues & Publisher & Backlogs;

export type Connections = {
  /** All settings of the app; what a command needs only for itself it should not ask for here. @throws SettingsError */
  settings(): Settings;
  /** Who sends, and how much: enough for the rate calendar, known without all the settings. @throws SettingsError */
  pacing(): Pick<Settings, 'senders' | 'dailyCaps'>;
  /** Hosts that links in events may point to, known without all the settings. */
  linkHosts(): readonly string[];
  /** Which reminders appointments have, known without all the settings. @throws SettingsError */
  reminders(): ReminderSettings;
  /** @throws CommandError when it is not said where they are */
  tables(): Tables;
  /** @throws CommandError when it is not said where it is */
  broker(): Broker;
  /** The host, to tell a laptop from a cloud; never a key. */
  where(name: keyof typeof CONNECTIONS): string;
  /** Whether tables and broker, as far as it is said where they are, run on this machine: a laptop cloud. */
  areOnThisMachine(): boolean;
  close(): Promise<void>;
};

/** @param environment see `settings.ts` */
export function connectionsOf(environment: Readonly<Record<string, string | undefined>>): Connections {
  const connection = (name: 'ServiceBus' | 'Tables'): Connection => {
    const read = readConnection(name, environment);
    if (typeof read !== 'string') return read;
    throw new CommandError(`${read}. ${whatToDo(name)}`, MISUSED);
  };
  let tables: Tables | undefined;
  let broker: Broker | undefined;
  let client: ServiceBusClient | undefined;
  return {
    settings: () => readSettings(environment),
    pacing: () => readPacing(environment),
    reminders: () => readReminders(environment),
    linkHosts: () =>
      (environment['LINK_HOSTS'] ?? 'track.example.com').split(',').map((host) => host.trim().toLowerCase()),
    tables() {
      if (tables) return tables;
      const to = connection('Tables');
      return (tables = openTables((name) => tableClient(to, name)));
    },
    broker() {
      if (broker) return broker;
      const to = connection('ServiceBus');
      const open = () => (client ??= serviceBusClient(to, SERVICE_BUS_OPTIONS));
      return (broker = {
        ...queuesOf(open),
        ...publisherOf(open),
        ...backlogsOf(() => serviceBusClient(to, SERVICE_BUS_OPTIONS)),
      });
    },
    where(name) {
      const read = readConnection(name, environment);
      return typeof read === 'string' ? 'nowhere' : hostOf(read);
    },
    areOnThisMachine() {
      const read = (['ServiceBus', 'Tables'] as const).map((name) => readConnection(name, environment));
      const known = read.filter((one) => typeof one !== 'string');
      return known.length > 0 && known.every((one) => LOOPBACK.test(hostOf(one)));
    },
    async close() {
      await client?.close();
    },
  };
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;

export function hostOf(connection: Connection): string {
  if ('endpoint' in connection) return connection.endpoint.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
  const value = (name: string) => new RegExp(`(?:^|;)\\s*${name}=([^;]*)`, 'i').exec(connection.connectionString)?.[1];
  const endpoint = value('TableEndpoint') ?? value('Endpoint');
  if (endpoint !== undefined) return endpoint.replace(/^\w+:\/\//, '').replace(/\/.*$/, '');
  return `${value('AccountName') ?? 'unknown'}.table.${value('EndpointSuffix') ?? 'core.windows.net'}`;
}

export const whatToDo = (setting: 'ServiceBus' | 'Tables'): string =>
  `Start the pipeline with \`npm start\`, which writes local.settings.json, or check the setting ${setting}.`;
