import { attemptId, deliveryId } from '../../shared/delivery-id.ts';
import { type Channel, type Content, type Delivery, type Plan, UNTOUCHED } from '../../shared/delivery.ts';
import { type Limits, LIMITS } from '../../shared/limits.ts';
import type { Copy, EmailProvider, ProviderAnswer, SendRequest } from '../../shared/ports.ts';
import { type SendDependencies, sendCopy } from '../../shared/send.ts';
import { type OnCall, callsOf } from '../fakes/calls.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePacing } from '../fakes/pacing.ts';
import { fakePorts } from '../fakes/ports.ts';

const START = new Date('2026-11-20T13:00:00.000Z');
export const MINUTE = 60_000;

export const SENDERS: Record<Channel, string> = { sms: '+18005550199', email: 'news@shop.example' };

const CONTENT: Record<Channel, Content> = {
  sms: { channel: 'sms', text: 'Your order 1042 is late.', segments: 1 },
  email: { channel: 'email', subject: 'Late', html: '<p>Late</p>', text: 'Late' },
};

export function planOf(channel: Channel, change: Partial<Plan> = {}): Plan {
  const identity = { source: '/shop', subject: 'order:1042', occasion: 'e-1', role: 'customer', message: 'order-late' };
  return {
    id: deliveryId({ ...identity, instant: START, channel }),
    subject: identity.subject,
    source: identity.source,
    eventId: 'e-1',
    eventType: 'order.delayed',
    eventTime: START,
    arrived: START,
    trace: '0123456789abcdef0123456789abcdef',
    message: identity.message,
    version: 1,
    role: 'customer',
    channel,
    locale: 'en',
    lane: 'urgent',
    deadline: new Date(START.getTime() + 120 * MINUTE),
    address: channel === 'sms' ? '+4915112345678' : 'anna@mail.example',
    shop: 'Shop',
    country: 'DE',
    region: '',
    mailHost: channel === 'sms' ? '' : 'mail.example',
    content: CONTENT[channel],
    firstSlot: START,
    firstBooking: 'own',
    ...change,
  };
}

export const rowOf = (plan: Plan, progress: Partial<Delivery['progress']> = {}): Delivery => ({
  plan,
  progress: { ...UNTOUCHED, ...progress },
  etag: 'W/"1"',
});

/** What the provider does with a call that it does not remember: takes it or not, then answers or is silent. */
export type Deed = { takes: boolean; answer: ProviderAnswer };

export const answered = (status: number, body: unknown = {}, headers: Record<string, string> = {}): ProviderAnswer => ({
  kind: 'answered',
  status,
  headers,
  body,
});

export const TAKEN: Record<Channel, (id: string) => ProviderAnswer> = {
  sms: (id) => answered(202, { value: [{ httpStatusCode: 202, successful: true, messageId: `m-${id}` }] }),
  email: (id) => answered(202, { id, status: 'Running' }),
};

export const SILENCE: ProviderAnswer = { kind: 'unanswered', code: 'timeout' };

type World = {
  channel?: Channel;
  plan?: Partial<Plan>;
  limits?: Limits;
  /** One for each call that the provider does not answer from memory; afterwards it takes everything. */
  deeds?: readonly Deed[];
  onCall?: OnCall;
};

/** One delivery, its send queue and a provider that forgets an id five minutes after it was first sent. */
export function sendWorld({
  channel = 'sms',
  plan: change = {},
  limits = LIMITS.real,
  deeds = [],
  onCall = () => undefined,
}: World = {}) {
  const clock = fakeClock(START, 'skipped');
  const ports = fakePorts({ clock, onCall });
  const plan = planOf(channel, change);
  ports.deliveries.rows.set(plan.id, rowOf(plan));

  const { call } = callsOf('provider', onCall);
  const effective: string[] = [];
  const requests: SendRequest[] = [];
  const remembered = new Map<string, { firstSent: Date; answer: ProviderAnswer }>();
  const coming = [...deeds];
  const provider: EmailProvider = {
    send: (request) =>
      call('send', () => {
        requests.push(request);
        const known = remembered.get(request.attempt);
        if (known && clock.now().getTime() - known.firstSent.getTime() < 5 * MINUTE) return known.answer;
        const { takes, answer } = coming.shift() ?? { takes: true, answer: TAKEN[channel](request.attempt) };
        if (takes) effective.push(request.attempt);
        const replay = takes ? TAKEN[channel](request.attempt) : answer;
        if (replay.kind === 'answered' && replay.status < 500)
          remembered.set(request.attempt, { firstSent: request.firstSent, answer: replay });
        return answer;
      }),
    status: (attempt) =>
      call('status', () =>
        effective.includes(attempt) ? answered(200, { id: attempt, status: 'Succeeded' }) : answered(404),
      ),
  };
  const dependencies: SendDependencies = {
    channel,
    provider,
    environment: 'test',
    ...ports,
    ...fakePacing(ports, { limits }),
    senderFor: () => SENDERS[channel],
    writeFailure: (delivery) => callsOf('failures', onCall).call('put', () => void failureRows.push(delivery)),
    limits,
  };
  const failureRows: Delivery[] = [];
  const queue = ports.broker[channel];
  let runs = 0;

  const world = {
    ...ports,
    plan,
    dependencies,
    requests,
    effective,
    failureRows,
    queue,
    row: () => ports.deliveries.rows.get(plan.id)!,
    /** Puts a copy on the queue, whatever the broker thinks of its MessageId. */
    put(copy: Copy, messageId = `put-${(runs += 1)}`) {
      queue.push({ messageId, body: copy, at: clock.now() });
    },
    /** Takes the earliest copy off the queue when it is due and handles it. */
    async takeNext(): Promise<void> {
      queue.sort((a, b) => a.at.getTime() - b.at.getTime());
      const message = queue.shift();
      if (!message) throw new Error('no copy on the queue');
      await clock.wait(Math.max(0, message.at.getTime() - clock.now().getTime()));
      try {
        await sendCopy(message.body, `run-${(runs += 1)}`, dependencies);
      } catch (error) {
        queue.push({ ...message, at: clock.now() });
        throw error;
      }
    },
    /** Until nothing is left on the queue. */
    async drain(): Promise<void> {
      for (let turns = 0; queue.length > 0; turns += 1) {
        if (turns > 1_000) throw new Error('it never ends');
        await world.takeNext();
      }
    },
  };
  world.put({ delivery: plan.id, copy: 0 });
  return world;
}

export const attempts = (plan: Plan, ...numbers: number[]) => numbers.map((number) => attemptId(plan.id, number));
