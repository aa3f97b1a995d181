import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { smsProvider } from '../../../shared/azure/sms.ts';
import { ACCESS_KEY, type SeenRequest, answering, startStub } from './stub-provider.ts';
import { smsRequest } from './send-requests.ts';

const ACCEPTED = {
  value: [
    {
      to: '+4915112345678',
      messageId: '20261120131207abc',
      httpStatusCode: 202,
      repeatabilityResult: 'accepted',
      successful: true,
    },
  ],
};

function expectedSignature({ method, target, headers, body }: SeenRequest): string {
  const hash = createHash('sha256').update(body).digest('base64');
  const text = `${method}\n${target}\n${headers['x-ms-date'] as string};${headers.host};${hash}`;
  return createHmac('sha256', Buffer.from(ACCESS_KEY, 'base64')).update(text).digest('base64');
}

describe('sending an SMS', () => {
  it('posts once, under our own id and first-sent, with a signature that covers them', async () => {
    const stub = await startStub(answering(202, ACCEPTED));
    const provider = smsProvider(stub);
    const request = smsRequest(3);
    const answer = await provider.send(request, 5_000);

    expect(stub.requests).toHaveLength(1);
    const [seen] = stub.requests as [SeenRequest];
    expect(seen.method).toBe('POST');
    expect(JSON.parse(seen.body)).toEqual({
      from: '+18005550199',
      smsRecipients: [
        {
          to: '+4915112345678',
          repeatabilityRequestId: request.attempt,
          repeatabilityFirstSent: 'Fri, 20 Nov 2026 13:12:07 GMT',
        },
      ],
      message: 'Grüße: your order 1042 is late.',
      smsSendOptions: { enableDeliveryReport: true, tag: request.tag },
    });
    expect(seen.headers.authorization).toContain(`Signature=${expectedSignature(seen)}`);
    expect(answer).toMatchObject({
      kind: 'answered',
      status: 202,
      body: { value: [{ messageId: '20261120131207abc', httpStatusCode: 202, successful: true }] },
    });
  });

  it('gives two calls at the same time each its own id', async () => {
    const stub = await startStub(answering(202, ACCEPTED));
    const provider = smsProvider(stub);
    await Promise.all([provider.send(smsRequest(1), 5_000), provider.send(smsRequest(2), 5_000)]);
    const ids = stub.requests.map(
      ({ body }) => (JSON.parse(body) as { smsRecipients: [{ repeatabilityRequestId: string }] }).smsRecipients[0],
    );
    expect(ids.map(({ repeatabilityRequestId }) => repeatabilityRequestId).toSorted()).toEqual([
      smsRequest(1).attempt,
      smsRequest(2).attempt,
    ]);
  });

  it('sends the very same bytes again on a repeat', async () => {
    const stub = await startStub(answering(202, ACCEPTED));
    const provider = smsProvider(stub);
    await provider.send(smsRequest(), 5_000);
    await smsProvider(stub).send(smsRequest(), 5_000);
    expect(stub.requests[0]?.body).toBe(stub.requests[1]?.body);
  });
});
