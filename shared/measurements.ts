/** What log lines measure. Every metric of the app is declared here, and nothing else makes one. Pure. */
import type { LogEvent, LogFields } from './log.ts';

export type Instrument = {
  /** A gauge says how things stand, a counter how often something happened, a histogram how long things took. */
  kind: 'counter' | 'histogram' | 'gauge';
  /** In UCUM, as OpenTelemetry has it. */
  unit: string;
  description: string;
  /** Fields of the log line that become attributes: words of closed lists, never an id, an address or a text. */
  by: readonly string[];
  /** The log events that it is measured from, and what each counts for; nothing when undefined. */
  from: Partial<Record<LogEvent, (fields: LogFields) => number | undefined>>;
};

export type Measurement = { name: InstrumentName; value: number; attributes: Readonly<Record<string, string>> };

/** Within so many seconds after its event, or after it was due, a delivery ought to be handed over. */
export const PROMISE_SECONDS = 300;

const one = () => 1;
const when = (condition: (fields: LogFields) => boolean) => (fields: LogFields) => (condition(fields) ? 1 : undefined);
const numberIn = (field: string) => (fields: LogFields) => {
  const value = fields[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
};

/** A line about a delivery whose status the write behind it has changed. */
const isChange = ({ status, before }: LogFields): boolean => before !== undefined && status !== before;
const isHandover = ({ handedOver }: LogFields): boolean => handedOver === true;
const segments = (fields: LogFields) => (fields['channel'] === 'sms' ? numberIn('segments')(fields) : undefined);
/** To a repeat it says nothing about the delivery, but it does about the quota. */
const isThrottled = ({ cause, http }: LogFields): boolean => cause === 'throttled' || http === 429;

const DELIVERY = ['channel', 'message', 'version', 'lane', 'country', 'region'];
const CALLS = ['delivery-sent', 'delivery-refused', 'delivery-postponed', 'set-up-refused'] as const;
const fromCalls = (value: (fields: LogFields) => number | undefined): Instrument['from'] =>
  Object.fromEntries(CALLS.map((event) => [event, value]));

export const INSTRUMENTS = {
  'events.taken': {
    kind: 'counter',
    unit: '{event}',
    description: 'Events recorded, each once however often it comes.',
    by: ['type'],
    from: { 'event-taken': one },
  },
  'events.known': {
    kind: 'counter',
    unit: '{event}',
    description:
      'Further copies of events that had been recorded, also those that came again because of a fault of ours.',
    by: ['type'],
    from: { 'event-known': one },
  },
  'events.rejected': {
    kind: 'counter',
    unit: '{event}',
    description: 'Messages that are no event we can use; the same one as often as it comes.',
    by: [],
    from: { 'event-rejected': one },
  },
  'events.not_planned': {
    kind: 'counter',
    unit: '{event}',
    description: 'Sound events that our code failed to plan.',
    by: ['type'],
    from: { 'event-not-planned': one },
  },
  'events.parked': {
    kind: 'counter',
    unit: '{event}',
    description: 'Events put aside for a while because tables or broker were away.',
    by: [],
    from: { 'events-parked': numberIn('count') },
  },
  'events.loops': {
    kind: 'counter',
    unit: '{event}',
    description: 'Events with which one order began to make more deliveries in a day than it may.',
    by: ['type'],
    from: { 'loop-suspected': one },
  },
  'event.arrival.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'From the time of an event to its arrival at the broker: what upstream took.',
    by: ['type'],
    from: { 'event-taken': numberIn('arrivedAfter') },
  },
  'deliveries.planned': {
    kind: 'counter',
    unit: '{delivery}',
    description: 'Deliveries planned by events and reminders.',
    by: DELIVERY,
    from: { 'delivery-planned': one },
  },
  'deliveries.handed_over': {
    kind: 'counter',
    unit: '{delivery}',
    description:
      'Deliveries that the provider took, as its answer says or a report that came before it. `punctual`: within five minutes after the event, or after a reminder was due; `held`: it waited for the end of quiet hours.',
    by: [...DELIVERY, 'kind', 'held', 'punctual'],
    from: { 'delivery-sent': when(isHandover), 'report-merged': when(isHandover) },
  },
  'delivery.handover.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'From the event, or from when a reminder was due, until the provider took the delivery.',
    by: ['channel', 'lane', 'held'],
    from: { 'delivery-sent': numberIn('waited'), 'report-merged': numberIn('waited') },
  },
  'deliveries.settled': {
    kind: 'counter',
    unit: '{delivery}',
    description:
      'Changes of status to one in which nothing more is sent. `before` is the status it had: deliveries that stand in one are those that came to it less those that left it.',
    by: [...DELIVERY, 'status', 'cause', 'before'],
    from: { 'delivery-settled': when(isChange), 'report-merged': when(isChange) },
  },
  'delivery.report.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'From the hand-over to what the provider reports last: when the phone or mailbox got it, or did not.',
    by: ['channel', 'status'],
    from: { 'report-merged': (fields) => (isChange(fields) ? numberIn('after')(fields) : undefined) },
  },
  'sms.segments': {
    kind: 'counter',
    unit: '{segment}',
    description: 'Segments of the SMS that the provider took; what is paid for.',
    by: ['message', 'country', 'kind'],
    from: { 'delivery-sent': segments, 'report-merged': segments },
  },
  'provider.calls': {
    kind: 'counter',
    unit: '{call}',
    description: 'Calls whose answer was recorded, by what they came to.',
    by: ['channel', 'kind', 'call', 'outcome'],
    from: fromCalls(when(({ note }) => note !== 'not-called')),
  },
  'provider.call.duration': {
    kind: 'histogram',
    unit: 's',
    description: 'How long the provider took to answer.',
    by: ['channel', 'outcome'],
    from: fromCalls(numberIn('took')),
  },
  'provider.refused_for_quota': {
    kind: 'counter',
    unit: '{call}',
    description: 'Calls that the provider answered with 429.',
    by: ['channel', 'kind'],
    from: { 'delivery-postponed': when(isThrottled) },
  },
  'quota.used_by_others': {
    kind: 'counter',
    unit: '{call}',
    description: '429s although our calendar was free.',
    by: ['channel', 'kind'],
    from: { 'quota-used-by-others': one },
  },
  'scope.closed': {
    kind: 'counter',
    unit: '{closing}',
    description: 'Times a sender was closed: by the breaker, or because the provider refuses us.',
    by: ['channel', 'kind', 'cause'],
    from: { 'scope-closed': one },
  },
  'scope.opened': {
    kind: 'counter',
    unit: '{opening}',
    description: 'Times a closed sender was opened again.',
    by: ['channel', 'kind'],
    from: { 'scope-opened': one },
  },
  'scope.open': {
    kind: 'gauge',
    unit: '1',
    description: '1 while a sender is open, 0 while it is closed.',
    by: ['channel', 'kind', 'scope'],
    from: { 'scope-seen': numberIn('open') },
  },
  'scope.booked_ahead': {
    kind: 'gauge',
    unit: 's',
    description: 'How far ahead the calendar of a sender is booked.',
    by: ['channel', 'kind', 'scope'],
    from: { 'scope-seen': numberIn('bookedAhead') },
  },
  'scope.window.use': {
    kind: 'gauge',
    unit: '1',
    description: 'Share of a quota that is booked, where its window is fullest from now on.',
    by: ['channel', 'kind', 'scope', 'seconds'],
    from: { 'window-seen': numberIn('use') },
  },
  'backlog.messages': {
    kind: 'gauge',
    unit: '{message}',
    description: 'Messages of a queue that are due and not taken; of the first 500.',
    by: ['entity'],
    from: { 'backlog-seen': numberIn('active') },
  },
  'backlog.age': {
    kind: 'gauge',
    unit: 's',
    description: 'How long the oldest message of a queue that is due has waited; 0 when none is.',
    by: ['entity'],
    from: { 'backlog-seen': numberIn('age') },
  },
  'reports.taken': {
    kind: 'counter',
    unit: '{report}',
    description: 'Reports of the provider about deliveries of ours; `known`: the same one had come before.',
    by: ['channel', 'reported', 'known'],
    from: { 'report-merged': one },
  },
  'reports.unmatched': {
    kind: 'counter',
    unit: '{report}',
    description: 'Reports that name nothing of ours, as often as they come.',
    by: [],
    from: { 'report-unmatched': one },
  },
  'suppressions.added': {
    kind: 'counter',
    unit: '{suppression}',
    description: 'Addresses that are left alone from then on, because of a report.',
    by: ['channel', 'cause'],
    from: { 'suppression-added': one },
  },
  'dead_letters.stored': {
    kind: 'counter',
    unit: '{message}',
    description:
      'Dead letters that became rows; `fate`: put back by itself, left to housekeeping, or waiting for a person.',
    by: ['entity', 'fate'],
    from: { 'dead-letter-stored': one, 'dead-letter-taken-again': one, 'dead-letter-waits': one },
  },
  'copies.parked': {
    kind: 'counter',
    unit: '{copy}',
    description: 'Copies put aside for a while because tables or broker were away.',
    by: ['channel'],
    from: { 'copy-parked': one },
  },
  'copies.scheduled_again': {
    kind: 'counter',
    unit: '{copy}',
    description: 'Copies that housekeeping sent because the first ones were lost or are long overdue.',
    by: ['channel'],
    from: { 'copy-scheduled-again': one },
  },
  'reminders.due': {
    kind: 'counter',
    unit: '{reminder}',
    description: 'Reminders that came due, by what became of them.',
    by: ['verdict'],
    from: { 'reminder-due': one },
  },
  'housekeeping.failures': {
    kind: 'counter',
    unit: '{row}',
    description: 'Rows and hours that a sweep could not look after.',
    by: [],
    from: { 'housekeeping-done': numberIn('failed') },
  },
} as const satisfies Record<string, Instrument>;

export type InstrumentName = keyof typeof INSTRUMENTS;

const all = Object.entries(INSTRUMENTS) as [InstrumentName, Instrument][];
const byEvent = new Map<LogEvent, [InstrumentName, Instrument][]>();
for (const entry of all)
  for (const event of Object.keys(entry[1].from) as LogEvent[])
    byEvent.set(event, [...(byEvent.get(event) ?? []), entry]);

export function measurementsOf(event: LogEvent, fields: LogFields): Measurement[] {
  return (byEvent.get(event) ?? []).flatMap(([name, { by, from }]) => {
    const value = from[event]!(fields);
    return value === undefined ? [] : [{ name, value, attributes: attributesOf(by, fields) }];
  });
}

/** A word, a code or the name of a queue: nothing that a person could be called or reached by. */
const WORD = /^[A-Za-z][\w./-]{0,63}$|^\d{1,5}$/;

function attributesOf(by: readonly string[], fields: LogFields): Record<string, string> {
  const attributes: Record<string, string> = {};
  for (const name of by) {
    const value = String(fields[name] ?? '');
    if (value !== '') attributes[name] = WORD.test(value) ? value : 'other';
  }
  return attributes;
}
