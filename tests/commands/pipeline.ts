import { URGENT } from '../fakes/pacing.ts';
import { addressHashes } from '../../shared/addresses.ts';
import { createBookings } from '../../shared/bookings.ts';
import type { Channel } from '../../shared/delivery.ts';
import { writeFailure } from '../../shared/failures.ts';
import { takeEvents } from '../../shared/intake.ts';
import type { EmailProvider, ProviderAnswer } from '../../shared/ports.ts';
import { scopeOf, scopesOf, unitsOf } from '../../shared/scopes.ts';
import { type SendDependencies, sendCopy } from '../../shared/send.ts';
import { senderFor } from '../../shared/senders.ts';
import { createSwitches } from '../../shared/switches.ts';
import { bytesOf, type RawEvent } from '../shared/order-event.ts';
import { fakeWorld } from './world.ts';

const CHANNELS: readonly Channel[] = ['sms', 'email'];

/** The command line beside one process of the app, over the same fakes; the provider takes everything. */
export function fakePipeline(settings: Readonly<Record<string, string>> = {}) {
  const world = fakeWorld({ settings, waits: 'skipped', width: 120 });
  const app = world.world.connections.settings();
  const scopes = scopesOf(app.senders, app.dailyCaps);
  const common = {
    ...world,
    ...app,
    bookings: createBookings({ ...world, ...app, urgent: URGENT }),
    switches: createSwitches({ ...world, ...app }),
    scopeOf: (channel: Channel, sender: string) => scopeOf(scopes, app.senders, channel, sender),
    senderFor: (plan: Parameters<SendDependencies['senderFor']>[0]) => senderFor(app.senders, plan),
    unitsOf: (plan: Parameters<SendDependencies['unitsOf']>[0]) => unitsOf(plan, app.countSegments),
    addressHashes: (channel: Channel, address: string) => addressHashes(app.hashKeys, channel, address),
  };

  /** When and to whom. */
  const sent: { at: string; to: string }[] = [];
  const answer = (channel: Channel, id: string): ProviderAnswer => ({
    kind: 'answered',
    status: 202,
    headers: {},
    body: channel === 'sms' ? { value: [{ httpStatusCode: 202, successful: true, messageId: id }] } : { id },
  });
  const provider = (channel: Channel): EmailProvider => ({
    send: async ({ attempt, address }) => {
      sent.push({ at: world.clock.now().toISOString(), to: address });
      return answer(channel, attempt);
    },
    status: async () => ({ kind: 'answered', status: 404, headers: {}, body: {} }),
  });
  const sending = Object.fromEntries(
    CHANNELS.map((channel): [string, SendDependencies] => [
      channel,
      {
        ...common,
        channel,
        provider: provider(channel),
        writeFailure: (delivery) => writeFailure(delivery, world.failures, world.clock.now()),
      },
    ]),
  );
  let runs = 0;

  return {
    ...world,
    sent,
    publish: (...events: readonly RawEvent[]) =>
      takeEvents(
        events.map((event) => ({ body: bytesOf(event), arrived: world.clock.now(), parked: 0, resubmitted: 0 })),
        common,
      ),
    /** Handles every copy that is due within that time, each when it is. */
    async run(milliseconds: number): Promise<void> {
      const end = world.clock.now().getTime() + milliseconds;
      for (;;) {
        const heads = CHANNELS.flatMap((channel) => {
          const [head] = world.broker[channel];
          return head ? [{ channel, at: head.at.getTime() }] : [];
        });
        const [next] = heads.toSorted((a, b) => a.at - b.at);
        if (!next || next.at > end) break;
        const message = world.broker[next.channel].shift();
        await world.clock.wait(Math.max(0, next.at - world.clock.now().getTime()));
        if (message) await sendCopy(message.body, `run-${(runs += 1)}`, sending[next.channel]!);
      }
      await world.clock.wait(Math.max(0, end - world.clock.now().getTime()));
    },
  };
}
