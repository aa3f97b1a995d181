import { z } from 'zod';

import { parseDuration } from './durations.ts';
import { ruleSchema, trueRule } from './rules.ts';
import type { Rule } from './rules.ts';

/** The entities of a namespace, in the `Config.json` format of the official emulator. */

export interface QueueSettings {
  readonly lockDurationMs: number;
  /** Infinity: messages live forever. */
  readonly defaultTtlMs: number;
  readonly maxDeliveryCount: number;
  readonly deadLetterOnExpiry: boolean;
  readonly requiresSession: boolean;
}

export interface QueueConfig {
  readonly name: string;
  readonly settings: QueueSettings;
  /** How long message ids are remembered; undefined without duplicate detection. */
  readonly duplicateWindowMs: number | undefined;
}

export interface SubscriptionConfig {
  readonly name: string;
  readonly settings: QueueSettings;
  readonly rules: readonly Rule[];
}

export interface TopicConfig {
  readonly name: string;
  readonly defaultTtlMs: number;
  readonly duplicateWindowMs: number | undefined;
  readonly subscriptions: readonly SubscriptionConfig[];
}

export interface NamespaceConfig {
  readonly queues: readonly QueueConfig[];
  readonly topics: readonly TopicConfig[];
  /** What the file asks for and this broker does not do, one line each. */
  readonly warnings: readonly string[];
}

/** Everything that is wrong with the file, each with its path in it. */
export class ConfigError extends Error {
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
  }
}

function duration(least: number, most: number, allowed: string) {
  return z.string().transform((text, context) => {
    const value = parseDuration(text);
    if (value !== undefined && value >= least && value <= most) return value;
    context.addIssue({ code: 'custom', message: `'${text}' is no duration that is allowed here: ${allowed}` });
    return z.NEVER;
  });
}

const second = 1000;
const day = 24 * 60 * 60 * second;
const name = z.string().regex(/^[A-Za-z0-9]([\w./-]*[A-Za-z0-9])?$/, 'letters, digits and . - _ / only');
const lockDuration = duration(second, 5 * 60 * second, 'PT1S to PT5M').default(60 * second);
const timeToLive = duration(1, Infinity, 'an ISO 8601 duration such as PT1H or P14D').default(Infinity);
const duplicateWindow = duration(second, 7 * day, 'PT1S to P7D').default(10 * 60 * second);

const ignored = {
  ForwardTo: z.string().default(''),
  ForwardDeadLetteredMessagesTo: z.string().default(''),
  AutoDeleteOnIdle: z.string().optional(),
  MaxSizeInMegabytes: z.number().optional(),
  EnablePartitioning: z.boolean().optional(),
  EnableBatchedOperations: z.boolean().optional(),
};

const receiving = {
  LockDuration: lockDuration,
  DefaultMessageTimeToLive: timeToLive,
  MaxDeliveryCount: z.int().min(1).max(2000).default(10),
  DeadLetteringOnMessageExpiration: z.boolean().default(false),
  RequiresSession: z.boolean().default(false),
  ...ignored,
};

const detecting = {
  RequiresDuplicateDetection: z.boolean().default(false),
  DuplicateDetectionHistoryTimeWindow: duplicateWindow,
};

const queue = z.strictObject({ Name: name, Properties: z.strictObject({ ...receiving, ...detecting }).prefault({}) });
const subscription = z.strictObject({
  Name: name,
  Properties: z.strictObject(receiving).prefault({}),
  Rules: z.array(ruleSchema).default([]),
});
const topic = z.strictObject({
  Name: name,
  Properties: z.strictObject({ DefaultMessageTimeToLive: timeToLive, ...detecting, ...ignored }).prefault({}),
  Subscriptions: z.array(subscription).default([]),
});
const file = z.strictObject({
  UserConfig: z.strictObject({
    Namespaces: z
      .array(
        z.strictObject({ Name: z.string(), Queues: z.array(queue).default([]), Topics: z.array(topic).default([]) }),
      )
      .length(1, 'exactly one namespace'),
    Logging: z.looseObject({}).optional(),
  }),
});

/** Reads the text of a `Config.json`; comments and trailing commas are allowed, as in the official sample. Throws a ConfigError. */
export function parseConfig(text: string): NamespaceConfig {
  let json: unknown;
  try {
    json = JSON.parse(withoutComments(text));
  } catch (error) {
    throw new ConfigError([`not JSON: ${(error as Error).message}`]);
  }
  return readConfig(json);
}

/** The same from an object. Throws a ConfigError. */
export function readConfig(json: unknown): NamespaceConfig {
  const parsed = file.safeParse(json);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => `${pathOf(issue)}: ${issue.message}`));
  const namespace = parsed.data.UserConfig.Namespaces[0];
  if (!namespace) throw new ConfigError(['UserConfig.Namespaces: exactly one namespace']);
  const warnings: string[] = [];
  const queues = namespace.Queues.map(({ Name, Properties }) => {
    warnings.push(...unsupported(Name, Properties));
    return { name: Name, settings: settingsOf(Properties), duplicateWindowMs: windowOf(Properties) };
  });
  const topics = namespace.Topics.map(({ Name, Properties, Subscriptions }) => {
    warnings.push(...unsupported(Name, Properties));
    const subscriptions = Subscriptions.map((sub) => {
      warnings.push(...unsupported(`${Name}/Subscriptions/${sub.Name}`, sub.Properties));
      const rules = sub.Rules.length > 0 ? sub.Rules : [trueRule];
      return { name: sub.Name, settings: settingsOf(sub.Properties), rules };
    });
    return {
      name: Name,
      defaultTtlMs: Properties.DefaultMessageTimeToLive,
      duplicateWindowMs: windowOf(Properties),
      subscriptions,
    };
  });
  const twice = repeated([...queues, ...topics].map((entity) => entity.name));
  for (const one of topics)
    twice.push(...repeated(one.subscriptions.map((sub) => `${one.name}/Subscriptions/${sub.name}`)));
  if (twice.length > 0) throw new ConfigError(twice.map((entity) => `the name '${entity}' is used twice`));
  return { queues, topics, warnings };
}

function pathOf(issue: { path: readonly PropertyKey[] }): string {
  const path = issue.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return path.replace(/^\./, '') || 'the file';
}

function settingsOf(
  properties: z.infer<typeof queue>['Properties'] | z.infer<typeof subscription>['Properties'],
): QueueSettings {
  return {
    lockDurationMs: properties.LockDuration,
    defaultTtlMs: properties.DefaultMessageTimeToLive,
    maxDeliveryCount: properties.MaxDeliveryCount,
    deadLetterOnExpiry: properties.DeadLetteringOnMessageExpiration,
    requiresSession: properties.RequiresSession,
  };
}

function windowOf(properties: {
  RequiresDuplicateDetection: boolean;
  DuplicateDetectionHistoryTimeWindow: number;
}): number | undefined {
  return properties.RequiresDuplicateDetection ? properties.DuplicateDetectionHistoryTimeWindow : undefined;
}

function unsupported(entity: string, properties: Record<string, unknown>): string[] {
  const asked = Object.keys(ignored).filter((key) => key !== 'EnableBatchedOperations' && Boolean(properties[key]));
  return asked.map((key) => `${entity}: ${key} is ignored, this broker does not do it.`);
}

function repeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return names.filter((one) => {
    const known = seen.has(one.toLowerCase());
    seen.add(one.toLowerCase());
    return known;
  });
}

/** Strings are matched first, so that a `//` inside one stays. */
function withoutComments(text: string): string {
  const bare = text
    .replace(/^\uFEFF/, '')
    .replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (_match, kept?: string) => kept ?? '');
  return bare.replace(/("(?:\\.|[^"\\])*")|,(?=\s*[\]}])/g, (_match, kept?: string) => kept ?? '');
}
