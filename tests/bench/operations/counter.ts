import { ORDER_EVENTS, SEND_QUEUES } from '../../../shared/entities.ts';
import type { Passes, Seen } from '../../proxies/seen.ts';
import type { Operation } from './steps.ts';

const DOES = { send: 'send to', receive: 'receive from', settle: 'settle on' } as const;
const QUEUES: readonly string[] = Object.values(SEND_QUEUES);

/** Counts what goes through the proxies, by the words of the steps. Signing in to the broker is not counted. */
export function createCounter() {
  const counts = new Map<Operation, number>();
  const passes: Passes = (seen, moment) => {
    const operation = seen && moment === 'before' ? operationOf(seen) : undefined;
    const count = seen?.service === 'service-bus' ? seen.count : 1;
    if (operation) counts.set(operation, (counts.get(operation) ?? 0) + count);
    return true;
  };
  return {
    passes,
    /** What has been counted since this was asked last. */
    take(): Map<Operation, number> {
      const taken = new Map(counts);
      counts.clear();
      return taken;
    },
  };
}

function operationOf(seen: Seen): Operation | undefined {
  switch (seen.service) {
    case 'service-bus': {
      const { does, entity } = seen;
      if (entity === '$cbs') return undefined;
      const name = QUEUES.includes(entity) ? 'a send queue' : entity.startsWith(ORDER_EVENTS) ? ORDER_EVENTS : entity;
      return `Service Bus: ${DOES[does]} ${name}`;
    }
    case 'communication-services':
      return seen.method === 'POST' ? 'provider: send' : 'provider: ask';
    case 'tables': {
      const inBatch = seen.path.includes('$batch');
      const table = /\/devstoreaccount1\/([A-Z]\w+)/.exec(inBatch ? seen.body : seen.path)?.[1] ?? seen.path;
      return `tables: ${inBatch ? 'transaction on' : seen.method === 'GET' ? 'read' : 'write'} ${table}`;
    }
  }
}
