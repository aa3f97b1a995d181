/** What somebody could get wrong, and the points that have to notice it. */
import { underOneMessageId } from '../simulation/planted-bugs.ts';
import { attemptId, parseAttemptId } from '../../shared/delivery-id.ts';
import type { Plant } from './world.ts';

export const PLANTS: Record<string, { plant: Plant; noticedAt: readonly number[] }> = {
  'an id that is drawn anew for every call': {
    plant: {
      provider: (provider) => {
        let calls = 0;
        return {
          ...provider,
          send: (request, timeout) => {
            const { delivery } = parseAttemptId(request.attempt)!;
            return provider.send({ ...request, attempt: attemptId(delivery, (calls += 1)) }, timeout);
          },
        };
      },
    },
    noticedAt: [8, 9],
  },
  'a first-sent that is renewed': {
    plant: {
      ports: ({ deliveries, clock }) => ({
        deliveries: {
          ...deliveries,
          read: async (id) => {
            const row = await deliveries.read(id);
            if (row?.progress.firstSent) row.progress.firstSent = clock.now();
            return row;
          },
        },
      }),
    },
    noticedAt: [7, 8, 9, 11, 12],
  },
  'a call that leaves no claim behind': {
    plant: {
      ports: ({ deliveries }) => ({
        deliveries: {
          ...deliveries,
          read: async (id) => {
            const row = await deliveries.read(id);
            if (row?.progress.claim)
              row.progress = { ...row.progress, unanswered: false, attempt: row.progress.attempt + 1 };
            return row;
          },
        },
      }),
    },
    noticedAt: [7, 8, 9, 11, 12],
  },
  'an event that counts as done once it is recorded': {
    plant: {
      ports: ({ subjects }) => ({ subjects: { ...subjects, event: async () => 'forgotten' } }),
    },
    noticedAt: [2, 3, 4, 16, 19, 21, 22],
  },
  'a re-booked copy under the MessageId of the one before': {
    plant: {
      ports: underOneMessageId,
    },
    noticedAt: [7, 11, 12, 13],
  },
  'a dead letter that is stored and not taken again': {
    plant: { ports: ({ queues }) => ({ queues: { ...queues, parkEvents: async () => undefined } }) },
    noticedAt: [15],
  },
  'a report that is answered before it is merged': {
    plant: {
      ports: ({ deliveries }) => ({
        deliveries: {
          ...deliveries,
          record: (delivery, progress) =>
            progress.reported ? Promise.resolve(delivery) : deliveries.record(delivery, progress),
        },
      }),
    },
    noticedAt: [14],
  },
};
