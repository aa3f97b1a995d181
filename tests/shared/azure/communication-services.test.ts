/** The provider clients against the stand-in, which checks signatures and knows what it really sent. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCommunicationServices } from '../../../local/communication-services/communication-services.ts';
import { outcomeOf, statusOutcomeOf } from '../../../shared/answers.ts';
import { emailProvider } from '../../../shared/azure/email.ts';
import { smsProvider } from '../../../shared/azure/sms.ts';
import type { Channel } from '../../../shared/delivery.ts';
import type { ProviderAnswer, SendRequest } from '../../../shared/ports.ts';
import { planEvent } from '../../../shared/plan.ts';
import { ARRIVED, eventOf } from '../order-event.ts';
import { emailRequest, smsRequest } from './send-requests.ts';

type Listed = { items: { method: string; attemptId: string | null; tag: string | null; messageId: string }[] };

async function start() {
  const services = await startCommunicationServices({ port: 0 });
  onTestFinished(() => services.close());
  const list = async (path: string) => {
    const response = await fetch(`${services.endpoint}/control/${path}`);
    return ((await response.json()) as Listed).items;
  };
  const sms = smsProvider(services);
  const email = emailProvider(services);
  return {
    ...services,
    email,
    send: (request: SendRequest): Promise<ProviderAnswer> =>
      (request.content.channel === 'sms' ? sms : email).send(request, 5_000),
    sends: () => list('sends'),
    requests: () => list('requests'),
  };
}

/** First sent now: the provider refuses what is older than its memory. */
const fresh = (request: SendRequest): SendRequest => ({ ...request, firstSent: new Date() });
const now = new Date();
const REQUESTS: Record<Channel, (attempt?: number) => SendRequest> = {
  sms: (attempt) => fresh(smsRequest(attempt)),
  email: (attempt) => fresh(emailRequest(attempt)),
};

describe.each(['sms', 'email'] as const)('%s at the stand-in', (channel) => {
  const requestOf = REQUESTS[channel];

  it('is accepted with one POST and has one effective send under our id', async () => {
    const acs = await start();
    const request = requestOf(4);
    const outcome = outcomeOf(channel, await acs.send(request), { repeat: false, now });
    expect(outcome.class).toBe('accepted');
    const [sent, ...others] = await acs.sends();
    expect(others).toEqual([]);
    expect(sent?.attemptId).toBe(request.attempt);
    expect(outcome).toMatchObject({ providerId: sent?.messageId });
    expect((await acs.requests()).map(({ method }) => method)).toEqual(['POST']);
  });

  it('is accepted again under the same id without a second effective send', async () => {
    const acs = await start();
    const request = requestOf();
    const first = outcomeOf(channel, await acs.send(request), { repeat: false, now });
    const second = outcomeOf(channel, await acs.send(request), { repeat: true, now });
    expect(second).toEqual(first);
    expect(await acs.sends()).toHaveLength(1);
    await acs.send(requestOf(1));
    expect(await acs.sends()).toHaveLength(2);
  });
});

describe('the rest of the stand-in', () => {
  it('echoes the tag of an SMS', async () => {
    const acs = await start();
    const request = REQUESTS.sms();
    await acs.send(request);
    expect((await acs.sends()).map(({ tag }) => tag)).toEqual([request.tag]);
  });

  it('says what became of a mail, and that it knows nothing of another', async () => {
    const acs = await start();
    const request = REQUESTS.email();
    await acs.send(request);
    expect(statusOutcomeOf(await acs.email.status(request.attempt, 5_000), now).class).toBe('accepted');
    const other = await acs.email.status(REQUESTS.email(9).attempt, 5_000);
    expect(statusOutcomeOf(other, now)).toMatchObject({ class: 'missing' });
  });

  it('refuses a wrong key, which is our fault', async () => {
    const acs = await start();
    const wrong = { connectionString: `endpoint=${acs.endpoint};accesskey=${Buffer.from('wrong').toString('base64')}` };
    for (const [channel, answer] of [
      ['sms', await smsProvider(wrong).send(REQUESTS.sms(), 5_000)],
      ['email', await emailProvider(wrong).send(REQUESTS.email(), 5_000)],
    ] as const)
      expect(outcomeOf(channel, answer, { repeat: false, now })).toMatchObject({
        class: 'our-fault',
        cause: 'access-denied',
      });
    expect(await acs.sends()).toEqual([]);
  });

  it('refuses a number that cannot be one, which is the address’s fault', async () => {
    const acs = await start();
    const answer = await acs.send({ ...REQUESTS.sms(), address: '12' });
    expect(outcomeOf('sms', answer, { repeat: false, now })).toMatchObject({ class: 'refused', cause: 'bad-address' });
    const mail = await acs.send({ ...REQUESTS.email(), address: 'nobody' });
    expect(outcomeOf('email', mail, { repeat: false, now })).toMatchObject({ class: 'refused', cause: 'bad-address' });
  });
});

describe('a mail with a calendar entry at the stand-in', () => {
  const planned = (type: 'appointment.booked' | 'appointment.cancelled') => {
    const content = planEvent(eventOf(type), ARRIVED).find(({ channel }) => channel === 'email')?.content;
    if (content?.channel !== 'email') throw new Error('expected a mail');
    return content;
  };

  it.each(['appointment.booked', 'appointment.cancelled'] as const)('is taken as %s plans it', async (type) => {
    const acs = await start();
    const content = planned(type);
    const answer = await acs.send({ ...REQUESTS.email(), content });
    expect(outcomeOf('email', answer, { repeat: false, now }).class).toBe('accepted');
    const shown = (await (await fetch(`${acs.endpoint}/control/sends/1`)).json()) as {
      mail: { attachments: { contentType: string; contentInBase64: string }[] };
    };
    const [entry, ...others] = shown.mail.attachments;
    expect(others).toEqual([]);
    expect(entry?.contentType).toBe(content.attachments![0]!.contentType);
    expect(Buffer.from(entry!.contentInBase64, 'base64').toString()).toBe(content.attachments![0]!.text);
  });
});
