import { z } from 'zod';
import { LIMITS, type Limits } from './limits.ts';
import { parseQuietHours, type QuietHoursByCountry } from './quiet-hours-setting.ts';
import type { ReminderSettings } from './reminder-offsets.ts';
import { REMINDERS_SETTING } from './reminder-settings.ts';
import { LEAST_DAYS } from './retention.ts';
import { SENDERS_SETTING } from './sender-settings.ts';
import { type DailyCaps, scopesOf } from './scopes.ts';
import type { Sender } from './senders.ts';

/** How an outside service is reached: by connection string on a laptop, by identity in Azure. */
export type Connection =
  { connectionString: string } | { endpoint: string; /** Client id of a user-assigned identity. */ clientId?: string };

/** A key for the hashes of addresses; the first of a list writes, all of them read. */
export type HashKey = { name: string; key: Uint8Array };

export type Settings = {
  environment: string;
  serviceBus: Connection;
  tables: Connection;
  communicationServices: Connection;
  senders: readonly Sender[];
  hashKeys: readonly [HashKey, ...HashKey[]];
  linkHosts: readonly string[];
  deliveriesPerSubjectAndDay: number;
  /** Milliseconds after which an accepted delivery without a report is `unknown`. */
  reportDeadline: number;
  retentionDays: number;
  /** Most messages of a channel in any 24 hours. */
  dailyCaps: DailyCaps;
  /** An SMS of several segments uses up the quota several times. */
  countSegments: boolean;
  /** What the urgent lane gets of each quota, of 1. */
  urgentShare: number;
  quietHours: QuietHoursByCountry;
  reminderSettings: ReminderSettings;
  limits: Limits;
  /** Undefined when there is nowhere to export to. */
  telemetry?: TelemetrySettings;
};

export type TelemetrySettings = {
  environment: string;
  /** To where the standard's own settings say. */
  otlp: boolean;
  azureMonitor?: { connectionString: string; clientId?: string };
  /** Milliseconds between two exports of metrics. */
  interval: number;
  /** Of the traces without a fault, of 1. */
  traceShare: number;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** One line per setting that is missing or wrong; never a value. */
export class SettingsError extends Error {
  override name = 'SettingsError';
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(`Settings are missing or wrong:\n${faults.map((fault) => `  ${fault}`).join('\n')}`);
    this.faults = faults;
  }
}

const hashKeys = z.string().transform((text, context): [HashKey, ...HashKey[]] => {
  const keys = text.split(',').flatMap((entry): HashKey[] => {
    const [, name, base64] = /^\s*([a-z][a-z0-9]*)=([A-Za-z0-9+/]+=*)\s*$/.exec(entry) ?? [];
    if (!name || !base64) return [];
    const key = Buffer.from(base64, 'base64');
    return key.length >= 32 ? [{ name, key }] : [];
  });
  const [first, ...others] = keys;
  if (!first || keys.length !== text.split(',').length) {
    context.addIssue({
      code: 'custom',
      message: 'expected k1=<base64 of 32 bytes or more>, further keys after a comma',
    });
    return z.NEVER;
  }
  return [first, ...others];
});

const hosts = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim().toLowerCase()))
  .refine((list) => list.every((host) => /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/.test(host)), {
    error: 'expected hosts such as track.example.com, comma between',
  });

const wholeNumber = (least: number) => z.coerce.number({ error: 'expected a whole number' }).int().min(least);

/** A setting that may be left out: an empty value, as a deployment template writes it, is none. */
const maybe = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

/** Every plain setting, its shape and its default; the description stands in the README. */
export const SETTINGS = {
  ENVIRONMENT: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,15}$/, 'expected up to 16 of a-z, 0-9 and -')
    .describe('Name of this deployment; goes into the tag of each SMS, so that foreign reports are told apart.'),
  SENDERS: SENDERS_SETTING.describe(
    'JSON: whom SMS and mails come from, per sender its kind, the countries that it reaches and its quota.',
  ),
  ADDRESS_HASH_KEYS: hashKeys.describe(
    'Keys for the hashes of addresses, `k1=<base64>,k2=<base64>`: the first writes, all read. A secret (Key Vault in Azure).',
  ),
  LINK_HOSTS: hosts.describe(
    'Hosts that links in events may point to, comma between; a link elsewhere makes the event rejected.',
  ),
  DELIVERIES_PER_SUBJECT_AND_DAY: wholeNumber(1)
    .default(20)
    .describe('More deliveries than this for one order and recipient on one day are held back as a loop upstream.'),
  REPORT_DEADLINE_SECONDS: wholeNumber(1)
    .default(86_400)
    .describe('After this long without a report an accepted delivery becomes `unknown`.'),
  RETENTION_DAYS: wholeNumber(LEAST_DAYS)
    .default(90)
    .describe('How long rows with personal data are kept; at least 3 days more than the report deadline.'),
  SMS_PER_DAY: maybe(wholeNumber(1).optional()).describe(
    'Most SMS in any 24 hours, over all senders; a brake on the bill. No limit when empty or absent.',
  ),
  EMAIL_PER_DAY: maybe(wholeNumber(1).optional()).describe(
    'Most mails in any 24 hours; no limit when empty or absent.',
  ),
  SMS_QUOTA_COUNTS: maybe(
    z.enum(['messages', 'segments'], 'expected messages or segments').default('messages'),
  ).describe('What an SMS uses up of its sender’s quota: one unit, or one per segment.'),
  URGENT_PERCENT: maybe(
    z.coerce
      .number({ error: 'expected a number of percent' })
      .min(0, 'expected at least 0')
      .max(50, 'expected at most 50')
      .default(2),
  ).describe(
    'What each quota keeps for urgent messages, in percent, one message at least; while nobody needs it, others are lent it.',
  ),
  QUIET_HOURS: maybe(
    z
      .string()
      .superRefine((text, context) => {
        const parsed = parseQuietHours(text);
        for (const message of 'faults' in parsed ? parsed.faults : []) context.addIssue({ code: 'custom', message });
      })
      .default('21:00-08:00'),
  ).describe(
    'When nobody is texted, in the recipient’s own time: `21:00-08:00`, `none`, or with other hours for some countries, `21:00-08:00,FR=22:00-08:00,US=none`.',
  ),
  REMINDERS: maybe(REMINDERS_SETTING.prefault('{}')).describe(
    'JSON: the reminders of appointments. `presets`: when those that events name are due, before the start (`2h`, `90m`) or days before at a local time; `usual`: which ones are sent when an event names none; `byType`: the same for some types of appointment. What is left out stays as by default.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: maybe(
    z.url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:4318' }).optional(),
  ).describe(
    'Where metrics and traces go by OTLP over HTTP; the other settings of the standard, such as `OTEL_EXPORTER_OTLP_HEADERS`, count too. They go to Application Insights where `APPLICATIONINSIGHTS_CONNECTION_STRING` is set.',
  ),
  OTEL_METRIC_EXPORT_INTERVAL: maybe(wholeNumber(1_000).default(30_000)).describe(
    'Milliseconds between two exports of metrics.',
  ),
  TRACE_SHARE: maybe(
    z.coerce
      .number({ error: 'expected a number from 0 to 1' })
      .min(0, 'expected at least 0')
      .max(1, 'expected at most 1')
      .default(0.1),
  ).describe('Which share of the traces is exported whole; steps that went wrong always are.'),
  LIMITS: z
    .enum(['real', 'short'], 'expected real or short')
    .default('real')
    .describe('Which set of numbers that belong together (`shared/limits.ts`); `short` is for tests.'),
  HOUSEKEEPING_SCHEDULE: z.string().min(1).describe('NCRONTAB of the housekeeping timer, UTC.'),
} as const;

type PlainSettings = z.infer<z.ZodObject<typeof SETTINGS>>;

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const HTTPS_ORIGIN = /^https:\/\/[a-z0-9.-]+\/?$/i;

/**
 * Outside services: `<name>` is a connection string, or `<name>__<suffix>` names the endpoint for identity. With both, the
 * connection string counts, as in the Functions host, so that triggers and clients never reach different services.
 */
export const CONNECTIONS = {
  ServiceBus: {
    of: 'the Service Bus namespace',
    suffix: 'fullyQualifiedNamespace',
    parts: { Endpoint: /^sb:\/\/[^\s/]+\/?$/, SharedAccessKeyName: /./, SharedAccessKey: /./ },
    endpoint: /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i,
    expected: 'a host name such as shop.servicebus.windows.net',
  },
  Tables: {
    of: 'the storage account of the tables',
    suffix: 'serviceUri',
    parts: { AccountName: /^[a-z0-9]+$/, AccountKey: BASE64 },
    endpoint: HTTPS_ORIGIN,
    expected: 'an https address such as https://shop.table.core.windows.net',
  },
  CommunicationServices: {
    of: 'the communication resource',
    suffix: 'endpoint',
    parts: { endpoint: /^https?:\/\/[^\s/]+\/?$/, accesskey: BASE64 },
    endpoint: HTTPS_ORIGIN,
    expected: 'an https address such as https://shop.europe.communication.azure.com',
  },
} as const;

export function readConnection(name: keyof typeof CONNECTIONS, environment: Environment): Connection | string {
  const { suffix, parts, endpoint: shape, expected } = CONNECTIONS[name];
  const connectionString = environment[name];
  if (connectionString) {
    const wrong = Object.entries(parts)
      .filter(([part, pattern]) => !pattern.test(partOf(connectionString, part)))
      .map(([part]) => part);
    return wrong.length === 0
      ? { connectionString }
      : `${name}: not a connection string of this service; missing or wrong in it: ${wrong.join(', ')}`;
  }
  const endpoint = environment[`${name}__${suffix}`];
  if (!endpoint) return `${name}: missing; set a connection string, or ${name}__${suffix} for identity`;
  if (!shape.test(endpoint)) return `${name}__${suffix}: expected ${expected}`;
  const clientId = environment[`${name}__clientId`] ?? environment['AZURE_CLIENT_ID'];
  return { endpoint, ...(clientId ? { clientId } : {}) };
}

const partOf = (connectionString: string, part: string): string =>
  new RegExp(`(?:^|;)\\s*${part}=([^;]*)`, 'i').exec(connectionString)?.[1]?.trim() ?? '';

/** A delivery must have its last report, or its deadline for one, before its row goes. */
function retentionFaults(settings: { RETENTION_DAYS: number; REPORT_DEADLINE_SECONDS: number }): string[] {
  const least = LEAST_DAYS + Math.ceil(settings.REPORT_DEADLINE_SECONDS / 86_400);
  return settings.RETENTION_DAYS < least
    ? [`RETENTION_DAYS: expected at least ${least}, with this REPORT_DEADLINE_SECONDS`]
    : [];
}

/** What the scopes follow from; the other settings may be missing. @throws SettingsError */
export function readPacing(environment: Environment): Pick<Settings, 'senders' | 'dailyCaps'> {
  const { SENDERS, SMS_PER_DAY, EMAIL_PER_DAY } = SETTINGS;
  const read = z.object({ SENDERS, SMS_PER_DAY, EMAIL_PER_DAY }).safeParse(environment);
  if (!read.success) throw new SettingsError(faultsOf(read.error, environment));
  return { senders: read.data.SENDERS, dailyCaps: capsOf(read.data) };
}

/** The other settings may be missing. @throws SettingsError */
export function readReminders(environment: Environment): ReminderSettings {
  const read = z.object({ REMINDERS: SETTINGS.REMINDERS }).safeParse(environment);
  if (!read.success) throw new SettingsError(faultsOf(read.error, environment));
  return read.data.REMINDERS;
}

type Caps = { SMS_PER_DAY?: number | undefined; EMAIL_PER_DAY?: number | undefined };

const capsOf = ({ SMS_PER_DAY: sms, EMAIL_PER_DAY: email }: Caps): DailyCaps => ({
  ...(sms !== undefined && { sms }),
  ...(email !== undefined && { email }),
});

const faultsOf = ({ issues }: z.ZodError, environment: Environment): string[] =>
  issues.map(
    ({ path, message }) => `${pathOf(path)}: ${environment[String(path[0])] === undefined ? 'missing' : message}`,
  );

/** A daily cap is divided among the quotas of its channel, and none of them can be nothing. */
function capFaults(settings: {
  SENDERS: readonly Sender[];
  SMS_PER_DAY?: number | undefined;
  EMAIL_PER_DAY?: number | undefined;
}): string[] {
  const caps = [
    ['SMS_PER_DAY', 'sms'],
    ['EMAIL_PER_DAY', 'email'],
  ] as const;
  return caps.flatMap(([name, channel]) => {
    const quotas = scopesOf(settings.SENDERS, {}).filter((scope) => scope.channel === channel).length;
    const cap = settings[name];
    return cap !== undefined && cap < quotas
      ? [`${name}: expected at least ${quotas}, one for each quota in SENDERS`]
      : [];
  });
}

/** The setting has been checked. */
function quietHours(text: string): QuietHoursByCountry {
  const parsed = parseQuietHours(text);
  if ('faults' in parsed) throw new SettingsError(parsed.faults);
  return parsed;
}

/** As the host reads them: a connection string, and whose identity signs in. */
function telemetrySettings(plain: PlainSettings, environment: Environment): TelemetrySettings | undefined {
  const connectionString = environment['APPLICATIONINSIGHTS_CONNECTION_STRING'];
  const [, clientId] = /ClientId=([^;]+)/i.exec(environment['APPLICATIONINSIGHTS_AUTHENTICATION_STRING'] ?? '') ?? [];
  const otlp = plain.OTEL_EXPORTER_OTLP_ENDPOINT !== undefined;
  if (!otlp && !connectionString) return undefined;
  return {
    environment: plain.ENVIRONMENT,
    otlp,
    ...(connectionString && { azureMonitor: { connectionString, ...(clientId && { clientId }) } }),
    interval: plain.OTEL_METRIC_EXPORT_INTERVAL,
    traceShare: plain.TRACE_SHARE,
  };
}

/** All settings, or one error that lists every fault. */
export function readSettings(environment: Environment): Settings {
  const faults: string[] = [];
  const plain = z.object(SETTINGS).safeParse(environment);
  if (!plain.success) faults.push(...faultsOf(plain.error, environment));
  const connection = (name: keyof typeof CONNECTIONS): Connection => {
    const read = readConnection(name, environment);
    if (typeof read !== 'string') return read;
    faults.push(read);
    return { connectionString: '' };
  };
  const connections = {
    serviceBus: connection('ServiceBus'),
    tables: connection('Tables'),
    communicationServices: connection('CommunicationServices'),
  };
  if (plain.success) faults.push(...retentionFaults(plain.data), ...capFaults(plain.data));
  if (!plain.success || faults.length > 0) throw new SettingsError(faults);
  const telemetry = telemetrySettings(plain.data, environment);
  return {
    ...connections,
    environment: plain.data.ENVIRONMENT,
    senders: plain.data.SENDERS,
    hashKeys: plain.data.ADDRESS_HASH_KEYS,
    linkHosts: plain.data.LINK_HOSTS,
    deliveriesPerSubjectAndDay: plain.data.DELIVERIES_PER_SUBJECT_AND_DAY,
    reportDeadline: plain.data.REPORT_DEADLINE_SECONDS * 1_000,
    retentionDays: plain.data.RETENTION_DAYS,
    dailyCaps: capsOf(plain.data),
    countSegments: plain.data.SMS_QUOTA_COUNTS === 'segments',
    urgentShare: plain.data.URGENT_PERCENT / 100,
    quietHours: quietHours(plain.data.QUIET_HOURS),
    reminderSettings: plain.data.REMINDERS,
    limits: LIMITS[plain.data.LIMITS],
    ...(telemetry && { telemetry }),
  };
}

/** `SENDERS.sms[0].kind` */
const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
    .join('')
    .slice(1);

/** Those of this process. */
export const environmentSettings = (): Settings => readSettings(process.env);
