import type { IncomingEvent } from '../../shared/intake.ts';
import type { Channel } from '../../shared/delivery.ts';
import { RETRIED_EVENTS, SEND_QUEUES } from '../../shared/entities.ts';
import type { Limits } from '../../shared/limits.ts';
import type { Copy, DeadLetter } from '../../shared/ports.ts';
import type { App } from './app.ts';
import { workOff } from './entity.ts';
import type { Faults } from './faults.ts';
import type { Process, Processes } from './processes.ts';
import type { FakeBroker } from '../fakes/broker.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

type Context = {
  time: VirtualTime;
  faults: Faults;
  processes: Pick<Processes, 'any' | 'runIn'>;
  limits: Limits;
  calmFrom: number;
  appOf: (process: Process) => Pick<App, 'intake' | 'send' | 'bury'>;
};

/** The topic, the queues and their dead letters, each worked off by the app; what is scheduled comes about when it is due. */
export function createBroker(context: Context) {
  const { time, faults, limits, calmFrom, appOf } = context;
  let letters = 0;

  const deadLetters = workOff<DeadLetter>(
    {
      handle: ([letter], process) => appOf(process).bury(letter!),
      batch: 1,
      concurrency: 1,
      deadLetter: (letter) => deadLetters.put(letter),
    },
    context,
  );
  const bury = (entity: string, body: Uint8Array, arrived: Date, resubmitted: number): void => {
    const at = new Date(time.now());
    deadLetters.put({
      at,
      entity,
      body,
      arrived,
      resubmitted,
      enqueued: at,
      sequenceNumber: String((letters += 1)),
      messageId: '',
      reason: 'MaxDeliveryCountExceeded',
      description: '',
      deliveryCount: limits.maxDeliveryCount,
    });
  };

  const eventsOf = (entity: string) =>
    workOff<IncomingEvent>(
      {
        handle: (events, process) => appOf(process).intake(events),
        batch: limits.intakeBatch,
        concurrency: 1,
        deadLetter: ({ body, arrived, resubmitted }) => bury(entity, body, arrived, resubmitted),
      },
      context,
    );
  const copiesOf = (channel: Channel) =>
    workOff<Copy>(
      {
        handle: ([copy], process) => appOf(process).send(channel, copy!),
        batch: 1,
        concurrency: limits.concurrency,
        deadLetter: (copy) => bury(SEND_QUEUES[channel], Buffer.from(JSON.stringify(copy)), new Date(time.now()), 0),
      },
      context,
    );
  const topic = eventsOf('order-events/notifications');
  const retried = eventsOf(RETRIED_EVENTS);
  const copies = { sms: copiesOf('sms'), email: copiesOf('email') };

  /** How much later than it was scheduled for a message comes. */
  function lateness(at: number): number {
    if (at <= time.now()) return 0;
    if (time.now() < calmFrom) {
      if (faults.happens('woken-late', 0.03)) return faults.between(SECOND / 10, 5 * SECOND);
      if (faults.happens('woken-minutes-late', 0.004)) return faults.between(10 * SECOND, 10 * MINUTE);
    }
    return faults.between(0, SECOND / 2);
  }

  function takeDue<Body>(queue: { body: Body; at: Date }[], to: { put: (body: Body) => void }, isAgain: boolean): void {
    const due = queue.filter(({ at }) => at.getTime() <= time.now());
    for (const message of due) {
      queue.splice(queue.indexOf(message), 1);
      to.put(message.body);
      if (isAgain) to.put(message.body);
    }
  }

  return {
    topic,
    deadLetters,
    /** Told of every message that our own queues got. */
    onEnqueued:
      (queues: () => FakeBroker) =>
      (entity: string, at: Date): void => {
        time.at(Math.max(time.now(), at.getTime()) + lateness(at.getTime()), () => {
          const { sms, email, retriedEvents } = queues();
          const isAgain = time.now() < calmFrom && faults.happens('delivered-twice', 0.01);
          if (entity === RETRIED_EVENTS) takeDue(retriedEvents, retried, isAgain);
          else if (entity === SEND_QUEUES.sms) takeDue(sms, copies.sms, isAgain);
          else takeDue(email, copies.email, isAgain);
        });
      },
    /** Messages that are being handled or could be. */
    open: (): number =>
      [topic, retried, deadLetters, copies.sms, copies.email].reduce((sum, entity) => sum + entity.open(), 0),
  };
}
