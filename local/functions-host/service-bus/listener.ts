import { ServiceBusClient } from '@azure/service-bus';
import type { MessageHandlers, ServiceBusReceivedMessage, ServiceBusReceiver } from '@azure/service-bus';
import pLimit from 'p-limit';
import type { Clock } from '../clock.ts';
import { createInFlight } from '../in-flight.ts';
import { errorText } from '../invoker.ts';
import type { Invocation, Invoker } from '../invoker.ts';
import type { LogLevel } from '../library.ts';
import type { Log } from '../log.ts';
import { createBatches } from './batches.ts';
import { within } from './deadline.ts';
import { keepLocked } from './lock-renewal.ts';
import { batchData, messageData } from './message-data.ts';
import { createSettlementGate } from './settlement-gate.ts';
import type { ServiceBusSettings, ServiceBusTrigger } from './trigger-settings.ts';

export interface Listener {
  /** Takes no more messages and resolves once the running invocations have ended and are settled. */
  stop(): Promise<void>;
}

export interface ListenerParts {
  invoker: Invoker;
  log: Log;
  clock: Clock;
}

function openReceiver(client: ServiceBusClient, { source, deadLetters }: ServiceBusTrigger): ServiceBusReceiver {
  const options = {
    // Locks are renewed by the listener itself, bodies parsed by the library.
    maxAutoLockRenewalDurationInMs: 0,
    skipParsingBodyAsJson: true,
    ...(deadLetters && { subQueueType: 'deadLetter' as const }),
  };
  return 'queue' in source
    ? client.createReceiver(source.queue, options)
    : client.createReceiver(source.topic, source.subscription, options);
}

function sendersTrace({ applicationProperties }: ServiceBusReceivedMessage): string | undefined {
  const id = applicationProperties?.['Diagnostic-Id'] ?? applicationProperties?.['traceparent'];
  return typeof id === 'string' ? id : undefined;
}

/** The SDK waits a minute for a broker that has gone, and would hold up all other messages for so long. */
const brokerPatienceMs = 5000;
const closingPatienceMs = 2000;
/** What a link of the SDK can hold unsettled. */
const largestCredit = 2000;

const describe = (message: ServiceBusReceivedMessage): string =>
  `SequenceNumber: ${String(message.sequenceNumber)}, DeliveryCount: ${(message.deliveryCount ?? 0) + 1}`;

/** Receives for one function until stopped, and goes on trying when the entity or the broker is away. */
export function startServiceBusListener(
  trigger: ServiceBusTrigger,
  settings: ServiceBusSettings,
  { invoker, log, clock }: ListenerParts,
): Listener {
  const { definition, entity, autoComplete, many } = trigger;
  const client = new ServiceBusClient(trigger.connectionString, { retryOptions: { ...settings.retry } });
  const receiver = openReceiver(client, trigger);
  const gate = createSettlementGate();
  const stopping = new AbortController();
  const say = (level: LogLevel, message: string): void => {
    log({ level, category: 'Host.Triggers.ServiceBus', message, function: definition.name });
  };

  const troubles = new Set<string>();
  const reportTrouble = (message: string): void => {
    if (stopping.signal.aborted || troubles.has(message)) return;
    troubles.add(message);
    say('error', `Function "${definition.name}" cannot receive from "${entity}", trying on: ${message}`);
  };
  const reportRecovery = (): Promise<void> => {
    if (troubles.size > 0) say('information', `Function "${definition.name}" receives from "${entity}" again.`);
    troubles.clear();
    return Promise.resolve();
  };

  const answered = (settled: Promise<void>): Promise<void> => within(brokerPatienceMs, settled, clock);
  const settle = async (how: 'complete' | 'abandon', message: ServiceBusReceivedMessage): Promise<void> => {
    try {
      if (how === 'complete') await gate.complete(() => answered(receiver.completeMessage(message)));
      else await gate.abandon(() => answered(receiver.abandonMessage(message)));
    } catch (error) {
      say(
        'warning',
        `Message ${String(message.sequenceNumber)} of "${entity}" could not be settled (${how}): ${errorText(error)}`,
      );
    }
  };

  const renewed = (message: ServiceBusReceivedMessage, maxDurationMs: number): (() => void) =>
    keepLocked(
      {
        lockedUntil: () => message.lockedUntilUtc?.getTime() ?? 0,
        renew: () => receiver.renewMessageLock(message),
        onLost: (error) => {
          say(
            'warning',
            `The lock of message ${String(message.sequenceNumber)} of "${entity}" was not renewed: ${errorText(error)}`,
          );
        },
      },
      maxDurationMs,
      clock,
    );

  /** Runs the function and settles all its messages alike. */
  const invoke = async (
    messages: ServiceBusReceivedMessage[],
    invocation: () => Pick<Invocation, 'input' | 'triggerMetadata' | 'details' | 'traceParent'>,
  ): Promise<void> => {
    let succeeded = false;
    let data: ReturnType<typeof invocation> | undefined;
    try {
      data = invocation();
    } catch (error) {
      say('error', `Function "${definition.name}" was not run, its message cannot be bound: ${errorText(error)}`);
    }
    if (data) {
      const reason = `New ServiceBus message detected on '${entity}'.`;
      succeeded = await invoker.invoke(definition, { reason, ...data }).then(
        () => true,
        () => false,
      );
    }
    if (succeeded && !autoComplete) return;
    await Promise.all(messages.map((message) => settle(succeeded ? 'complete' : 'abandon', message)));
  };

  const limit = pLimit(settings.maxConcurrentCalls);
  const inFlight = createInFlight();
  const runOne = async (message: ServiceBusReceivedMessage): Promise<void> => {
    const release = renewed(message, settings.maxAutoLockRenewalMs);
    try {
      // The SDK may hand over more than it was asked for after a reconnect.
      await limit(() =>
        invoke([message], () => ({
          ...messageData(message, trigger),
          details: describe(message),
          traceParent: sendersTrace(message),
        })),
      );
    } finally {
      release();
    }
  };

  const batches = createBatches<{ message: ServiceBusReceivedMessage; release: () => void }>(
    async (items) => {
      // A running batch gets no renewal, as in the real host; only waiting for its turn costs no lock.
      for (const { release } of items) release();
      const messages = items.map(({ message }) => message);
      await invoke(messages, () => ({ ...batchData(messages, trigger), details: `MessageCount: ${messages.length}` }));
    },
    {
      maximum: settings.maxMessageBatchSize,
      minimum: settings.minMessageBatchSize,
      maxWaitMs: settings.maxBatchWaitMs,
    },
    clock,
  );

  const handlers: MessageHandlers & { postInitialize(): Promise<void> } = {
    processMessage: async (message) => {
      inFlight.enter();
      if (many) await batches.add({ message, release: renewed(message, Number.POSITIVE_INFINITY) });
      else await runOne(message);
      inFlight.leave();
    },
    processError: ({ error }) => {
      reportTrouble(errorText(error));
      return Promise.resolve();
    },
    // Not in the SDK's types; called when the link is open. Without it only the line about the recovery is lost.
    postInitialize: reportRecovery,
  };
  const subscription = receiver.subscribe(handlers, {
    abortSignal: stopping.signal,
    autoCompleteMessages: false,
    maxConcurrentCalls: Math.min(many ? settings.maxMessageBatchSize : settings.maxConcurrentCalls, largestCredit),
  });

  const closeShortly = async (closing: Promise<void>): Promise<void> => {
    try {
      await within(closingPatienceMs, closing, clock);
    } catch (error) {
      say('debug', `"${entity}" was not closed cleanly: ${errorText(error)}`);
    }
  };

  return {
    stop: async () => {
      stopping.abort();
      await closeShortly(subscription.close());
      batches.flush();
      await inFlight.idle();
      await closeShortly(receiver.close().then(() => client.close()));
    },
  };
}
