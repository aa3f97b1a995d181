import { createBookings } from '../../../shared/bookings.ts';
import type { Delivery, Lane, Plan } from '../../../shared/delivery.ts';
import { deliveryId } from '../../../shared/delivery-id.ts';
import { storeAndSchedule } from '../../../shared/intake.ts';
import { LIMITS } from '../../../shared/limits.ts';
import { placePlans } from '../../../shared/place.ts';
import type { Copy, Random } from '../../../shared/ports.ts';
import type { Scope } from '../../../shared/scopes.ts';
import { sendCopy } from '../../../shared/send.ts';
import { storageClock } from '../../../shared/storage-clock.ts';
import { createSwitches } from '../../../shared/switches.ts';
import type { PortCall } from '../../fakes/calls.ts';
import { URGENT } from '../../fakes/pacing.ts';
import { fakePorts } from '../../fakes/ports.ts';
import { planOf } from '../../shared/send-world.ts';
import type { VirtualTime } from '../../simulation/virtual-time.ts';
import { type ProviderNumber, providerOf } from './provider.ts';
import { createWorkers } from './workers.ts';

export type PipelineSettings = {
  limit: number;
  seconds: number;
  processes: number;
  /** How late the broker wakes a scheduled copy, in ms. */
  lateness: () => number;
};

export type Planned = { id: string; lane: Lane; at: number };

/** What an operation of a table or the broker takes, in ms. */
const OPERATION = { least: 2, most: 8 };
const HOUR = 3_600_000;
const BATCH = 50;

/** The real booking, placing and sending code of several processes over fakes, its time the virtual one. */
export function createPipeline(
  { limit, seconds, processes, lateness }: PipelineSettings,
  number: ProviderNumber,
  time: VirtualTime,
  random: Random,
) {
  const limits = LIMITS.real;
  const scope: Scope = { channel: 'sms', kind: 'toll-free', name: '+18005550199', windows: [{ limit, seconds }] };
  const between = (least: number, most: number) => least + random() * (most - least);
  const counts = new Map<string, number>();
  const start = time.now();
  const onCall = async ({ port, operation, moment }: PortCall): Promise<void> => {
    if (moment === 'after') return;
    counts.set(`${port}.${operation}`, (counts.get(`${port}.${operation}`) ?? 0) + 1);
    await time.wait(between(OPERATION.least, OPERATION.most));
  };
  const trueClock = {
    now: () => new Date(time.now()),
    monotonic: () => time.now() - start,
    wait: time.wait,
    learn: async () => undefined,
    advance: time.wait,
    waiting: 0,
  };
  const ports = fakePorts({ clock: trueClock, onCall });

  let refusedWrites = 0;
  const senderCalendars = {
    ...ports.senderCalendars,
    async write(...written: Parameters<typeof ports.senderCalendars.write>) {
      const etag = await ports.senderCalendars.write(...written);
      if (etag === undefined) refusedWrites += 1;
      return etag;
    },
  };

  const planned: Planned[] = [];
  const dead: Copy[] = [];
  const queues = {
    ...ports.queues,
    async sendCopies(_channel: string, copies: Parameters<typeof ports.queues.sendCopies>[1]) {
      await onCall({ port: 'queues', operation: 'sendCopies', moment: 'before' });
      workers.put(copies);
    },
  };

  const provider = providerOf(number);
  const instances = Array.from({ length: processes }, () => {
    const skew = between(-2_000, 2_000);
    const local = { ...trueClock, now: () => new Date(time.now() + skew) };
    const clock = storageClock(ports.storageTime, local);
    const common = {
      ...ports,
      queues,
      clock,
      random,
      limits,
      bookings: createBookings({ senderCalendars, clock, random, limits, urgent: URGENT }),
      switches: createSwitches({ ...ports, clock, limits }),
      scopeOf: () => scope,
      unitsOf: () => 1,
      senderFor: () => scope.name,
      addressHashes: () => ['k1:nobody'],
    };
    return { common, busy: 0 };
  });
  const any = () => instances[Math.floor(random() * instances.length)]!;

  let runs = 0;
  const workers = createWorkers(
    {
      instances,
      concurrency: limits.concurrency,
      lateness,
      run: (copy, { common }) =>
        sendCopy(copy, `run-${(runs += 1)}`, {
          ...common,
          channel: 'sms',
          provider,
          environment: 'bench',
          writeFailure: async () => undefined,
        }).catch(() => void dead.push(copy)),
    },
    time,
    random,
  );

  let events = 0;
  function planFor(lane: Lane): Plan {
    const instant = new Date(time.now());
    const occasion = `e-${(events += 1)}`;
    const id = deliveryId({
      instant,
      source: '/shop',
      subject: 'order:1',
      occasion,
      role: 'customer',
      message: lane,
      channel: 'sms',
    });
    planned.push({ id, lane, at: time.now() });
    return planOf('sms', {
      id,
      lane,
      eventTime: instant,
      arrived: instant,
      deadline: new Date(time.now() + 48 * HOUR),
    });
  }

  return {
    planned,
    counts,
    /** Writes of a calendar that somebody else had written in between. */
    conflicts: () => refusedWrites,
    dead,
    /** Takes news as intake does, in batches, and gives its deliveries to the queue. */
    async publish(count: number, lane: Lane = 'normal'): Promise<void> {
      for (let left = count; left > 0; left -= BATCH) {
        const { common } = any();
        const plans = Array.from({ length: Math.min(left, BATCH) }, () => planFor(lane));
        await storeAndSchedule({ fresh: await placePlans(plans, common), stored: [] }, common);
      }
    },
    rows: (): Delivery[] => [...ports.deliveries.rows.values()],
    isIdle: workers.isIdle,
  };
}
