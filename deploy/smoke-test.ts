/** The last step of a deployment: one event to every canary, until reports say that its messages arrived. */
import { exampleEvent } from '../commands/example-event.ts';
import type { Delivery } from '../shared/delivery.ts';
import { ORDER_EVENTS } from '../shared/entities.ts';
import { parseEvent } from '../shared/events.ts';
import type { Clock, Deliveries, Publisher, Subjects } from '../shared/ports.ts';
import { isOpen, type Status } from '../shared/status.ts';
import type { Canaries } from './channels.ts';
import { isRefused, patiently } from './patience.ts';
import { StepFailed } from './world.ts';

export type SmokeResult = {
  /** What to ask `npm run notify -- show` for. */
  subjects: string[];
  deliveries: { id: string; channel: string; status: Status; cause: string }[];
  passed: boolean;
};

export type SmokeDependencies = {
  publisher: Publisher;
  subjects: Pick<Subjects, 'find'>;
  deliveries: Pick<Deliveries, 'read'>;
  clock: Clock;
  say: (line: string) => void;
  linkHost: string;
  /** How long to wait for the reports, in ms, and between two looks. */
  patience: number;
  pause: number;
};

/** News of a delay goes out at once, also at night. */
const EVENT = 'order.delayed';

/** @throws StepFailed when there is nobody to write to */
export async function smokeTest(canaries: Canaries, dependencies: SmokeDependencies): Promise<SmokeResult> {
  const { publisher, clock, linkHost, patience, pause } = dependencies;
  const expected = canaries.sms.length + canaries.email.length;
  if (expected === 0) throw new StepFailed('There is nobody to write to: name them in NOTIFY_CANARIES.');
  const events = eventsFor(canaries, linkHost, clock.now());
  await patiently('Publishing', () => publisher.publish(ORDER_EVENTS, events), isRefused, dependencies);

  const until = clock.monotonic() + patience;
  for (;;) {
    const look = () => Promise.all(events.map(({ subject }) => deliveriesOf(subject, dependencies)));
    const rows = (await patiently('Reading the tables', look, isRefused, dependencies)).flat();
    const ended = rows.length >= expected && rows.every(({ progress }) => !isOpen(progress));
    if (ended || clock.monotonic() >= until)
      return {
        subjects: events.map(({ subject }) => subject),
        deliveries: rows.map(({ plan: { id, channel }, progress: { status, cause } }) => ({
          id,
          channel,
          status,
          cause,
        })),
        passed: ended && rows.every(({ progress }) => progress.status === 'delivered'),
      };
    await clock.wait(pause);
  }
}

async function deliveriesOf(
  subject: string,
  { subjects, deliveries }: Pick<SmokeDependencies, 'subjects' | 'deliveries'>,
): Promise<Delivery[]> {
  const { deliveries: ids } = await subjects.find(subject);
  return (await Promise.all(ids.map((id) => deliveries.read(id)))).filter((row) => row !== undefined);
}

type Published = { id: string; body: Uint8Array; subject: string };

/** One for each phone and mailbox, in pairs as long as there are both. */
function eventsFor({ sms, email }: Canaries, linkHost: string, now: Date): Published[] {
  return Array.from({ length: Math.max(sms.length, email.length) }, (_, index) => {
    const [phone, mail] = [sms[index], email[index]];
    const order = `smoke-${now.getTime()}-${index + 1}`;
    const id = `${order}-${now.toISOString()}`;
    const flags = { ...WHO, id, order, ...(phone && { phone }), ...(mail && { email: mail }) };
    const body = Buffer.from(JSON.stringify(exampleEvent(EVENT, flags, linkHost, now)));
    const parsed = parseEvent(body, now, [linkHost]);
    if (!parsed.ok) throw new StepFailed(`The event of the smoke test cannot be used: ${parsed.reasons[0]?.path}.`);
    return { id, body, subject: parsed.event.subject };
  });
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
