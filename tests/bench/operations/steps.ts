/** What one delivery costs in operations of the services that it goes through: what is told, and what the bench counts. */
import type { Channel } from '../../../shared/delivery.ts';

export type Operation = string;

type Step = {
  name: string;
  /** Of one delivery, and of its event. */
  operations: Readonly<Record<Operation, number>>;
};

const TAKE_IN: Step = {
  name: 'Take an event in',
  operations: {
    'Service Bus: receive from order-events': 1,
    'Service Bus: settle on order-events': 1,
    'tables: read Subjects': 1,
    'tables: transaction on Subjects': 1,
  },
};

const SCHEDULE: Step = { name: 'Schedule its delivery', operations: { 'Service Bus: send to a send queue': 1 } };

const SEND: Step = {
  name: 'Send it',
  operations: {
    'Service Bus: receive from a send queue': 1,
    'Service Bus: settle on a send queue': 1,
    'tables: read Deliveries': 1,
    'tables: write Deliveries': 2,
    'tables: read Suppressions': 1,
    'tables: read Subjects': 1,
    'provider: send': 1,
  },
};

const REPORT: Step = {
  name: 'Take its report',
  operations: { 'tables: read Deliveries': 1, 'tables: write Deliveries': 1 },
};

/** Shared by all of a batch of up to 50 events, or by everything in two seconds: far fewer than one a delivery. */
export const SHARED: readonly Operation[] = [
  'tables: transaction on Deliveries',
  'tables: read SenderCalendars',
  'tables: write SenderCalendars',
];

export type Path = {
  name: string;
  steps: readonly Step[];
  channel: Channel;
  /** Of phone numbers with which it happens. */
  ending?: string;
  /** Many at once share what can be shared; one at a time no other one's refusal is met. */
  together: boolean;
};

/** Refused once by the quota: another slot, another copy, another call. */
const AGAIN: Step = {
  name: 'Come again after a refusal',
  operations: { ...SCHEDULE.operations, ...SEND.operations },
};

const FAIL: Step = {
  name: 'Write what support staff read',
  operations: { 'tables: read DeliveryFailures': 1, 'tables: write DeliveryFailures': 1 },
};

export const STEPS: readonly Step[] = [TAKE_IN, SCHEDULE, SEND, REPORT, FAIL, AGAIN];

const ARRIVES = [TAKE_IN, SCHEDULE, SEND, REPORT];

export const PATHS: readonly Path[] = [
  { name: 'an SMS that arrives', channel: 'sms', together: true, steps: ARRIVES },
  { name: 'a mail that arrives', channel: 'email', together: true, steps: ARRIVES },
  {
    name: 'an SMS that a report says failed',
    channel: 'sms',
    ending: '554006',
    together: true,
    steps: [...ARRIVES, FAIL],
  },
  {
    name: 'an SMS that is refused once (429)',
    channel: 'sms',
    ending: '556429',
    together: false,
    steps: [TAKE_IN, SCHEDULE, SEND, AGAIN, REPORT],
  },
];

export function totalOf({ steps }: Pick<Path, 'steps'>): Map<Operation, number> {
  const total = new Map<Operation, number>();
  for (const { operations } of steps)
    for (const [operation, count] of Object.entries(operations))
      total.set(operation, (total.get(operation) ?? 0) + count);
  return total;
}

export const sumOf = (total: ReadonlyMap<Operation, number>, service: 'tables' | 'Service Bus' | 'provider'): number =>
  [...total].reduce((sum, [operation, count]) => (operation.startsWith(`${service}:`) ? sum + count : sum), 0);
