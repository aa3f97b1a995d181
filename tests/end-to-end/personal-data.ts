/** Looks for markers wherever a laptop cloud keeps something. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { TableClient, TableServiceClient } from '@azure/data-tables';
import { ServiceBusClient, type ServiceBusReceivedMessage, type ServiceBusReceiver } from '@azure/service-bus';
import type { LaptopCloud } from '../../demo/laptop-cloud.ts';
import { fromChunks } from '../../shared/azure/chunks.ts';
import type { Entity } from '../../shared/azure/table-limits.ts';
import { EVENT_TOPICS, NOTIFICATIONS, RETRIED_EVENTS, SEND_QUEUES } from '../../shared/entities.ts';

/** Kind of personal data → texts that stand for it. */
export type Markers = Readonly<Record<string, readonly string[]>>;

/** `place: kind` for everything that is found. */
export type Findings = Set<string>;

type Note = (place: string, content: string) => void;

export async function findPersonalData(cloud: LaptopCloud, folder: string, markers: Markers): Promise<Findings> {
  const found: Findings = new Set();
  const note: Note = (place, content) => {
    for (const [kind, texts] of Object.entries(markers))
      if (texts.some((text) => content.includes(text))) found.add(`${place}: ${kind}`);
  };
  await Promise.all([searchTables(cloud, note), searchQueues(cloud, note), searchTelemetry(cloud, note)]);
  searchFiles(folder, note);
  return found;
}

/** Does nothing in a cloud without a receiver. */
async function searchTelemetry({ addresses: { telemetry } }: LaptopCloud, note: Note): Promise<void> {
  for (const what of telemetry ? ['metrics', 'traces'] : [])
    note(what, await (await fetch(`${telemetry}/${what}`)).text());
}

async function searchTables({ settings }: LaptopCloud, note: Note): Promise<void> {
  const connection = settings['Tables']!;
  const options = { allowInsecureConnection: true };
  for await (const { name } of TableServiceClient.fromConnectionString(connection, options).listTables())
    for await (const row of TableClient.fromConnectionString(connection, name!, options).listEntities<Entity>()) {
      for (const [column, value] of Object.entries(row))
        if (!(value instanceof Uint8Array)) note(`${name}.${column}`, String(value));
      for (const column of chunkedIn(row)) note(`${name}.${column}`, textOf(fromChunks(column, row)!));
    }
}

/** Columns whose bytes go on in `<column>2`, … */
const chunkedIn = (row: Entity): string[] =>
  Object.keys(row).flatMap((column) => /^(.+)Bytes$/.exec(column)?.slice(1) ?? []);

function textOf(bytes: Uint8Array): string {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  return Buffer.from(isGzip ? gunzipSync(bytes) : bytes).toString();
}

async function searchQueues({ settings }: LaptopCloud, note: Note): Promise<void> {
  const client = new ServiceBusClient(settings['ServiceBus']!);
  const dead = { subQueueType: 'deadLetter' } as const;
  const receivers: [string, ServiceBusReceiver][] = [
    ...Object.values(EVENT_TOPICS).flatMap((topic): [string, ServiceBusReceiver][] => [
      [`${topic}/${NOTIFICATIONS}`, client.createReceiver(topic, NOTIFICATIONS)],
      [`${topic}/${NOTIFICATIONS} (dead letters)`, client.createReceiver(topic, NOTIFICATIONS, dead)],
    ]),
    ...[RETRIED_EVENTS, SEND_QUEUES.sms, SEND_QUEUES.email].flatMap((queue): [string, ServiceBusReceiver][] => [
      [queue, client.createReceiver(queue)],
      [`${queue} (dead letters)`, client.createReceiver(queue, dead)],
    ]),
  ];
  try {
    for (const [place, receiver] of receivers)
      for (const message of await receiver.peekMessages(1_000)) note(place, contentOf(message));
  } finally {
    await client.close();
  }
}

function contentOf({ body, _rawAmqpMessage: _raw, ...rest }: ServiceBusReceivedMessage): string {
  const text = body instanceof Uint8Array ? Buffer.from(body).toString() : JSON.stringify(body);
  return `${text} ${JSON.stringify(rest, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`;
}

/** What stands-ins for tables and broker write is searched through their own interfaces. */
const SERVICES = ['data/tables', 'data/service-bus'];

/** What the functions host keeps of orchestrations is in Azure the task hub, in the storage account of the host. */
const TASK_HUB = 'data/functions-host/';

function searchFiles(folder: string, note: Note): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = relative(folder, join(entry.parentPath, entry.name));
    if (entry.isFile() && !SERVICES.some((service) => path.startsWith(`${service}/`)))
      note(path.startsWith(TASK_HUB) ? 'task hub' : path, readFileSync(join(folder, path), 'utf8'));
  }
}
