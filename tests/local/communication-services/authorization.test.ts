import { SmsClient } from '@azure/communication-sms';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import { describe, expect, it } from 'vitest';
import { checkSignature, contentHash } from '../../../local/communication-services/authorization.ts';
import { smsSender, startProvider } from './harness.ts';

const accessKey = 'MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=';
const body = Buffer.from(
  '{"from":"+18005550100","smsRecipients":[{"to":"+15550100001"}],"message":"héllo","smsSendOptions":{"enableDeliveryReport":true}}',
);
const date = 'Fri, 20 Nov 2026 13:12:07 GMT';
const sent = Date.parse(date);

/** Made by the SDK's own policy with its clock held still. */
const signed = {
  method: 'POST',
  target: '/sms?api-version=2021-03-07',
  headers: {
    host: 'acs.local:8080',
    'x-ms-date': date,
    'x-ms-content-sha256': 'ZAL4aQJ0CcpKbsk+ROuf2Hrg7NGqyv1/Ie61gkdIdsg=',
    authorization:
      'HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=+eqxQb3negDwXOJZGsj3CyMra7/zfgfLIh+Eaau704E=',
  },
  body,
};
const rules = { accessKey, clockTolerance: 300 };
const withHeader = (name: string, value: string | undefined) => ({
  ...signed,
  headers: { ...signed.headers, [name]: value },
});

describe('signature check', () => {
  it('takes the signature of the SDK', () => {
    expect(checkSignature(signed, rules, sent)).toBeUndefined();
  });

  it('hashes an empty body as the documentation says', () => {
    expect(contentHash(Buffer.alloc(0))).toBe('47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=');
  });

  it.each([
    ['another body', { ...signed, body: Buffer.from('{}') }],
    ['another verb', { ...signed, method: 'PUT' }],
    ['another target', { ...signed, target: '/sms?api-version=2021-03-08' }],
    ['another host', withHeader('host', 'acs.local')],
    ['another date', withHeader('x-ms-date', 'Fri, 20 Nov 2026 13:12:08 GMT')],
    ['no date', withHeader('x-ms-date', undefined)],
    ['no authorization', withHeader('authorization', undefined)],
    ['a bearer token', withHeader('authorization', 'Bearer abc')],
    ['fewer signed headers', withHeader('authorization', 'HMAC-SHA256 SignedHeaders=host&Signature=abc')],
  ])('refuses %s', (_, request) => {
    expect(checkSignature(request, rules, sent)).toMatchObject({ status: 401 });
  });

  it('refuses a date off by more than the tolerance, either way, unless there is none', () => {
    expect(checkSignature(signed, rules, sent + 300_000)).toBeUndefined();
    expect(checkSignature(signed, rules, sent + 300_001)).toMatchObject({ status: 401 });
    expect(checkSignature(signed, rules, sent - 300_001)).toMatchObject({ status: 401 });
    expect(checkSignature(signed, { ...rules, clockTolerance: null }, sent + 1e9)).toBeUndefined();
  });
});

describe('a client', () => {
  const message = { from: smsSender, to: ['+4915112345678'], message: 'Hello' };

  it('with a wrong key gets 401 Denied and nothing is sent', async () => {
    const acs = await startProvider();
    const client = acs.smsClient(`endpoint=${acs.endpoint}/;accesskey=${accessKey}`);
    await expect(client.send(message)).rejects.toMatchObject({ statusCode: 401, code: 'Denied' });
    expect(await acs.sends()).toEqual([]);
  });

  it('that changes the body after signing gets 401 for its hash', async () => {
    const acs = await startProvider();
    const policy: PipelinePolicy = {
      name: 'tamper',
      sendRequest(request, next) {
        request.body = (request.body as string).replace('Hello', 'Hullo');
        return next(request);
      },
    };
    const client = new SmsClient(acs.connectionString, {
      allowInsecureConnection: true,
      additionalPolicies: [{ policy, position: 'perRetry' }],
    });
    await expect(client.send(message)).rejects.toMatchObject({ statusCode: 401, code: 'Unauthorized' });
  });

  it('is refused while the key is another one, and served when it is put back', async () => {
    const acs = await startProvider();
    const { accessKey: before } = await acs.control<{ accessKey: string }>('GET', 'scenario');
    await acs.control('PUT', 'scenario', { accessKey });
    await expect(acs.sms('+4915112345678')).rejects.toMatchObject({ statusCode: 401 });
    await acs.control('PUT', 'scenario', { accessKey: before });
    expect(await acs.sms('+4915112345678')).toMatchObject([{ httpStatusCode: 202 }]);
  });
});
