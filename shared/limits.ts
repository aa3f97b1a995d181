/**
 * Numbers that belong together, in one place and in two sets: `real` runs in Azure and in the demonstration, `short`
 * keeps the same relations for tests that wait for locks and leases. All in milliseconds unless the name says otherwise.
 */
export type Limits = {
  /** Peek-lock of every queue and subscription. */
  lock: number;
  /** How long the host renews the lock of a message that is being handled. */
  lockRenewal: number;
  /** One provider call, from first byte to answer. */
  callTimeout: number;
  /** A claim's lease; nothing is decided over an open one. */
  lease: number;
  /** No call later than this after its delivery row was read. */
  freshRead: number;
  /** How long the provider remembers an attempt id, and how long an unanswered attempt is repeated under it. */
  providerMemory: number;
  repeatUntil: number;
  /** Copies of one send queue handled at once by one instance. */
  concurrency: number;
  /** Events taken by one intake call. */
  intakeBatch: number;
  /** Only crashes count: no fault of ours makes a delivery fail. */
  maxDeliveryCount: number;
  duplicateDetection: number;
  /** First and longest pause before a parked event or copy comes again. */
  parkFirst: number;
  parkLongest: number;
  /** A wait inside a function: a copy comes this long before its slot. Also the pause before a throw when nothing can be parked. */
  shortWait: number;
  /** What lies between a slot and the provider's own time of the call: lateness, what clocks differ, the way there. */
  guard: number;
  /** The part of it that a call may be late for its slot; later, the slot is given up. */
  late: number;
  /** From a booking to its slot at least: what storing and queueing its copy takes. */
  headway: number;
  /** Between two slots at least: what one instance keeps up with at `concurrency`. Large quotas have it shorter. */
  spacing: number;
  /** How old a look at the calendar may be before a call. */
  lookAge: number;
  /** Calls in a row without a usable answer that close a scope, and the pause before each probe of it. */
  silentBeforeClosed: number;
  probeEvery: number;
  /** Pause when our own set-up is refused by the provider: first, longest. */
  pauseFirst: number;
  pauseLongest: number;
  /** Past its slot by this much, a delivery that is still open is scheduled again. */
  overdue: number;
  /** The second look at a mail operation that seems not to exist. */
  statusAgain: number;
};

const second = 1_000;
const minute = 60 * second;

const real: Limits = {
  lock: minute,
  lockRenewal: 2 * minute,
  callTimeout: 15 * second,
  lease: 30 * second,
  freshRead: 10 * second,
  providerMemory: 5 * minute,
  repeatUntil: 4 * minute,
  concurrency: 16,
  intakeBatch: 50,
  maxDeliveryCount: 10,
  duplicateDetection: 60 * minute,
  parkFirst: 5 * second,
  parkLongest: minute,
  shortWait: 2 * second,
  guard: 300,
  late: 175,
  headway: second,
  spacing: 20,
  lookAge: 2 * second,
  silentBeforeClosed: 3,
  probeEvery: 30 * second,
  pauseFirst: minute,
  pauseLongest: 10 * minute,
  overdue: 15 * minute,
  statusAgain: minute,
};

const short: Limits = {
  ...real,
  lock: 6 * second,
  lockRenewal: 12 * second,
  callTimeout: 2 * second,
  lease: 3 * second,
  freshRead: second,
  providerMemory: 30 * second,
  repeatUntil: 24 * second,
  parkFirst: 500,
  parkLongest: 5 * second,
  shortWait: 200,
  headway: 300,
  lookAge: 500,
  probeEvery: 3 * second,
  pauseFirst: 2 * second,
  pauseLongest: 10 * second,
  overdue: 30 * second,
  statusAgain: 3 * second,
};

export const LIMITS = { real, short };
