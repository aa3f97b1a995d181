import { describe, expect, it } from 'vitest';
import { emailProvider } from '../../../shared/azure/email.ts';
import { type Answering, type SeenRequest, answering, startStub } from './stub-provider.ts';
import { emailRequest } from './send-requests.ts';

const accepting: Answering = (request, response) => {
  const id = request.headers['operation-id'] as string;
  const operation = `http://${request.headers.host}/emails/operations/${id}?api-version=2025-09-01`;
  answering(
    202,
    { id, status: 'Running' },
    { 'operation-location': operation, 'retry-after': '20' },
  )(request, response);
};

describe('sending a mail', () => {
  it('posts once under our own id and never asks for a status', async () => {
    const stub = await startStub(accepting);
    const request = emailRequest(2);
    const answer = await emailProvider(stub).send(request, 5_000);

    expect(stub.requests.map(({ method }) => method)).toEqual(['POST']);
    const [seen] = stub.requests as [SeenRequest];
    expect(seen.target).toBe('/emails:send?api-version=2025-09-01');
    expect(seen.headers['operation-id']).toBe(request.attempt);
    expect(JSON.parse(seen.body)).toEqual({
      senderAddress: 'notifications@shop.example',
      content: { subject: 'Your order 1042', html: '<p>It is late, Anna.</p>', plainText: 'It is late, Anna.' },
      recipients: { to: [{ address: 'anna.muster@mail.example' }] },
      replyTo: [{ address: 'help@shop.example' }],
      headers: {
        'Message-ID': `<${request.attempt}@shop.example>`,
        'x-ms-acsemail-validate-message-id': 'true',
      },
    });
    expect(answer).toMatchObject({ kind: 'answered', status: 202, body: { id: request.attempt, status: 'Running' } });
  });

  it('sends what the mail brings along as base64 of UTF-8', async () => {
    const stub = await startStub(accepting);
    const request = emailRequest();
    const attachment = { name: 'appointment.ics', contentType: 'text/calendar; method=REQUEST', text: 'Größe: ✓\r\n' };
    const content = { ...request.content, attachments: [attachment] };
    await emailProvider(stub).send({ ...request, content }, 5_000);
    const [{ attachments }] = stub.requests.map(({ body }) => JSON.parse(body) as { attachments: unknown }) as [
      { attachments: unknown },
    ];
    expect(attachments).toEqual([
      {
        name: 'appointment.ics',
        contentType: 'text/calendar; method=REQUEST',
        contentInBase64: Buffer.from(attachment.text).toString('base64'),
      },
    ]);
  });

  it('asks for the status of an attempt with one GET', async () => {
    const { attempt } = emailRequest(1);
    const stub = await startStub(answering(200, { id: attempt, status: 'Succeeded' }));
    const answer = await emailProvider(stub).status(attempt, 5_000);
    expect(stub.requests.map(({ method, target }) => `${method} ${target}`)).toEqual([
      `GET /emails/operations/${attempt}?api-version=2025-09-01`,
    ]);
    expect(answer).toMatchObject({ kind: 'answered', status: 200, body: { id: attempt, status: 'Succeeded' } });
  });

  it('tells a failed operation and an unknown one apart', async () => {
    const { attempt } = emailRequest();
    const failed = await startStub(
      answering(200, {
        id: attempt,
        status: 'Failed',
        error: { code: 'EmailDropped', message: 'anna.muster@mail.example' },
      }),
    );
    expect(await emailProvider(failed).status(attempt, 5_000)).toMatchObject({
      body: { status: 'Failed', error: { code: 'EmailDropped' } },
    });
    const unknown = await startStub(answering(404, { error: { code: 'NotFound', message: 'no such operation' } }));
    expect(await emailProvider(unknown).status(attempt, 5_000)).toMatchObject({ kind: 'answered', status: 404 });
    expect(unknown.requests).toHaveLength(1);
  });
});
