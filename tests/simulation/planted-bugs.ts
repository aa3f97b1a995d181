import type { SlotRequest } from '../../shared/calendar.ts';
import { attemptId, parseAttemptId } from '../../shared/delivery-id.ts';
import type { Delivery, Progress } from '../../shared/delivery.ts';
import type { EmailProvider } from '../../shared/ports.ts';
import type { Plant, Ports } from './app.ts';

/** A plant, part of what is said about it, and how many deliveries or which share of visits it takes to see it, where that is many. */
type PlantedBug = Plant & { breaks: string; deliveries?: number; visits?: number };

const MINUTE = 60_000;
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

/** Copies of a delivery that the broker takes for the same one. */
export const underOneMessageId = ({ queues }: Pick<Ports, 'queues'>): Pick<Ports, 'queues'> => ({
  queues: {
    ...queues,
    sendCopies: (channel, copies) =>
      queues.sendCopies(
        channel,
        copies.map((copy) => ({ ...copy, messageId: copy.copy.delivery })),
      ),
  },
});

/** A claim for an attempt that is unanswered already, as if it were the first one. */
const renewed = ({ progress }: Delivery, next: Progress): Progress =>
  next.claim && progress.unanswered && next.claim.run !== progress.claim?.run
    ? { ...next, firstSent: new Date(next.claim.leaseUntil.getTime() - MINUTE / 2) }
    : next;

/** What somebody could get wrong, each handed in as a wrong dependency. The simulation has to notice every one. */
export const PLANTED_BUGS: Record<string, PlantedBug> = {
  'an attempt id that is drawn anew for every call': {
    breaks: 'sent 2 times',
    provider: randomIds,
  },

  'an attempt that is repeated after the provider has forgotten it': {
    breaks: 'sent 2 times',

    // With pauses that outlast the provider's memory it does not take a rare chain of faults.
    limits: { repeatUntil: DAY, parkFirst: 10 * MINUTE, parkLongest: 10 * MINUTE },
  },

  'a first-sent that is renewed for a repeat': {
    breaks: 'sent 2 times',

    ports: ({ deliveries }) => ({
      deliveries: {
        ...deliveries,
        record: (delivery, progress) => deliveries.record(delivery, renewed(delivery, progress)),
      },
    }),
  },

  'quiet hours of another time': {
    breaks: 'called in quiet hours',
    quietHours: { start: 0, end: 60 },
  },

  'a call however late it is for its slot': {
    breaks: 'a call without a slot',
    limits: { freshRead: DAY, late: DAY },
  },

  // Cells of the grid, a tenth of a second here, would still do some of its work.
  'no guard, and none from the grid': {
    breaks: 'a 429 of our own making',
    calendar: { guard: -200 },
  },

  'a call without a calendar': {
    breaks: 'a 429 of our own making',

    bookings: (bookings, clock) => ({
      ...bookings,
      book: async (_scope, requests) =>
        requests.map(({ notBefore = clock.now() }) => ({
          at: notBefore > clock.now() ? notBefore : clock.now(),
          booking: 'own',
        })),
    }),
  },

  'slots by the local clock instead of the time of the storage service': {
    breaks: 'a call without a slot',

    clock: (_, local) => ({ ...local, learn: async () => undefined }),
  },

  'urgent news in the normal lane': {
    breaks: 'further ahead than its reserve',
    deliveries: 120,

    bookings: (bookings) => ({
      ...bookings,
      book: (scope, requests, log) => {
        const ordinary = requests.map((request): SlotRequest => ({ ...request, lane: 'normal' }));
        return bookings.book(scope, ordinary, log);
      },
    }),
  },

  'normal news before urgent news': {
    breaks: 'overtaken by a normal one',

    bookings: (bookings) => ({
      ...bookings,
      book: (scope, requests, log) => {
        const swapped = requests.map((request): SlotRequest => ({
          ...request,
          lane: request.lane === 'urgent' ? 'normal' : 'urgent',
        }));
        return bookings.book(scope, swapped, log);
      },
    }),
  },

  'a lease that ends at once': {
    breaks: 'two runs called for it at once',
    limits: { lease: 0 },
  },

  'one invocation id for every run': {
    breaks: 'two runs called for it at once',
    run: 'run',
  },

  'a look at the channel that is never renewed': {
    breaks: 'its channel was off',
    limits: { lookAge: DAY },
  },

  'no look at newer news once the claim stands': {
    breaks: 'newer news was taken',

    ports: ({ subjects }) => ({
      subjects: {
        ...subjects,
        current: async (source, subject) => {
          const { etag, counts } = await subjects.current(source, subject);
          return { newest: {}, ...(etag && { etag }), ...(counts && { counts }) };
        },
      },
    }),
  },

  'a row that is written whoever wrote it in between': {
    breaks: 'its reports amount to',

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
    breaks: 'a delivery of no event',

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
    breaks: 'never came to an end',

    ports: underOneMessageId,
    housekeepingSleeps: true,
  },

  'events that are parked nowhere': {
    breaks: 'its delivery never planned',

    ports: ({ queues }) => ({ queues: { ...queues, parkEvents: async () => undefined } }),
  },

  'a parked event that is not kept byte for byte': {
    breaks: 'was lost',

    ports: ({ queues }) => ({
      queues: {
        ...queues,
        parkEvents: (events) => queues.parkEvents(events.map((event) => ({ ...event, body: event.body.subarray(1) }))),
      },
    }),
  },

  'an appointment that nobody waits for': {
    breaks: 'is told to nobody',

    ports: ({ reminders }) => ({ reminders: { ...reminders, start: async () => undefined } }),
  },

  'an appointment that is waited for as it was booked': {
    breaks: 'is told to nobody',

    ports: ({ reminders }) => {
      const known = new Set<string>();
      return {
        reminders: {
          ...reminders,
          start: async (instance, waiting) => {
            if (known.has(waiting.subject)) return;
            known.add(waiting.subject);
            await reminders.start(instance, waiting);
          },
        },
      };
    },
  },

  'a reminder that is not told anew once it was skipped for a state in between': {
    breaks: 'skipped for',
    visits: 1,

    ports: ({ deliveries }) => ({
      deliveries: {
        ...deliveries,
        read: async (id) => {
          const row = await deliveries.read(id);
          return row && row.progress.cause === 'superseded'
            ? { ...row, progress: { ...row.progress, cause: 'opted-out' } }
            : row;
        },
      },
    }),
  },

  'a reminder in the words of the version that was booked': {
    breaks: 'has the words of an older version',
    visits: 1,

    ports: ({ appointments }) => {
      const first = new Map<string, Awaited<ReturnType<typeof appointments.read>>>();
      return {
        appointments: {
          ...appointments,
          read: async (key) => {
            const version = await appointments.read(key);
            const known = first.get(key.subject) ?? version;
            first.set(key.subject, known);
            return known && version && { ...known, reminders: version.reminders };
          },
        },
      };
    },
  },

  'a reminder of whatever it was booked for': {
    breaks: 'reminded of a start that was known not to hold',

    ports: ({ subjects }) => ({
      subjects: {
        ...subjects,
        current: async (source, subject) => {
          const { newest, ...rest } = await subjects.current(source, subject);
          const booked = newest['appointment.booked'];
          return { ...rest, newest: booked ? { 'appointment.booked': booked } : newest };
        },
      },
    }),
  },

  'housekeeping that never runs': {
    breaks: 'no report ever came',
    housekeepingSleeps: true,
  },

  'a report that is acknowledged although it could not be stored': {
    breaks: 'its reports amount to',
    reportsSwallowErrors: true,
  },

  'a failure row that an older one overwrites': {
    breaks: 'its failure row says',

    ports: ({ failures }) => ({
      failures: { ...failures, put: (failure) => failures.put({ ...failure, status: 'failed', revision: 0 }) },
    }),
  },

  'a delivery of a batch that is not stored': {
    breaks: 'its delivery never planned',

    ports: ({ deliveries }) => ({
      deliveries: { ...deliveries, plan: async (plans) => deliveries.plan(plans.slice(1)) },
    }),
  },

  'a log line that is written once more when its step is run again': {
    breaks: 'is counted 2 times',

    ports: ({ log }) => ({
      log: (level, event, fields) => {
        for (let times = 0; times < 2; times += 1) log(level, event, fields);
      },
    }),
  },
};
