/**
 * What the core needs from the outside world. Adapters in `shared/azure/` implement these over the real services; every
 * method rejects when its service is away or refuses, and callers treat a rejection as "our fault, and it passes".
 */
import type { AttemptId, DeliveryId } from './delivery-id.ts';
import type { Channel, Content, Delivery, Outline, Plan, Progress } from './delivery.ts';
import type { Cause } from './causes.ts';
import type { StandingType } from './appointment-events.ts';
import type { EventOf } from './events.ts';
import type { Reminder } from './reminder-offsets.ts';
import type { Waiting } from './reminders.ts';
import type { Status } from './status.ts';

export type Clock = {
  now(): Date;
  /** Milliseconds that never jump. */
  monotonic(): number;
  wait(milliseconds: number): Promise<void>;
};

/** At least 0 and below 1. */
export type Random = () => number;

// ---- tables ---------------------------------------------------------------------------------------------------------

export type Deliveries = {
  read(id: DeliveryId): Promise<Delivery | undefined>;
  /** Adds or repeats plan columns; never touches progress. */
  plan(plans: readonly Plan[]): Promise<void>;
  /** Writes the plan columns anew if the row is still the one that was read; false when it is not. */
  rewrite(delivery: Delivery, plan: Plan): Promise<boolean>;
  /** Writes all progress columns if the row is still the one that was read; undefined when it is not. */
  record(delivery: Delivery, progress: Progress): Promise<Delivery | undefined>;
  /** All rows of one UTC hour, such as `2026-11-20T13`. */
  ofHour(hour: string): AsyncIterable<Delivery>;
  /** The same rows without what is long. */
  outlinesOfHour(hour: string): AsyncIterable<Outline>;
  /** The first hour that holds a row, this one or a later one: one entity by key order, not a scan. */
  nextHour(from: string): Promise<string | undefined>;
};

/** What a sweep found in an hour: nothing in it falls due before `next`; without `next` nothing in it is open. */
export type KnownHour = { hour: string; next?: Date; etag: string };

/** What housekeeping remembers, so that it does not read an hour again before it has to. One row per hour. */
export type Hours = {
  /** This hour and later ones. */
  known(from: string): Promise<readonly KnownHour[]>;
  /** Writes it if the row is still the one that was seen (or still absent); false when it is not. */
  record(hour: string, next: Date | undefined, seen: KnownHour | undefined): Promise<boolean>;
  /** Whatever is known of the hour is forgotten, and a `record` under way fails: a late delivery is planned there. */
  reopen(hour: string): Promise<void>;
  /** Forgets every earlier hour; how many there were. */
  removeBefore(hour: string): Promise<number>;
};

/** A row of a table whose partitions are hours or days, as far as it matters for its removal. */
export type AgeingRow = {
  row: string;
  source: string;
  subject: string;
  /** A delivery that has not ended: it must not be removed yet. */
  isOpen: boolean;
};

/** A table whose rows go when they are old, one partition after the other. */
export type AgeingTable = {
  /** The first partition from this one on that holds a row: one entity by key order, not a scan. */
  firstFrom(partition: string): Promise<string | undefined>;
  rowsOf(partition: string): AsyncIterable<AgeingRow>;
  /** Rows that are gone already are no fault. */
  remove(partition: string, rows: readonly string[]): Promise<void>;
};

export type AgeingTables = Record<
  'deliveries' | 'failures' | 'appointments' | 'rejectedEvents' | 'deadLetters' | 'unmatchedReports' | 'staffActions',
  AgeingTable
>;

/** An event that was taken, under its identity (source, subject, id). */
export type EventRecord = {
  source: string;
  subject: string;
  id: string;
  type: string;
  arrived: Date;
  time: Date;
  /** SHA-256 of type, dataschema and parsed data with sorted keys, in hex. */
  contentHash: string;
  deliveries: readonly DeliveryId[];
  /** Of an appointment, its start: its subject is not forgotten before. */
  until?: Date;
  /** What planning took from the state of the subject. */
  held?: Held;
  loopBegins?: boolean;
};

/** By delivery id: why it is not sent, though it could be. */
export type Held = Readonly<Record<string, 'superseded' | 'loop-suspected'>>;

/** Row `current` of a subject: per event type the newest event, and what was planned on the last day. */
export type CurrentEvents = Record<
  string,
  { revision?: number; time: string; id: string; /** Of an appointment, as an ISO instant. */ start?: string }
>;
export type Current = { newest: CurrentEvents; counts?: DayCounts; etag?: string };

/** Deliveries planned on a UTC day, by the keyed hash of the recipient's address. */
export type DayCounts = { day: string; recipients: Readonly<Record<string, number>> };

/** An appointment as one event says that it stands. */
export type AppointmentVersion = {
  event: EventOf<StandingType>;
  /** When the first copy of the event reached the broker. */
  arrived: Date;
  /** All that it asks for, in the order of time: as the settings were when it came. */
  reminders: readonly Reminder[];
};

/** What reminders are planned from: personal data, kept until the retention after the day of the appointment is over. */
export type Appointments = {
  /** Once per source, subject and event id; gives back the one that came first. */
  keep(version: AppointmentVersion): Promise<AppointmentVersion>;
  /** @param key the start as the event has it */
  read(key: { start: Date; source: string; subject: string; id: string }): Promise<AppointmentVersion | undefined>;
  /** By the UTC day of its start. */
  ofDay(day: string): AsyncIterable<AppointmentVersion>;
};

/** What waits until reminders are due. */
export type Reminders = {
  /** Starts the waiting of an instance; one that waits already is no fault. */
  start(instance: string, waiting: Waiting): Promise<void>;
  /** Ends it; one that is over or was never there is no fault. */
  end(instance: string): Promise<void>;
  /** Removes what is kept of one that has ended; again is no fault. */
  forget(instance: string): Promise<void>;
};

export type Subjects = {
  /** `forgotten`: it was taken so long ago that nothing else is known of it. */
  event(source: string, subject: string, id: string): Promise<EventRecord | 'forgotten' | undefined>;
  current(source: string, subject: string): Promise<Current>;
  /**
   * One transaction: the event, its deliveries' index rows and the subject's `current`. `known`: the event stands
   * there already and nothing was written; `changed`: `current` has moved on since it was read.
   */
  take(event: EventRecord, current: Current): Promise<'taken' | 'known' | 'changed'>;
  /** Events and deliveries of a subject such as `order:1042`, from every source. */
  find(subject: string): Promise<{ events: EventRecord[]; deliveries: DeliveryId[] }>;
  /**
   * Forgets a subject that has had no event and no delivery since: only that its events were taken stays. The number of
   * rows that were emptied or removed, 0 for a subject that is not old.
   */
  forget(source: string, subject: string, since: Date): Promise<number>;
};

/** One plain row per delivery that did not reach its recipient, for support staff. */
export type Failure = {
  delivery: DeliveryId;
  revision: number;
  at: Date;
  subject: string;
  shop: string;
  message: string;
  version: number;
  locale: string;
  channel: Channel;
  country: string;
  region: string;
  carrier: string;
  mailHost: string;
  /** Masked. */
  recipient: string;
  status: Status;
  cause: Cause;
  /** In words. */
  reason: string;
  nextStep: string;
  sender: string;
  resolvedAt?: Date;
};

export type Failures = {
  read(delivery: DeliveryId): Promise<Failure | undefined>;
  /** Writes the row unless one of a higher revision stands there. */
  put(failure: Failure): Promise<void>;
  ofDay(day: string): AsyncIterable<Failure>;
};

/** Where a fault is (`data.customer.phone`, `$` for the whole body), what was expected, never the value itself. */
export type Reason = { path: string; expected: string };

export type Rejected = {
  at: Date;
  arrived: Date;
  /** As far as they could be read. */
  source: string;
  subject: string;
  id: string;
  type: string;
  reasons: readonly Reason[];
  /** Byte for byte. */
  body: Uint8Array;
};

/** A person had it taken again; `times` is how often it had been rejected by then. */
export type Retried = { at: Date; by: string; times: number };

/** A rejected event as it is kept: how often it was rejected, and who had it taken again. */
export type StoredRejected = Rejected & { times: number; retried?: Retried };

/** What tells rejected events of one day apart. */
export type RejectedOutline = Omit<StoredRejected, 'body'> & { key: string };

export type RejectedEvents = {
  /** One row per source, id and body, however often it comes; the latest reasons stand. */
  put(rejected: Rejected): Promise<void>;
  /** By the day it arrived. */
  ofDay(day: string): AsyncIterable<StoredRejected>;
  /** The same rows without their bodies. */
  outlinesOfDay(day: string): AsyncIterable<RejectedOutline>;
  read(day: string, key: string): Promise<StoredRejected | undefined>;
  /** Keeps on its row that it was taken again. */
  retried(day: string, key: string, retried: Retried): Promise<void>;
};

export type DeadLetter = {
  at: Date;
  /** `order-events/notifications`, `sms`, … */
  entity: string;
  sequenceNumber: string;
  messageId: string;
  reason: string;
  description: string;
  deliveryCount: number;
  enqueued: Date;
  /** When the first copy of an event reached the broker. */
  arrived: Date;
  /** How often it has been put back by itself or by a person. */
  resubmitted: number;
  body: Uint8Array;
};

/** The row of a dead letter: no body, because of the personal data in events. */
export type DeadLetterRow = Omit<DeadLetter, 'body'> & {
  /** As far as they could be read: of an event. */
  source: string;
  subject: string;
  eventId: string;
  /** Of a copy on a send queue. */
  delivery: DeliveryId | '';
  /** Key of its row among the rejected events of the day it arrived, where its body is kept until a person decides. */
  rejected?: string;
  putBack?: { at: Date; /** `itself` or a person. */ by: string };
};

export type DeadLetters = {
  /** Once per entity and sequence number; the latest stands. */
  put(row: DeadLetterRow): Promise<void>;
  /** By the day it was enqueued. */
  ofDay(day: string): AsyncIterable<DeadLetterRow>;
};

export type UnmatchedReport = {
  at: Date;
  reportId: string;
  type: string;
  /** In words. */
  why: string;
};

export type UnmatchedReports = {
  put(report: UnmatchedReport): Promise<void>;
  ofDay(day: string): AsyncIterable<UnmatchedReport>;
};

export type Suppression = {
  channel: Channel;
  /** `k1:<HMAC-SHA256 in hex>` */
  address: string;
  cause: 'opted-out' | 'hard-bounced' | 'blocked-by-staff';
  since: Date;
  until?: Date;
  /** Who or what asked for it, such as `report`. */
  by: string;
  /** In words, where a person asked for it. */
  reason?: string;
  /** Hard bounces that led here: each makes it longer. */
  bounces?: number;
  /** Who let this address be written to again, this time or earlier: one that is not before `since` ends it. */
  lifts?: readonly Lift[];
};

export type Lift = { at: Date; by: string; /** In words. */ reason?: string };

export type StoredSuppression = Suppression & { etag: string };

export type Suppressions = {
  /** All that are kept under these hashes, those too that are over or lifted. */
  find(channel: Channel, addresses: readonly string[]): Promise<readonly StoredSuppression[]>;
  ofChannel(channel: Channel): AsyncIterable<StoredSuppression>;
  /** Writes it if the row is still the one that was seen (or still absent); false when it is not. */
  record(suppression: Suppression, seen?: StoredSuppression): Promise<boolean>;
};

/** Something that a person did by a command, or saw although it is hidden otherwise. */
export type StaffAction = {
  at: Date;
  /** Who was signed in on the machine where the command ran. */
  by: string;
  /** Such as `show`. */
  command: string;
  /** One sentence; never an address. */
  what: string;
};

export type StaffActions = {
  put(action: StaffAction): Promise<void>;
  ofDay(day: string): AsyncIterable<StaffAction>;
};

// ---- broker ---------------------------------------------------------------------------------------------------------

/** What a claim was taken for: the first call of an attempt, the same call again, or a question about it. */
export type Call = 'first' | 'repeat' | 'ask';

/** An answer of the provider that could not be recorded, on its way to the next run. `run` is the claim's token. */
export type CarriedAnswer = { run: string; call: Call; at: string; attempt: number; answer: ProviderAnswer };

/** The body of a message on a send queue. Ids only. */
export type Copy = {
  delivery: DeliveryId;
  copy: number;
  /** ISO instant it was booked for. */
  slot?: string;
  answer?: CarriedAnswer;
  /** How often it was parked in a row because our own storage was away. */
  parked?: number;
};

export type ScheduledCopy = {
  copy: Copy;
  /** Defaults to `<delivery>/<copy>`; the broker drops a MessageId that it has seen within the hour. */
  messageId?: string;
  /** Now when absent or past. */
  at?: Date;
};

/** An event as it came, to be taken again later. */
export type ParkedEvent = {
  body: Uint8Array;
  arrived: Date;
  /** How often it has been parked, this time included. */
  parked: number;
  /** How often it has been put back from a dead-letter queue; application property `resubmitted`. */
  resubmitted: number;
  at: Date;
};

export type Queues = {
  /** One send per queue; all of them or a rejection. */
  sendCopies(channel: Channel, copies: readonly ScheduledCopy[]): Promise<void>;
  /** To `retried-events`, each under a new MessageId. */
  parkEvents(events: readonly ParkedEvent[]): Promise<void>;
};

/** What stands in one queue or subscription, or in its dead-letter queue. */
export type Backlog = {
  /** `order-events/notifications`, `sms`, … */
  entity: string;
  isDeadLetterQueue: boolean;
  active: number;
  scheduled: number;
  /** There is more than was looked at. */
  isMore: boolean;
  /** When the oldest active message came. */
  oldest?: Date;
};

export type Backlogs = {
  /** Looks without taking anything, at no more than that many messages of each entity and its dead-letter queue. */
  peek(most: number): Promise<readonly Backlog[]>;
};

/** What upstream does, by hand. */
export type Publisher = {
  /** Sends events to a topic, each under its own id; all of them or a rejection, but the first may stand there then. */
  publish(topic: string, events: readonly { id: string; body: Uint8Array }[]): Promise<void>;
};

// ---- provider -------------------------------------------------------------------------------------------------------

export type SendRequest = {
  attempt: AttemptId;
  firstSent: Date;
  sender: string;
  address: string;
  content: Content;
  /** `<environment>:<attempt id>`; SMS only, email reports carry the attempt id themselves. */
  tag: string;
};

/** What came back from the wire, before anybody says what it means. */
export type ProviderAnswer =
  | {
      kind: 'answered';
      status: number;
      /** Lower-case names; only those that matter: retry-after, retry-after-ms, x-ms-retry-after-ms, x-ms-error-code, ms-cv, date. */
      headers: Record<string, string>;
      /** Parsed JSON, or the text when it is none; addresses and texts removed before it is kept anywhere. */
      body: unknown;
    }
  /** Nothing was written to the provider: ENOTFOUND, EAI_AGAIN, ECONNREFUSED. */
  | { kind: 'not-reached'; code: string }
  /** Time-out, reset, or anything else after the first byte may have been written. */
  | { kind: 'unanswered'; code: string };

export type Provider = {
  /** One POST, no retry, no status polling; never rejects. */
  send(request: SendRequest, timeout: number): Promise<ProviderAnswer>;
};

export type EmailProvider = Provider & {
  /** One GET of what became of an attempt; never rejects. */
  status(attempt: AttemptId, timeout: number): Promise<ProviderAnswer>;
};
