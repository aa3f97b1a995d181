/** Which of what a proxy sees is which operation of a port. */
import { EVENT_TOPICS, NOTIFICATIONS, RETRIED_EVENTS, SEND_QUEUES } from '../../shared/entities.ts';
import type { Seen } from '../proxies/seen.ts';
import type { Operation } from './points.ts';

const TABLES: readonly { method: RegExp; path: RegExp; body?: RegExp; operation: Operation }[] = [
  { method: /^GET$/, path: /\/Subjects\(.*RowKey=%?'?.*current/, operation: 'subjects.current' },
  { method: /^POST$/, path: /\/\$batch$/, body: /\/Subjects[(?\s]/, operation: 'subjects.take' },
  { method: /^POST$/, path: /\/\$batch$/, body: /\/Deliveries[(?\s]/, operation: 'deliveries.plan' },
  { method: /^GET$/, path: /\/Deliveries\(PartitionKey/, operation: 'deliveries.read' },
  { method: /^(MERGE|PATCH)$/, path: /\/Deliveries\(PartitionKey/, operation: 'deliveries.record' },
  { method: /^(POST|MERGE|PATCH)$/, path: /\/SenderCalendars/, operation: 'senderCalendars.write' },
  { method: /^(PUT|MERGE|PATCH)$/, path: /\/DeadLetters\(/, operation: 'deadLetters.put' },
  { method: /^POST$/, path: /\/Appointments$/, operation: 'appointments.keep' },
];

const COPIES: readonly string[] = Object.values(SEND_QUEUES);
const EVENTS: readonly string[] = [
  ...Object.values(EVENT_TOPICS).map((topic) => `${topic}/Subscriptions/${NOTIFICATIONS}`),
  RETRIED_EVENTS,
];

export function operationOf(seen: Seen): Operation | undefined {
  switch (seen.service) {
    case 'tables':
      return TABLES.find(
        ({ method, path, body }) => method.test(seen.method) && path.test(seen.path) && (!body || body.test(seen.body)),
      )?.operation;
    case 'communication-services':
      return seen.method === 'POST' && /^\/(sms|emails:send)\?/.test(seen.path) ? 'provider.send' : undefined;
    case 'service-bus':
      if (COPIES.includes(seen.entity))
        return seen.does === 'send' ? 'queues.sendCopies' : seen.does === 'settle' ? 'send.complete' : undefined;
      return EVENTS.includes(seen.entity) && seen.does === 'settle' ? 'intake.complete' : undefined;
  }
}
