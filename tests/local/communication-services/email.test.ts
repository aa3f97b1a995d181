import { EmailClient } from '@azure/communication-email';
import { describe, expect, it } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { ordinaryMail, startProvider, until } from './harness.ts';

const mailbox = 'ann@mail.example';
const withMessageId = (messageId: string) =>
  ordinaryMail(mailbox, { headers: { 'Message-ID': messageId, 'x-ms-acsemail-validate-message-id': 'true' } });

describe('email', () => {
  it('is polled by the official client until it succeeded', async () => {
    const acs = await startProvider({ scenario: { operations: { running: 0 } } });
    const poller = await acs.pollingEmailClient().beginSend(ordinaryMail(mailbox));
    const result = await poller.pollUntilDone();
    expect(result).toMatchObject({ status: 'Succeeded' });
    expect(await acs.sends()).toMatchObject([
      { channel: 'email', messageId: result.id, to: [mailbox], attemptId: null },
    ]);
  });

  it('answers 202 with the operation, where to look and when', async () => {
    const acs = await startProvider();
    const operationId = crypto.randomUUID();
    let headers: Record<string, string> = {};
    const poller = await acs.emailClient().beginSend(ordinaryMail(mailbox), {
      operationId,
      onResponse: (response) => {
        if (response.status === 202) headers = response.headers.toJSON();
      },
    });
    expect(poller.getOperationState().status).toBe('running');
    expect(headers).toMatchObject({
      'operation-location': `${acs.endpoint}/emails/operations/${operationId}?api-version=2025-09-01`,
      'retry-after': '20',
    });
  });

  it('answers the same Operation-Id and body alike, and sends once', async () => {
    const acs = await startProvider();
    const id = crypto.randomUUID();
    await acs.mail(ordinaryMail(mailbox), id);
    await acs.mail(ordinaryMail(mailbox), id);
    await expect(acs.mail(ordinaryMail('bob@mail.example'), id)).rejects.toMatchObject({ statusCode: 400 });
    expect(await acs.sends()).toMatchObject([{ attemptId: id, messageId: id }]);
    expect((await acs.requests()).map(({ status, replayed }) => [status, replayed])).toEqual([
      [202, false],
      [202, true],
      [400, false],
    ]);
  });

  it('can be told to refuse an Operation-Id that was used', async () => {
    const acs = await startProvider({ scenario: { reusedOperationId: 'refuse' } });
    const id = crypto.randomUUID();
    await acs.mail(ordinaryMail(mailbox), id);
    await expect(acs.mail(ordinaryMail(mailbox), id)).rejects.toMatchObject({ statusCode: 400 });
  });

  const withAttachment = (change: object) =>
    ordinaryMail(mailbox, {
      attachments: [
        {
          name: 'appointment.ics',
          contentType: 'text/calendar; method=REQUEST; charset=utf-8',
          contentInBase64: 'QkVHSU46VkNBTEVOREFS',
          ...change,
        },
      ],
    });

  it('takes what may be attached, and shows it in the outbox', async () => {
    const acs = await startProvider();
    await acs.mail(withAttachment({}), crypto.randomUUID());
    const shown = (await (await fetch(`${acs.endpoint}/control/sends/1`)).json()) as { mail: { attachments: unknown } };
    expect(shown.mail.attachments).toMatchObject([
      { name: 'appointment.ics', contentInBase64: 'QkVHSU46VkNBTEVOREFS' },
    ]);
  });

  it.each([
    ['a type that is not allowed', { contentType: 'application/x-msdownload' }],
    ['a type that is none', { contentType: 'calendar' }],
    ['a type that brings a header along', { contentType: 'text/calendar\r\nBcc: a@b.example' }],
    ['what is not base64', { contentInBase64: 'BEGIN:VCALENDAR' }],
    ['nothing', { contentInBase64: '' }],
    ['a path for a name', { name: '../appointment.ics' }],
  ])('refuses %s as an attachment', async (_, change) => {
    const acs = await startProvider();
    await expect(acs.mail(withAttachment(change), crypto.randomUUID())).rejects.toMatchObject({ statusCode: 400 });
    expect(await acs.sends()).toEqual([]);
  });

  it('refuses a mail of more than 10 MB, its attachments as base64 included', async () => {
    const acs = await startProvider();
    const large = withAttachment({ contentInBase64: 'A'.repeat(10 * 1024 * 1024) });
    await expect(acs.mail(large, crypto.randomUUID())).rejects.toMatchObject({ statusCode: 413 });
  });

  it('refuses a Message-ID it has seen or that is malformed, when asked to check', async () => {
    const acs = await startProvider();
    await acs.mail(withMessageId('<1042@shop.example>'), crypto.randomUUID());
    await expect(acs.mail(withMessageId('<1042@shop.example>'), crypto.randomUUID())).rejects.toMatchObject({
      statusCode: 400,
    });
    await expect(acs.mail(withMessageId('1042'), crypto.randomUUID())).rejects.toMatchObject({ statusCode: 400 });
    await acs.mail(ordinaryMail(mailbox, { headers: { 'Message-ID': '<1042@shop.example>' } }), crypto.randomUUID());
    expect(await acs.sends()).toHaveLength(2);
  });

  it('forgets Operation-Id and Message-ID after its memory', async () => {
    const clock = manualClock();
    const acs = await startProvider({ clock, scenario: { clockTolerance: null, memory: 60 } });
    const id = crypto.randomUUID();
    await acs.mail(withMessageId('<1042@shop.example>'), id);
    clock.advance(60_001);
    await acs.mail(withMessageId('<1042@shop.example>'), id);
    expect(await acs.sends()).toHaveLength(2);
  });

  it('throttles the subscription with code, text and seconds as seen from the service', async () => {
    const acs = await startProvider({
      clock: manualClock(),
      scenario: { quotas: { email: { limit: 1, seconds: 60 } } },
    });
    await acs.mail(ordinaryMail(mailbox));
    await expect(acs.mail(ordinaryMail(mailbox, { senderAddress: 'other@shop.example' }))).rejects.toMatchObject({
      statusCode: 429,
      code: 'TooManyRequests',
      message: 'PerSubscriptionPerMinuteLimitExceeded - Please try again after 60 seconds.',
      details: { 'retry-after': '60' },
    });
  });

  it('says 404 of an operation it does not know, or not yet', async () => {
    const acs = await startProvider({ scenario: { operations: { lag: 60 } } });
    const beginSend = acs.pollingEmailClient().beginSend(ordinaryMail(mailbox));
    await expect(beginSend).rejects.toMatchObject({ statusCode: 404 });
    expect(await acs.sends()).toHaveLength(1);
  });

  it('finds an operation from the end of the lag on, first Running, then Succeeded', async () => {
    const clock = manualClock();
    const operations = { lag: 60, running: 90 };
    const acs = await startProvider({ clock, scenario: { clockTolerance: null, operations } });
    const id = crypto.randomUUID();
    await acs.mail(ordinaryMail(mailbox), id);
    const read = async () => {
      const response = await acs.signedFetch('GET', `/emails/operations/${id}?api-version=2025-09-01`);
      return [response.status, ((await response.json()) as { status?: string }).status];
    };
    clock.advance(59_999);
    expect(await read()).toEqual([404, undefined]);
    clock.advance(1);
    expect(await read()).toEqual([200, 'Running']);
    clock.advance(30_000);
    expect(await read()).toEqual([200, 'Succeeded']);
  });

  it('refuses a domain that is not linked, an unknown field, and a mail to nobody', async () => {
    const acs = await startProvider({ scenario: { senders: { email: ['shop.example'] } } });
    await expect(acs.mail(ordinaryMail(mailbox, { senderAddress: 'a@other.example' }))).rejects.toMatchObject({
      statusCode: 404,
      code: 'DomainNotLinked',
    });
    await expect(acs.mail(ordinaryMail(mailbox, { recipients: {} }))).rejects.toMatchObject({ statusCode: 400 });
    await expect(acs.mail(ordinaryMail('not an address'))).rejects.toMatchObject({ statusCode: 400 });
    const tooMany = Array.from({ length: 51 }, (_, index) => ({ address: `a${index}@mail.example` }));
    await expect(acs.mail(ordinaryMail(mailbox, { recipients: { to: tooMany } }))).rejects.toMatchObject({
      statusCode: 400,
    });
    expect(await acs.sends()).toEqual([]);
  });

  it('suppresses an address that bounced while the lease lasts, and fails the operation', async () => {
    const clock = manualClock();
    const acs = await startProvider({ clock, scenario: { clockTolerance: null, suppressionLease: 100, memory: 1000 } });
    const statuses = async () => (await acs.sends()).map(({ final }) => (final as { status: string }[])[0]?.status);
    await acs.mail(ordinaryMail('bounce@mail.example'));
    clock.advance(10_000);
    const client = new EmailClient(acs.connectionString, { allowInsecureConnection: true });
    const operationId = crypto.randomUUID();
    await acs.mail(ordinaryMail('bounce@mail.example'), operationId);
    clock.advance(2000);
    const poller = client.beginSend(ordinaryMail('bounce@mail.example'), { operationId });
    await expect(poller).rejects.toThrow('EmailDroppedAllRecipientsSuppressed');
    expect(await statuses()).toEqual(['Bounced', 'Suppressed']);
    clock.advance(110_000);
    await acs.mail(ordinaryMail('bounce@mail.example'));
    expect(await statuses()).toEqual(['Bounced', 'Suppressed', 'Bounced']);
    await until('requests are ended', async () =>
      (await acs.requests()).every(({ end }) => end === 'answered') ? true : undefined,
    );
  });
});
