import { ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusClientOptions } from '@azure/service-bus';

import { readConfig } from '../../../local/service-bus/config.ts';
import { startServiceBus } from '../../../local/service-bus/service-bus.ts';
import type { ServiceBus, ServiceBusOptions } from '../../../local/service-bus/service-bus.ts';

export interface Namespace {
  readonly bus: ServiceBus;
  readonly client: ServiceBusClient;
  /** The counts of an entity as `GET /entities` tells them. */
  counts(entity: string): Promise<Counts>;
  close(): Promise<void>;
}

export interface Counts {
  readonly active: number;
  readonly scheduled: number;
  readonly deferred: number;
  readonly locked: number;
  readonly deadLettered: number;
}

/** No retries: a test sees the first answer. */
export const clientOptions: ServiceBusClientOptions = { retryOptions: { maxRetries: 0, timeoutInMs: 8000 } };

export function namespaceConfig(entities: { Queues?: unknown[]; Topics?: unknown[] }): unknown {
  return { UserConfig: { Namespaces: [{ Name: 'sbemulatorns', Queues: [], Topics: [], ...entities }] } };
}

export async function startNamespace(
  entities: { Queues?: unknown[]; Topics?: unknown[] },
  options: Partial<ServiceBusOptions> = {},
): Promise<Namespace> {
  const bus = await startServiceBus({
    config: readConfig(namespaceConfig(entities)),
    port: 0,
    healthPort: 0,
    ...options,
  });
  const client = new ServiceBusClient(bus.connectionString, clientOptions);
  return {
    bus,
    client,
    counts: (entity) => countsOf(bus.healthAddress, entity),
    async close() {
      await client.close();
      await bus.close();
    },
  };
}

export async function countsOf(healthAddress: string, entity: string): Promise<Counts> {
  const response = await fetch(`${healthAddress}/entities`);
  const all = (await response.json()) as Record<string, Counts>;
  const counts = all[entity];
  if (!counts) throw new Error(`no entity ${entity}`);
  return counts;
}

/** Asks again until the answer is wanted; fails after the deadline with the last answer. */
export async function eventually<T>(
  ask: () => T | Promise<T>,
  wanted: (answer: T) => boolean,
  deadlineMs = 10_000,
): Promise<T> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > end) throw new Error(`still ${JSON.stringify(answer)} after ${deadlineMs} ms`);
    await new Promise((resolve) => {
      setTimeout(resolve, 20);
    });
  }
}

export function inMs(ms: number): Date {
  return new Date(Date.now() + ms);
}
