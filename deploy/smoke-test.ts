/** The last step of a deployment: one event to the canaries, until reports say that its messages arrived. */
import { exampleEvent } from '../commands/example-event.ts';
import { ORDER_EVENTS } from '../shared/entities.ts';
import { parseEvent } from '../shared/events.ts';
import type { Clock, Deliveries, Publisher, Subjects } from '../shared/ports.ts';
import { isOpen, type Status } from '../shared/status.ts';
import type { Canaries } from './channels.ts';
import { StepFailed } from './world.ts';

export type SmokeResult = {
  subject: string;
  deliveries: { id: string; channel: string; status: Status; cause: string }[];
  passed: boolean;
};

export type SmokeDependencies = {
  publisher: Publisher;
  subjects: Pick<Subjects, 'find'>;
  deliveries: Pick<Deliveries, 'read'>;
  clock: Clock;
  trackingLinkHost: string;
  /** How long to wait for the reports, in ms, and between two looks. */
  patience: number;
  pause: number;
};

/** News of a delay goes out at once, also at night. */
const EVENT = 'order.delayed';

/** @throws StepFailed when there is nobody to write to */
export async function smokeTest(canaries: Canaries, dependencies: SmokeDependencies): Promise<SmokeResult> {
  const { publisher, subjects, deliveries, clock, trackingLinkHost, patience, pause } = dependencies;
  const [phone] = canaries.sms;
  const [email] = canaries.email;
  if (!phone && !email) throw new StepFailed('There is nobody to write to: name them in NOTIFY_CANARIES.');
  const now = clock.now();
  const order = `smoke-${now.getTime()}`;
  const event = {
    ...WHO,
    id: `${EVENT}-${now.toISOString()}`,
    order,
    ...(phone && { phone }),
    ...(email && { email }),
  };
  const body = Buffer.from(JSON.stringify(exampleEvent(EVENT, event, trackingLinkHost, now)));
  const parsed = parseEvent(body, now, [trackingLinkHost]);
  if (!parsed.ok) throw new StepFailed(`The event of the smoke test cannot be used: ${parsed.reasons[0]?.path}.`);
  await publisher.publish(ORDER_EVENTS, [{ id: event.id, body }]);

  const { subject } = parsed.event;
  const expected = (phone ? 1 : 0) + (email ? 1 : 0);
  const until = clock.monotonic() + patience;
  for (;;) {
    const { deliveries: ids } = await subjects.find(subject);
    const rows = (await Promise.all(ids.map((id) => deliveries.read(id)))).filter((row) => row !== undefined);
    const ended = rows.length >= expected && rows.every(({ progress }) => !isOpen(progress));
    if (ended || clock.monotonic() >= until)
      return {
        subject,
        deliveries: rows.map(({ plan, progress: { status, cause } }) => ({
          id: plan.id,
          channel: plan.channel,
          status,
          cause,
        })),
        passed: ended && rows.every(({ progress }) => progress.status === 'delivered'),
      };
    await clock.wait(pause);
  }
}

const WHO = {
  source: '/smoke-test',
  shop: 'Smoke test',
  shopLanguage: 'en-GB',
  name: 'Canary',
  locale: 'en-GB',
  timeZone: 'UTC',
  country: 'US',
  total: 100,
  currency: 'EUR',
  carrier: 'Nobody',
};
