/** The one place where settings become clients, and clients the dependencies of each trigger. */
import { setTimeout as wait } from 'node:timers/promises';
import type { DurableClient } from 'durable-functions';
import { addressHashes } from './addresses.ts';
import { backlogsOf } from './azure/backlogs.ts';
import { emailProvider } from './azure/email.ts';
import { credentialOf, serviceBusClient, tableClient } from './azure/identity.ts';
import { queuesOf, SERVICE_BUS_OPTIONS } from './azure/queues.ts';
import { remindersOn } from './azure/reminders.ts';
import { smsProvider } from './azure/sms.ts';
import { quietHoursIn } from './quiet-hours-setting.ts';
import { openTables } from './azure/tables.ts';
import { createBookings } from './bookings.ts';
import { environmentSettings, type Settings } from './config.ts';
import type { DeadLetterDependencies } from './dead-letters.ts';
import type { Channel, Plan } from './delivery.ts';
import { writeFailure } from './failures.ts';
import type { HousekeepingDependencies } from './housekeeping.ts';
import type { IntakeDependencies } from './intake.ts';
import { type Log, logLine } from './log.ts';
import type { Clock } from './ports.ts';
import type { RemindDependencies } from './remind.ts';
import type { TimedRetentionDependencies } from './retention.ts';
import type { SendDependencies } from './send.ts';
import type { StandingDependencies } from './standing.ts';
import { scopeOf, scopesOf, unitsOf } from './scopes.ts';
import { senderFor } from './senders.ts';
import { storageClock } from './storage-clock.ts';
import { MOST_SEGMENTS } from './sms-text.ts';
import { createSwitches } from './switches.ts';
import type { ReportDependencies } from './take-report.ts';
import { createTelemetry } from './telemetry.ts';

/** The part of an invocation context that takes log lines. */
type LogContext = Record<'info' | 'warn' | 'error', (line: string) => void>;

const clock: Clock = {
  now: () => new Date(),
  monotonic: () => performance.now(),
  wait: (milliseconds) => wait(milliseconds),
};

/** Everything that reaches outside; made once per process, no connection is opened before it is needed. */
export function connect(settings: Settings) {
  const { serviceBus, tables, communicationServices } = settings;
  const provider =
    'endpoint' in communicationServices
      ? { endpoint: communicationServices.endpoint, credential: credentialOf(communicationServices.clientId) }
      : communicationServices;
  return {
    tables: openTables((name) => tableClient(tables, name)),
    queues: queuesOf(() => serviceBusClient(serviceBus, SERVICE_BUS_OPTIONS)),
    sms: smsProvider(provider),
    email: emailProvider(provider),
  };
}

const settings = environmentSettings();
const { tables, queues, sms, email } = connect(settings);
const { limits, senders } = settings;
const backlogs = backlogsOf(() => serviceBusClient(settings.serviceBus, SERVICE_BUS_OPTIONS));
const scopes = scopesOf(senders, settings.dailyCaps);

/** Kept by every process: what it knows of the storage service's time, of the calendars and of the channels. */
const storage = storageClock(tables.storageTime, clock);
const bookings = createBookings({
  ...tables,
  clock: storage,
  random: Math.random,
  limits,
  urgent: { share: settings.urgentShare, units: settings.countSegments ? MOST_SEGMENTS : 1 },
});
const switches = createSwitches({ ...tables, clock, limits });

/** Begins to load here, before any slot is waited for: that takes the process a moment in which it does nothing else. */
const telemetry =
  settings.telemetry &&
  createTelemetry(
    async (exported) =>
      (await import('./azure/telemetry.ts')).openExporters(settings.telemetry!, exported, credentialOf),
    { share: settings.telemetry.traceShare, now: () => clock.now() },
  );

export const flushTelemetry = async (): Promise<void> => telemetry?.flush();

const logTo =
  (context: LogContext): Log =>
  (level, event, fields) => {
    context[level](logLine(event, fields));
    telemetry?.observe(level, event, fields);
    const news = telemetry?.news();
    if (news) context[news.level](logLine(news.event, news.fields));
  };

const common = (context: LogContext) => ({
  ...tables,
  ...settings,
  queues,
  clock,
  random: Math.random,
  log: logTo(context),
});

/** For whoever books slots. */
const paced = (context: LogContext) => ({
  ...common(context),
  clock: storage,
  bookings,
  switches,
  scopeOf: (channel: Channel, sender: string) => scopeOf(scopes, senders, channel, sender),
  senderFor: (plan: Plan) => senderFor(senders, plan),
  unitsOf: (plan: Plan) => unitsOf(plan, settings.countSegments),
  quietHoursOf: ({ quiet, country }: Plan) => quiet?.hours ?? quietHoursIn(settings.quietHours, country),
  addressHashes: (of: Channel, address: string) => addressHashes(settings.hashKeys, of, address),
});

/** @param client starts orchestrations: of this invocation */
export const intake = (context: LogContext, client: DurableClient): IntakeDependencies => ({
  ...paced(context),
  reminders: remindersOn(client),
});

export const reminding = (context: LogContext): RemindDependencies => paced(context);

export const reports = (context: LogContext): ReportDependencies => common(context);

export const housekeeping = (
  context: LogContext,
  client: DurableClient,
): HousekeepingDependencies & TimedRetentionDependencies => ({ ...common(context), reminders: remindersOn(client) });

/** Undefined when nothing is exported: then nobody would see it. */
export const standing = (context: LogContext): StandingDependencies | undefined =>
  telemetry && { ...tables, scopes, backlogs, clock, log: logTo(context) };

export const deadLetters = (context: LogContext): DeadLetterDependencies => common(context);

export function sending(channel: Channel, context: LogContext): SendDependencies {
  const dependencies = {
    ...paced(context),
    writeFailure: (delivery: Parameters<typeof writeFailure>[0]) =>
      writeFailure(delivery, tables.failures, clock.now()),
  };
  return channel === 'sms'
    ? { ...dependencies, channel, provider: sms }
    : { ...dependencies, channel, provider: email };
}
