import { parseServiceBusConnectionString, RetryMode } from '@azure/service-bus';
import type { RetryOptions } from '@azure/service-bus';
import { resolveSettings, serviceBusConnection } from '../app-settings.ts';
import { ConfigurationError } from '../configuration-error.ts';
import type { HostedFunction } from '../function-check.ts';
import type { HostJson } from '../host-json.ts';

/** `extensions.serviceBus` of host.json (extension 5.x) with its defaults. Times in ms. */
export interface ServiceBusSettings {
  maxConcurrentCalls: number;
  autoCompleteMessages: boolean;
  maxAutoLockRenewalMs: number;
  maxMessageBatchSize: number;
  minMessageBatchSize: number;
  maxBatchWaitMs: number;
  retry: RetryOptions;
}

export interface ServiceBusTrigger {
  definition: HostedFunction;
  connectionString: string;
  /** `queue`, `queue/$DeadLetterQueue`, `topic/Subscriptions/sub`, for log lines. */
  entity: string;
  source: { queue: string } | { topic: string; subscription: string };
  deadLetters: boolean;
  many: boolean;
  binary: boolean;
  autoComplete: boolean;
}

const path = 'extensions.serviceBus';

export function serviceBusSettings(hostJson: HostJson, cores: number): ServiceBusSettings {
  const minMessageBatchSize = hostJson.wholeNumber(`${path}.minMessageBatchSize`, 1, 1);
  const maxMessageBatchSize = hostJson.wholeNumber(`${path}.maxMessageBatchSize`, 1000, 1);
  if (minMessageBatchSize > maxMessageBatchSize) {
    throw new ConfigurationError(`host.json ${path}.minMessageBatchSize is larger than maxMessageBatchSize.`);
  }
  const retryPath = `${path}.clientRetryOptions`;
  const mode = hostJson.text(`${retryPath}.mode`, 'exponential').toLowerCase();
  if (mode !== 'exponential' && mode !== 'fixed') {
    throw new ConfigurationError(`host.json ${retryPath}.mode is "exponential" or "fixed".`);
  }
  return {
    maxConcurrentCalls: hostJson.wholeNumber(`${path}.maxConcurrentCalls`, 16 * cores, 1),
    autoCompleteMessages: hostJson.flag(`${path}.autoCompleteMessages`, true),
    maxAutoLockRenewalMs: hostJson.duration(`${path}.maxAutoLockRenewalDuration`, 5 * 60_000),
    maxMessageBatchSize,
    minMessageBatchSize,
    maxBatchWaitMs: hostJson.duration(`${path}.maxBatchWaitTime`, 30_000),
    retry: {
      maxRetries: hostJson.wholeNumber(`${retryPath}.maxRetries`, 3, 0),
      retryDelayInMs: hostJson.duration(`${retryPath}.delay`, 800),
      maxRetryDelayInMs: hostJson.duration(`${retryPath}.maxDelay`, 60_000),
      timeoutInMs: hostJson.duration(`${retryPath}.tryTimeout`, 60_000),
      mode: mode === 'fixed' ? RetryMode.Fixed : RetryMode.Exponential,
    },
  };
}

function isConnectionString(text: string): boolean {
  try {
    const { sharedAccessKey, sharedAccessKeyName, sharedAccessSignature } = parseServiceBusConnectionString(text);
    return (sharedAccessKey !== undefined && sharedAccessKeyName !== undefined) || sharedAccessSignature !== undefined;
  } catch {
    // The SDK's message repeats the string, key included.
    return false;
  }
}

/** Cuts `/$DeadLetterQueue` (any case) from an entity name. */
function splitDeadLetterQueue(name: string): { name: string; deadLetters: boolean } {
  const match = /^(.*)\/\$deadletterqueue$/i.exec(name);
  return match ? { name: match[1] ?? '', deadLetters: true } : { name, deadLetters: false };
}

/** Everything a Service Bus trigger needs before it can listen, its settings resolved. */
export function serviceBusTrigger(
  definition: HostedFunction,
  defaults: ServiceBusSettings,
  settings: NodeJS.ProcessEnv,
): ServiceBusTrigger {
  const { trigger } = definition;
  const option = (name: string): string | undefined => {
    const value = trigger[name];
    return typeof value === 'string' && value !== '' ? resolveSettings(value, settings) : undefined;
  };
  if (trigger['isSessionsEnabled'] === true) {
    throw new ConfigurationError('sessions (isSessionsEnabled) are not served by this host.');
  }
  const connectionString = serviceBusConnection(option('connection') ?? '', settings);
  if (!isConnectionString(connectionString)) {
    throw new ConfigurationError(
      `the setting behind connection "${String(trigger['connection'])}" is no Service Bus connection string (Endpoint=sb://…;SharedAccessKeyName=…;SharedAccessKey=…).`,
    );
  }
  const queueName = option('queueName');
  const topicName = option('topicName');
  const subscriptionName = option('subscriptionName');
  const common = {
    definition,
    connectionString,
    many: trigger['cardinality'] === 'many',
    binary: trigger['dataType'] === 'binary',
    autoComplete:
      typeof trigger['autoCompleteMessages'] === 'boolean'
        ? trigger['autoCompleteMessages']
        : defaults.autoCompleteMessages,
  };
  if (queueName !== undefined) {
    const { name, deadLetters } = splitDeadLetterQueue(queueName);
    return { ...common, source: { queue: name }, deadLetters, entity: queueName };
  }
  if (topicName === undefined || subscriptionName === undefined) {
    throw new ConfigurationError('a Service Bus trigger needs queueName, or topicName and subscriptionName.');
  }
  const { name, deadLetters } = splitDeadLetterQueue(subscriptionName);
  return {
    ...common,
    source: { topic: topicName, subscription: name },
    deadLetters,
    entity: `${topicName}/Subscriptions/${subscriptionName}`,
  };
}
