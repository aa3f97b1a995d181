import { EventGridDeserializer, isSystemEvent, type EventGridEvent } from '@azure/eventgrid';
import { describe, expect, it } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { type Push, ordinaryMail, smsSender, startProvider, startWebhook, until } from './harness.ts';

const at = (seconds: number) => ({ sms: [seconds, seconds], email: [seconds, seconds] });
const atOnce = { reports: { delay: at(0) } };

async function startWithWebhook(scenario: Record<string, unknown> = atOnce, clock?: ReturnType<typeof manualClock>) {
  const hook = await startWebhook();
  const acs = await startProvider({ scenario, eventGridEndpoints: [hook.url], ...(clock ? { clock } : {}) });
  await acs.validated();
  return { acs, hook, events: (count: number) => eventsOf(hook, count) };
}

const eventsOf = (hook: { events(): Push['events'] }, count: number) =>
  until(`${count} events, not ${hook.events().length}`, () =>
    hook.events().length >= count ? hook.events() : undefined,
  );

const statusesOf = (events: Push['events']) => events.map(({ data }) => data['deliveryStatus'] ?? data['status']);

describe('delivery reports', () => {
  it('are events that the official types and deserializer take, in both envelopes', async () => {
    const consumer = new EventGridDeserializer();
    const cloud = await startWithWebhook();
    await cloud.acs.sms('+4915112345678', 'Hello', crypto.randomUUID());
    await cloud.events(1);
    const [push] = cloud.hook.pushes;
    expect(push?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const [cloudEvent] = await consumer.deserializeCloudEvents(push?.body as Record<string, unknown>);
    expect(cloudEvent && isSystemEvent('Microsoft.Communication.SMSDeliveryReportReceived', cloudEvent)).toBe(true);
    expect(cloudEvent?.subject).toBe(`/phonenumber/${smsSender.slice(1)}`);

    const old = await startWithWebhook({ ...atOnce, eventGrid: { schema: 'EventGridSchema' } });
    await old.acs.mail(ordinaryMail('ann@mail.example'), crypto.randomUUID());
    await old.events(1);
    const [oldPush] = old.hook.pushes;
    expect(oldPush?.headers['content-type']).toBe('application/json; charset=utf-8');
    const [event] = await consumer.deserializeEventGridEvents(oldPush?.body as Record<string, unknown>);
    const report = event as EventGridEvent<unknown>;
    expect(isSystemEvent('Microsoft.Communication.EmailDeliveryReportReceived', report)).toBe(true);
    expect(report).toMatchObject({ dataVersion: '1.0', data: { recipient: 'ann@mail.example', status: 'Delivered' } });
  });

  it('carry tag, ids, segments and the number as sent', async () => {
    const { acs, events } = await startWithWebhook();
    const id = crypto.randomUUID();
    const [result] = await acs.sms('+4915112345678', 'x'.repeat(161), id);
    const [event] = await events(1);
    expect(event?.data).toMatchObject({
      messageId: result?.messageId,
      from: smsSender,
      to: '+4915112345678',
      deliveryStatus: 'Delivered',
      tag: `test:${id}`,
      deliveryAttempts: [{ segmentsSucceeded: 2, segmentsFailed: 0 }],
    });
    expect(event?.id).toBe(result?.messageId);
  });

  it('come one per mail recipient, whatever the field they stand in', async () => {
    const { acs, events } = await startWithWebhook();
    const id = crypto.randomUUID();
    const recipients = {
      to: [{ address: 'a@mail.example' }],
      cc: [{ address: 'full@mail.example' }],
      bcc: [{ address: 'c@mail.example' }],
    };
    await acs.mail(ordinaryMail('', { recipients }), id);
    const reports = (await events(3)).map(({ data }) => [data['messageId'], data['recipient'], data['status']]);
    expect(new Set(reports.map(String))).toEqual(
      new Set([`${id},a@mail.example,Delivered`, `${id},full@mail.example,Failed`, `${id},c@mail.example,Delivered`]),
    );
  });

  it('are not made when none was asked for', async () => {
    const { acs } = await startWithWebhook();
    await acs.smsClient().send({ from: smsSender, to: ['+4915112345678'], message: 'Hello' });
    expect(await acs.sends()).toMatchObject([{ final: [{ status: null, details: 'No report was asked for.' }] }]);
    expect(await acs.reports()).toEqual([]);
  });

  it.each([
    ['+4915112554006', 'Failed', 'ErrorCode: 4006.'],
    ['+4915112555002', 'Failed', 'ErrorCode: 5002. ErrorMessage: Message Delivery Timeout'],
    ['+4915112554007', 'Failed', 'ErrorCode: 4007.'],
  ])('for %s say %s, %s', async (number, status, details) => {
    const { acs, events } = await startWithWebhook();
    await acs.sms(number);
    expect((await events(1))[0]?.data).toMatchObject({
      deliveryStatus: status,
      deliveryStatusDetails: expect.stringContaining(details) as string,
    });
  });

  it.each([
    ['full', ['Failed']],
    ['bounce', ['Bounced']],
    ['quarantined', ['Quarantined']],
    ['spam', ['FilteredSpam']],
    ['expanded', ['Expanded']],
    ['suppressed', ['Suppressed']],
  ])('for %s@ say %j', async (mailbox, statuses) => {
    const { acs, events } = await startWithWebhook();
    await acs.mail(ordinaryMail(`${mailbox}+1042@mail.example`));
    const reports = await events(1);
    expect(statusesOf(reports)).toEqual(statuses);
    expect('internetMessageId' in (reports[0]?.data ?? {})).toBe(mailbox !== 'suppressed');
  });

  it('come before the answer when early', async () => {
    const { acs, hook } = await startWithWebhook({ reports: { delay: at(60) } });
    await acs.sms('+4915112557001');
    expect(hook.events()).toHaveLength(1);
  });

  it('come later by the set time when late', async () => {
    const clock = manualClock();
    const { acs, hook, events } = await startWithWebhook({ reports: { delay: at(2), lateBy: 60 } }, clock);
    await acs.sms('+4915112557002');
    await acs.sms('+4915112345678');
    clock.advance(2000);
    expect(await events(1)).toHaveLength(1);
    clock.advance(59_000);
    expect((await acs.reports('?state=planned')).map(({ to }) => to)).toEqual(['+4915112557002']);
    clock.advance(1000);
    await events(2);
    expect(hook.events().map(({ data }) => data['to'])).toEqual(['+4915112345678', '+4915112557002']);
  });

  it('come twice with one id when doubled, ten times with ten ids when tenfold', async () => {
    const { acs, hook, events } = await startWithWebhook();
    await acs.sms('+4915112557003');
    expect(new Set((await events(2)).map(({ id }) => id)).size).toBe(1);
    await acs.sms('+4915112557010');
    expect(new Set((await events(12)).slice(2).map(({ id }) => id)).size).toBe(10);
    expect(hook.events()).toHaveLength(12);
  });

  it('contradict each other with the older one last when reordered', async () => {
    const { acs, events } = await startWithWebhook();
    await acs.sms('+4915112557004');
    const reports = await events(2);
    expect(statusesOf(reports)).toEqual(['Delivered', 'Failed']);
    const [newer, older] = reports.map(({ data }) => String(data['receivedTimestamp']));
    expect(newer && older && newer > older).toBe(true);
    const [send] = await until('both reports taken', async () => {
      const taken = await acs.reports('?state=delivered');
      return taken.length === 2 ? acs.sends() : undefined;
    });
    expect(send).toMatchObject({ outcome: 'delivered', final: [{ status: 'Delivered', planned: 2 }] });
  });

  it('say Delivered and then Bounced of a mail that came back', async () => {
    const clock = manualClock();
    const { acs, events } = await startWithWebhook(atOnce, clock);
    await acs.mail(ordinaryMail('bounce-later@mail.example'));
    await acs.mail(ordinaryMail('bounce-later@mail.example'));
    clock.advance(0);
    await events(2);
    clock.advance(1000);
    expect(statusesOf(await events(4))).toEqual(['Delivered', 'Delivered', 'Bounced', 'Bounced']);
    await acs.mail(ordinaryMail('bounce-later@mail.example'));
    expect((await acs.sends())[2]).toMatchObject({ final: [{ status: 'Suppressed' }] });
  });

  it('are not made any more after a reset', async () => {
    const clock = manualClock();
    const { acs, hook, events } = await startWithWebhook({ reports: { delay: at(5) } }, clock);
    await acs.sms('+4915112345678');
    await acs.control('POST', 'reset');
    await acs.sms('+4915112345679');
    clock.advance(5000);
    await events(1);
    expect(hook.events().map(({ data }) => data['to'])).toEqual(['+4915112345679']);
  });

  it('are told of as lost when lost', async () => {
    const { acs, hook } = await startWithWebhook();
    await acs.mail(ordinaryMail('lost@mail.example'));
    await acs.mail(ordinaryMail('ann@mail.example'));
    await eventsOf(hook, 1);
    expect(hook.events().map(({ data }) => data['recipient'])).toEqual(['ann@mail.example']);
    expect((await acs.reports()).map(({ to, state }) => [to, state])).toEqual([
      ['lost@mail.example', 'lost'],
      ['ann@mail.example', 'delivered'],
    ]);
    expect((await acs.sends())[0]).toMatchObject({ final: [{ status: null, planned: 0 }] });
  });

  it('follow the shares of the scenario', async () => {
    const { acs, events } = await startWithWebhook({ ...atOnce, outcomes: { sms: { 4006: 1 } } });
    await acs.sms('+4915112345678');
    expect(statusesOf(await events(1))).toEqual(['Failed']);
  });

  it.each([
    ['camel', 'messageId', 'tag'],
    ['pascal', 'MessageId', 'Tag'],
    ['docs', 'messageId', 'Tag'],
  ])('have their keys in %s case', async (keyCase, messageId, tag) => {
    const { acs, events } = await startWithWebhook({ reports: { delay: at(0), keyCase } });
    await acs.sms('+4915112345678', 'Hello', crypto.randomUUID());
    const keys = Object.keys((await events(1))[0]?.data ?? {});
    expect(keys).toContain(messageId);
    expect(keys).toContain(tag);
  });
});

describe('opting out', () => {
  it('with STOP makes later sends accepted and then Failed, until START', async () => {
    const { acs, events } = await startWithWebhook();
    const phone = '+4915112345678';
    const write = (message: string) => acs.control('POST', 'inbound-sms', { from: phone, to: smsSender, message });
    expect(await write(' stop ')).toMatchObject({ optedOut: true });
    expect((await events(1))[0]).toMatchObject({
      type: 'Microsoft.Communication.SMSReceived',
      data: { from: phone, to: smsSender, message: ' stop ' },
    });
    expect(await acs.sms(phone)).toMatchObject([{ httpStatusCode: 202 }]);
    expect((await events(2))[1]?.data).toMatchObject({
      deliveryStatus: 'Failed',
      deliveryStatusDetails: 'Sender blocked for given recipient.',
    });
    expect(await acs.sends()).toMatchObject([{ final: [{ status: 'Failed', code: '4007' }] }]);
    await acs.sms('+4915112345679');
    expect(statusesOf(await events(3))).toContain('Delivered');
    await write('START');
    await acs.sms(phone);
    expect(statusesOf((await events(5)).slice(4))).toEqual(['Delivered']);
  });
});
