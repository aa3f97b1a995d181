import { ServiceBusClient } from '@azure/service-bus';
import { setTimeout as wait } from 'node:timers/promises';
import { EVENT_TOPICS, ORDER_EVENTS } from '../shared/entities.ts';
import type { Publication } from './expectation.ts';

const CONTENT_TYPE = 'application/cloudevents+json';

/** Sends everything at its time, as a publisher would; `published` is called after each send with the count so far. */
export async function publishAll(
  connectionString: string,
  publications: readonly Publication[],
  published: (count: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const client = new ServiceBusClient(connectionString);
  const senders = new Map(Object.values(EVENT_TOPICS).map((topic) => [topic, client.createSender(topic)]));
  const started = Date.now();
  try {
    for (let next = 0; next < publications.length;) {
      const now = Date.now() - started;
      const early = publications[next]!.at - now;
      if (early > 0) {
        await wait(early, undefined, { signal });
        continue;
      }
      const { topic = ORDER_EVENTS } = publications[next]!;
      const sender = senders.get(topic)!;
      const batch = await sender.createMessageBatch();
      const isDue = ({ at, topic: to = ORDER_EVENTS }: Publication) => at <= now && to === topic;
      while (next < publications.length && isDue(publications[next]!)) {
        const body = Buffer.from(publications[next]!.body);
        if (!batch.tryAddMessage({ body, contentType: CONTENT_TYPE })) break;
        next++;
      }
      if (batch.count === 0) throw new Error(`message ${next + 1} is larger than the broker takes`);
      await sender.sendMessages(batch);
      published(next);
    }
  } finally {
    await client.close();
  }
}
