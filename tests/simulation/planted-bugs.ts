import { attemptId, parseAttemptId } from '../../shared/delivery-id.ts';
import type { EmailProvider } from '../../shared/ports.ts';
import { MINUTE } from '../shared/send-world.ts';
import type { Plant } from './simulation.ts';

const DAY = 24 * 60 * MINUTE;

/** Sends under an id of its own for every call, as the SDK does when it is left alone. */
function randomIds(provider: EmailProvider): EmailProvider {
  let calls = 0;
  return {
    ...provider,
    send: (request, timeout) => {
      calls += 1;
      const { delivery } = parseAttemptId(request.attempt)!;
      return provider.send({ ...request, attempt: attemptId(delivery, calls % 256) }, timeout);
    },
  };
}

/** What somebody could get wrong, each handed in as a wrong dependency. The simulation has to notice every one. */
export const PLANTED_BUGS: Record<string, Plant> = {
  'an attempt id that is drawn anew for every call': { provider: randomIds },

  'an attempt that is repeated after the provider has forgotten it': {
    // With pauses that outlast the provider's memory it does not take a rare chain of faults.
    limits: { repeatUntil: DAY, parkFirst: 10 * MINUTE, parkLongest: 10 * MINUTE },
  },

  'a call however long ago its delivery was read and its slot was due': { limits: { freshRead: DAY, guard: DAY } },

  'a row that is written whoever wrote it in between': {
    ports: ({ deliveries }) => ({
      deliveries: {
        ...deliveries,
        record: (delivery, progress) =>
          deliveries.record(
            { ...delivery, etag: deliveries.rows.get(delivery.plan.id)?.etag ?? delivery.etag },
            progress,
          ),
      },
    }),
  },

  'an event that is taken again when it comes again': {
    ports: ({ subjects }) => ({
      subjects: {
        ...subjects,
        take: async (event, current) => {
          const taken = await subjects.take(event, current);
          return taken === 'known' ? 'taken' : taken;
        },
      },
    }),
  },

  'a re-booked copy under the MessageId of the one before': {
    ports: ({ queues }) => ({
      queues: {
        ...queues,
        sendCopies: (channel, copies) =>
          queues.sendCopies(
            channel,
            copies.map((copy) => ({ ...copy, messageId: copy.copy.delivery })),
          ),
      },
    }),
    housekeepingSleeps: true,
  },

  'events that are parked nowhere': {
    ports: ({ queues }) => ({ queues: { ...queues, parkEvents: async () => undefined } }),
  },

  'a parked event that is not kept byte for byte': {
    ports: ({ queues }) => ({
      queues: {
        ...queues,
        parkEvents: (events) => queues.parkEvents(events.map((event) => ({ ...event, body: event.body.subarray(1) }))),
      },
    }),
  },

  'housekeeping that never runs': { housekeepingSleeps: true },

  'a report that is acknowledged although it could not be stored': { reportsSwallowErrors: true },

  'a failure row that an older one overwrites': {
    ports: ({ failures }) => ({
      failures: { ...failures, put: (failure) => failures.put({ ...failure, status: 'failed', revision: 0 }) },
    }),
  },

  'a delivery of a batch that is not stored': {
    ports: ({ deliveries }) => ({
      deliveries: { ...deliveries, plan: async (plans) => deliveries.plan(plans.slice(1)) },
    }),
  },
};
