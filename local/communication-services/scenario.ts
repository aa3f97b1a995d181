import { z } from 'zod';
import { garbledForms } from './garbled.ts';
import { quotas } from './quota-settings.ts';
import { retryAfterForms } from './retry-after.ts';

const seconds = z.number().nonnegative();
const share = z.number().min(0).max(1);
const range = z.tuple([seconds, seconds]).refine(([least, most]) => least <= most, 'the first must not be greater');

const channel = z.enum(['sms', 'email']);
const when = z.enum(['before', 'after']);

/** Whom a fault meets: a channel or both, a share of requests, a number of requests, a stretch of time from when it was set. */
const aim = {
  channel: channel.optional(),
  share: share.default(1),
  count: z.int().positive().optional(),
  from: seconds.default(0),
  seconds: z.number().positive().optional(),
};

const fault = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('error'),
    ...aim,
    when: when.default('before'),
    status: z.int().min(400).max(599),
    retryAfter: z.int().nonnegative().optional(),
    /** Absent: as the scenario says. */
    retryAfterForm: z.enum(retryAfterForms).optional(),
    code: z.string().optional(),
    message: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('slow'), ...aim, when: when.default('after'), delay: seconds }),
  z.strictObject({ kind: z.literal('hang'), ...aim, when: when.default('before') }),
  z.strictObject({ kind: z.literal('cut'), ...aim, when: when.default('before') }),
  z.strictObject({
    kind: z.literal('garbled'),
    ...aim,
    when: when.default('after'),
    form: z.enum(garbledForms).default('html'),
    /** Absent: 502 before acceptance, after it that of the good answer. */
    status: z.int().min(200).max(599).optional(),
  }),
  z.strictObject({
    kind: z.literal('recipient'),
    ...aim,
    channel: z.enum(['sms', 'opt-outs']).default('sms'),
    status: z.int().min(400).max(599),
    message: z.string().default('ServiceUnavailable'),
  }),
]);

const sumsToOne = (shares: Record<string, number | undefined>) =>
  Object.values(shares).reduce((sum: number, one) => sum + (one ?? 0), 0) <= 1 + 1e-9;

const smsCodes = z.enum([
  '4000',
  '4001',
  '4002',
  '4003',
  '4004',
  '4005',
  '4006',
  '4007',
  '4008',
  '4009',
  '4010',
  '4020',
  '5000',
  '5001',
  '5002',
  '9999',
]);
const emailStatuses = z.enum(['Expanded', 'Failed', 'Bounced', 'Suppressed', 'Quarantined', 'FilteredSpam']);

const eventSchema = z.enum(['CloudEventSchemaV1_0', 'EventGridSchema']);
const endpoint = z.strictObject({ url: z.url(), schema: eventSchema.optional() });

const base64 = z.base64().min(4);

const scenarioSchema = z.strictObject({
  /** Fixes every random choice. */
  seed: z.int().default(1),
  accessKey: base64.default('bG9jYWwtY29tbXVuaWNhdGlvbi1zZXJ2aWNlcy1hY2Nlc3Mta2V5'),
  /** Seconds that the signed date of a request may be off; null: any. */
  clockTolerance: seconds.nullable().default(300),
  /** Seconds that a request id and a Message-ID are remembered; 0: not at all. */
  memory: seconds.default(300),
  /** The same for SMS alone; null: as `memory`. */
  smsMemory: seconds.nullable().default(null),
  /** What a remembered Operation-Id of an accepted mail gets: the same 202 again, or a 400. */
  reusedOperationId: z.enum(['replay', 'refuse']).default('replay'),
  /** What we own: phone numbers, mail addresses or mail domains; null: everything. */
  senders: z
    .strictObject({
      sms: z.array(z.string()).nullable().default(null),
      email: z.array(z.string()).nullable().default(null),
    })
    .prefault({}),
  quotas,
  /** How a 429 says when to come again. */
  retryAfter: z.enum(retryAfterForms).default('seconds'),
  faults: z.array(fault).default([]),
  magicRecipients: z.boolean().default(true),
  /** Seconds that an email operation stays Running, and before that cannot be found. */
  operations: z.strictObject({ running: seconds.default(1), lag: seconds.default(0) }).prefault({}),
  /** Seconds that an address stays on the suppression list after its first bounce; 2, 4, 7, 14 times as long after the next ones. */
  suppressionLease: seconds.default(86_400),
  /** Shares of messages to ordinary recipients that fail with a code or status. */
  outcomes: z
    .strictObject({
      sms: z.partialRecord(smsCodes, share).refine(sumsToOne, 'the shares add up to more than 1').default({}),
      email: z.partialRecord(emailStatuses, share).refine(sumsToOne, 'the shares add up to more than 1').default({}),
    })
    .prefault({}),
  reports: z
    .strictObject({
      delay: z.strictObject({ sms: range.default([1, 4]), email: range.default([2, 8]) }).prefault({}),
      /** Seconds that a late report comes later than others. */
      lateBy: seconds.default(60),
      timing: z
        .strictObject({
          early: share.default(0),
          late: share.default(0),
          doubled: share.default(0),
          tenfold: share.default(0),
          reordered: share.default(0),
          lost: share.default(0),
        })
        .refine(sumsToOne, 'the shares add up to more than 1')
        .prefault({}),
      keyCase: z.enum(['camel', 'pascal', 'docs', 'mixed']).default('camel'),
    })
    .prefault({}),
  eventGrid: z
    .strictObject({
      schema: eventSchema.default('CloudEventSchemaV1_0'),
      /** Events per push at most. */
      batch: z.int().min(1).max(5000).default(1),
      /** Seconds that an endpoint may take. */
      answerTimeout: z.number().positive().default(30),
      /** Retry waits and the time to live are divided by this. */
      speed: z.number().positive().default(1),
      endpoints: z.array(endpoint).default([]),
    })
    .prefault({}),
});

export type Scenario = z.output<typeof scenarioSchema>;
export type Fault = z.output<typeof fault>;
export type Channel = z.output<typeof channel>;
export type EventSchema = z.output<typeof eventSchema>;
export type Timing = keyof Scenario['reports']['timing'];
export type SmsCode = z.output<typeof smsCodes>;
export type EmailStatus = z.output<typeof emailStatuses>;

export class ScenarioError extends Error {}

function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'scenario'}: ${issue.message}`);
  throw new ScenarioError(`The scenario is not valid. ${faults.join('; ')}`);
}

/** @throws ScenarioError that names every fault with its path. */
export const parseScenario = (input: unknown): Scenario => parse(scenarioSchema, input);

export const parseFault = (input: unknown): Fault => parse(fault, input);

export const parseEndpoint = (input: unknown): { url: string; schema?: EventSchema | undefined } =>
  parse(endpoint, input);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Objects are merged key by key, everything else (lists too) is replaced. */
function merge(base: unknown, change: unknown): unknown {
  if (!isObject(base) || !isObject(change)) return change;
  return {
    ...base,
    ...Object.fromEntries(Object.entries(change).map(([key, value]) => [key, merge(base[key], value)])),
  };
}

/** @throws ScenarioError; the base stays as it was. */
export const mergeScenario = (base: Scenario, change: unknown): Scenario => {
  if (!isObject(change)) throw new ScenarioError('The scenario is not valid. scenario: expected a JSON object');
  return parseScenario(merge(base, change));
};
