import { randomUUID } from 'node:crypto';
import { type Clock, iso } from './clock.ts';
import { type ProviderEvent, envelope } from './events.ts';
import type { PushAttempt } from './ledger.ts';
import { handshake } from './handshake.ts';
import { drops, giveUpReason, retryWait } from './retry-schedule.ts';
import type { EventSchema, Scenario } from './scenario.ts';
import { type Webhook, callWebhook, reasonOf } from './webhook.ts';

interface DeadLetter {
  readonly at: string;
  readonly endpoint: string;
  readonly reason: string;
  readonly deliveryAttempts: number;
  readonly lastStatus: number | null;
  readonly event: Record<string, unknown>;
}

/** Told of every push and of the end of an event at one endpoint. */
export interface PushObserver {
  attempted(attempt: PushAttempt): void;
  ended(end: 'delivered' | 'dead-lettered'): void;
}

interface Delivery {
  readonly event: ProviderEvent;
  readonly observer: PushObserver;
  readonly since: number;
  /** Deliveries of before a `clear` are not counted any more. */
  readonly generation: number;
  readonly firstTried: () => void;
  attempts: number;
}

interface Endpoint {
  readonly name: string;
  readonly url: string;
  readonly schema: EventSchema;
  readonly validationCode: string;
  state: 'pending' | 'validated' | 'removed';
  problem: string | null;
  inFlight: number;
  waiting: boolean;
  queue: Delivery[];
}

export interface EventGridOptions {
  readonly clock: Clock;
  readonly settings: () => Scenario['eventGrid'];
  /** Where the stand-in itself can be reached, for the validation by GET. */
  readonly ownAddress: () => string;
}

const parallelPushes = 32;
const batchWaitMs = 100;
const validationRetryMs = 1000;

/**
 * Event Grid's push side: endpoints, one event or a batch per request, retries, dead letters.
 * Sources: Azure Event Grid, "Message delivery and retry" and "Output batching".
 */
export function createEventGrid({ clock, settings, ownAddress }: EventGridOptions) {
  const endpoints: Endpoint[] = [];
  let deadLetters: DeadLetter[] = [];
  let cleared = 0;
  let closed = false;
  const call: Webhook = (url, init) => callWebhook(clock, settings().answerTimeout * 1000, url, init);

  function open(endpoint: Endpoint) {
    endpoint.state = 'validated';
    endpoint.problem = null;
    pump(endpoint);
  }

  async function validate(endpoint: Endpoint): Promise<void> {
    const { url, schema, validationCode } = endpoint;
    const validationUrl = `${ownAddress()}/control/event-grid/validations/${validationCode}`;
    const invitation = { url, schema, validationCode, validationUrl, at: iso(clock.now()) };
    const problem = await handshake(invitation, call).catch(reasonOf);
    if (closed || endpoint.state !== 'pending') return;
    if (problem === null) return open(endpoint);
    endpoint.problem = problem;
    clock.after(validationRetryMs, () => void validate(endpoint));
  }

  function pump(endpoint: Endpoint) {
    if (closed || endpoint.state !== 'validated') return;
    const { batch } = settings();
    if (batch > 1 && endpoint.queue.length < batch) {
      if (endpoint.waiting || endpoint.queue.length === 0) return;
      endpoint.waiting = true;
      clock.after(batchWaitMs, () => {
        endpoint.waiting = false;
        while (endpoint.queue.length > 0 && endpoint.inFlight < parallelPushes) take(endpoint, batch);
      });
      return;
    }
    while (endpoint.queue.length >= batch && endpoint.inFlight < parallelPushes) take(endpoint, batch);
  }

  function take(endpoint: Endpoint, batch: number) {
    const deliveries = endpoint.queue.splice(0, batch);
    endpoint.inFlight += 1;
    void push(endpoint, deliveries).finally(() => {
      endpoint.inFlight -= 1;
      pump(endpoint);
    });
  }

  async function push(endpoint: Endpoint, deliveries: readonly Delivery[]): Promise<void> {
    const events = deliveries.map(({ event }) => envelope(event, endpoint.schema));
    const single = endpoint.schema === 'CloudEventSchemaV1_0' && settings().batch === 1;
    const cloud = single ? 'application/cloudevents+json' : 'application/cloudevents-batch+json';
    const deliveryCount = Math.max(...deliveries.map(({ attempts }) => attempts));
    let status: number | null = null;
    let error: string | null = null;
    try {
      ({ status } = await call(endpoint.url, {
        method: 'POST',
        headers: {
          'Content-Type': `${endpoint.schema === 'EventGridSchema' ? 'application/json' : cloud}; charset=utf-8`,
          'aeg-event-type': 'Notification',
          'aeg-subscription-name': endpoint.name.toUpperCase(),
          'aeg-delivery-count': String(deliveryCount),
          'aeg-metadata-version': '1',
          'aeg-data-version': '1.0',
        },
        body: JSON.stringify(single ? events[0] : events),
      }));
    } catch (thrown) {
      error = reasonOf(thrown);
    }
    if (closed) return;
    for (const delivery of deliveries) if (delivery.generation === cleared) settle(endpoint, delivery, status, error);
  }

  function settle(endpoint: Endpoint, delivery: Delivery, status: number | null, error: string | null) {
    const now = clock.now();
    const at = iso(now);
    delivery.observer.attempted({ at, endpoint: endpoint.name, deliveryCount: delivery.attempts, status, error });
    delivery.attempts += 1;
    delivery.firstTried();
    if (status !== null && status >= 200 && status <= 204) return delivery.observer.ended('delivered');
    const { speed } = settings();
    const waitMs = retryWait(delivery.attempts, status) / speed;
    const given = drops(status)
      ? `answer ${status}`
      : giveUpReason(delivery.attempts, (now + waitMs - delivery.since) * speed);
    if (given === undefined) {
      clock.after(waitMs, () => {
        if (endpoint.state === 'removed' || delivery.generation !== cleared) return;
        endpoint.queue.push(delivery);
        pump(endpoint);
      });
      return;
    }
    deadLetters.push({
      at,
      endpoint: endpoint.name,
      reason: given,
      deliveryAttempts: delivery.attempts,
      lastStatus: status,
      event: envelope(delivery.event, endpoint.schema),
    });
    delivery.observer.ended('dead-lettered');
  }

  return {
    /** Starts the handshake and waits for its first try; until it succeeds it is repeated and events are held. */
    async register(url: string, schema: EventSchema = settings().schema): Promise<void> {
      const known = endpoints.find((one) => one.url === url && one.schema === schema);
      const endpoint: Endpoint = known ?? {
        name: `endpoint-${endpoints.length + 1}`,
        url,
        schema,
        validationCode: randomUUID(),
        state: 'pending',
        problem: null,
        inFlight: 0,
        waiting: false,
        queue: [],
      };
      if (known?.state === 'validated') return;
      if (!known) endpoints.push(endpoint);
      endpoint.state = 'pending';
      await validate(endpoint);
    },
    remove(name: string): boolean {
      const endpoint = endpoints.find((one) => one.name === name && one.state !== 'removed');
      if (!endpoint) return false;
      endpoint.state = 'removed';
      endpoint.queue = [];
      return true;
    },
    /** The validation by GET on the url that the handshake carried. */
    confirm(validationCode: string): boolean {
      const endpoint = endpoints.find((one) => one.validationCode === validationCode && one.state === 'pending');
      if (endpoint) open(endpoint);
      return endpoint !== undefined;
    },
    endpoints: () =>
      endpoints
        .filter(({ state }) => state !== 'removed')
        .map(({ name, url, schema, state, problem, queue, inFlight }) => ({
          name,
          url: new URL(url).origin + new URL(url).pathname,
          schema,
          state,
          problem,
          queued: queue.length,
          inFlight,
        })),
    /** Queues the event for every endpoint; resolves when each has been tried once. False: nobody to tell. */
    async publish(event: ProviderEvent, observer: PushObserver): Promise<boolean> {
      const targets = endpoints.filter(({ state }) => state !== 'removed');
      await Promise.all(
        targets.map(
          (endpoint) =>
            new Promise<void>((firstTried) => {
              endpoint.queue.push({
                event,
                observer,
                since: clock.now(),
                generation: cleared,
                firstTried,
                attempts: 0,
              });
              pump(endpoint);
            }),
        ),
      );
      return targets.length > 0;
    },
    deadLetters: () => deadLetters,
    /** Forgets what is queued and dead; endpoints stay. */
    clear() {
      cleared += 1;
      deadLetters = [];
      for (const endpoint of endpoints) endpoint.queue = [];
    },
    close() {
      closed = true;
    },
  };
}

export type EventGrid = ReturnType<typeof createEventGrid>;
