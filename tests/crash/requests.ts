/** Which request on the wire is which operation of a port. */
import type { Request } from './http-proxy.ts';
import type { Operation } from './points.ts';

const TABLES: readonly { method: RegExp; path: RegExp; body?: RegExp; operation: Operation }[] = [
  { method: /^GET$/, path: /\/Subjects\(.*RowKey=%?'?.*current/, operation: 'subjects.current' },
  { method: /^POST$/, path: /\/\$batch$/, body: /\/Subjects[(?\s]/, operation: 'subjects.take' },
  { method: /^POST$/, path: /\/\$batch$/, body: /\/Deliveries[(?\s]/, operation: 'deliveries.plan' },
  { method: /^GET$/, path: /\/Deliveries\(PartitionKey/, operation: 'deliveries.read' },
  { method: /^(MERGE|PATCH)$/, path: /\/Deliveries\(PartitionKey/, operation: 'deliveries.record' },
  { method: /^(POST|MERGE|PATCH)$/, path: /\/SenderCalendars/, operation: 'senderCalendars.write' },
  { method: /^(PUT|MERGE|PATCH)$/, path: /\/DeadLetters\(/, operation: 'deadLetters.put' },
];

export const tableOperation = (request: Request): Operation | undefined =>
  TABLES.find(
    ({ method, path, body }) =>
      method.test(request.method) && path.test(request.path) && (!body || body.test(request.body)),
  )?.operation;

export const providerOperation = ({ method, path }: Request): Operation | undefined =>
  method === 'POST' && /^\/(sms|emails:send)\?/.test(path) ? 'provider.send' : undefined;
