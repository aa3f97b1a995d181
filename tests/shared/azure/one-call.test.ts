import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type HttpClient, type PipelineRequest, createHttpHeaders } from '@azure/core-rest-pipeline';
import type { AccessToken, TokenCredential } from '@azure/identity';
import { describe, expect, it } from 'vitest';
import { emailProvider } from '../../../shared/azure/email.ts';
import { smsProvider } from '../../../shared/azure/sms.ts';
import type { ProviderAnswer } from '../../../shared/ports.ts';
import { type Answering, answering, startStub } from './stub-provider.ts';
import { emailRequest, smsRequest } from './send-requests.ts';

const send = {
  sms: (connectionString: string, timeout = 5_000): Promise<ProviderAnswer> =>
    smsProvider({ connectionString }).send(smsRequest(), timeout),
  email: (connectionString: string, timeout = 5_000): Promise<ProviderAnswer> =>
    emailProvider({ connectionString }).send(emailRequest(), timeout),
};

const halfBody: Answering = (_request, response) => {
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': '1000' });
  response.write('{"value":[');
  setImmediate(() => response.destroy());
};

describe.each(['sms', 'email'] as const)('one %s call', (channel) => {
  it.each([400, 401, 404, 408, 409, 412, 429, 500, 503])('keeps a %i and does not repeat it', async (status) => {
    const stub = await startStub(
      answering(
        status,
        { error: { code: 'TooManyRequests', message: 'to +4915112345678 or anna.muster@mail.example' } },
        { 'retry-after': '7', 'x-ms-error-code': 'TooManyRequests', 'x-other': 'secret' },
      ),
    );
    const answer = await send[channel](stub.connectionString);
    expect(stub.requests).toHaveLength(1);
    expect(answer).toMatchObject({ kind: 'answered', status, body: { error: { code: 'TooManyRequests' } } });
    expect(answer.kind === 'answered' && answer.headers).toMatchObject({
      'retry-after': '7',
      'x-ms-error-code': 'TooManyRequests',
    });
    expect(JSON.stringify(answer)).not.toMatch(/4915112345678|anna|secret/);
  });

  it.each([
    ['an HTML page', '<html><body>Hello +4915112345678</body></html>'],
    ['half of a JSON text', '{"value":[{"to":"+4915112345678"'],
    ['nothing', ''],
  ])('keeps the status when the body is %s', async (_what, body) => {
    const stub = await startStub(answering(202, body));
    expect(await send[channel](stub.connectionString)).toMatchObject({
      kind: 'answered',
      status: 202,
      body: undefined,
    });
  });

  it('does not follow a redirect', async () => {
    const other = await startStub(answering(202, {}));
    const stub = await startStub(answering(307, '', { location: `${other.endpoint}/elsewhere` }));
    expect(await send[channel](stub.connectionString)).toMatchObject({ kind: 'answered', status: 307 });
    expect(other.requests).toHaveLength(0);
  });

  it('is unanswered when the connection is cut after the request', async () => {
    const stub = await startStub((request) => request.socket.destroy());
    expect(await send[channel](stub.connectionString)).toEqual({ kind: 'unanswered', code: 'ECONNRESET' });
    expect(stub.requests).toHaveLength(1);
  });

  it('is unanswered when the connection is cut within the answer', async () => {
    const stub = await startStub(halfBody);
    expect(await send[channel](stub.connectionString)).toMatchObject({ kind: 'unanswered' });
  });

  it('is unanswered when no answer comes in time', async () => {
    const stub = await startStub(() => undefined);
    expect(await send[channel](stub.connectionString, 200)).toEqual({ kind: 'unanswered', code: 'timeout' });
    expect(stub.requests).toHaveLength(1);
  });

  it('says that nothing was written when the connection is refused or the name is unknown', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    expect(await send[channel](`endpoint=http://127.0.0.1:${port}/;accesskey=a2V5`)).toEqual({
      kind: 'not-reached',
      code: 'ECONNREFUSED',
    });
    const unknown = await send[channel]('endpoint=https://nobody.invalid/;accesskey=a2V5');
    expect(unknown.kind).toBe('not-reached');
  });
});

describe('settings', () => {
  it.each([
    'accesskey=c2VjcmV0',
    'endpoint=https://a.communication.azure.com/',
    'endpoint=no address;accesskey=c2VjcmV0',
    'endpoint=https://a.communication.azure.com/path;accesskey=c2VjcmV0',
    'endpoint=http://shop.example/;accesskey=c2VjcmV0',
    'c2VjcmV0',
    '',
  ])('refuses a bad connection string without repeating it (%#)', (connectionString) => {
    for (const provider of [smsProvider, emailProvider]) {
      const make = () => provider({ connectionString });
      expect(make).toThrow('must look like endpoint=https://…/;accesskey=…');
      expect(make).not.toThrow(/c2VjcmV0/);
    }
  });

  it('takes the parts of a connection string in any order and case', async () => {
    const stub = await startStub(answering(429, {}));
    const [, endpoint, key] = /endpoint=(.*);accesskey=(.*)/.exec(stub.connectionString)!;
    await send.sms(`AccessKey=${key};Endpoint=${endpoint}`);
    expect(stub.requests).toHaveLength(1);
  });
});

/** Answers every request with 202 and keeps it. */
function stubTransport() {
  const seen: PipelineRequest[] = [];
  const httpClient: HttpClient = {
    async sendRequest(request) {
      seen.push(request);
      return { request, status: 202, headers: createHttpHeaders(), bodyAsText: '{}' };
    },
  };
  return { seen, httpClient };
}

describe('an identity instead of a key', () => {
  const credential: TokenCredential = {
    getToken: async () => ({ token: 'token-of-the-app', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const endpoint = 'https://acs.communication.azure.com';

  it('sends its token and no signature', async () => {
    const { seen, httpClient } = stubTransport();
    await smsProvider({ endpoint, credential, httpClient }).send(smsRequest(), 5_000);
    await emailProvider({ endpoint, credential, httpClient }).send(emailRequest(), 5_000);
    expect(seen.map(({ headers }) => headers.get('authorization'))).toEqual([
      'Bearer token-of-the-app',
      'Bearer token-of-the-app',
    ]);
    expect(seen.map(({ method }) => method)).toEqual(['POST', 'POST']);
  });

  it('says that nothing was written when no token is to be had', async () => {
    const refusing: TokenCredential = {
      getToken: () => Promise.reject(new Error('no identity on this machine')),
    };
    const answer = await smsProvider({ endpoint, credential: refusing }).send(smsRequest(), 5_000);
    expect(answer.kind).toBe('not-reached');
  });

  it('writes nothing any more when the token comes after the time-out', async () => {
    const { seen, httpClient } = stubTransport();
    const token = Promise.withResolvers<AccessToken>();
    const slow: TokenCredential = { getToken: () => token.promise };
    const answer = await smsProvider({ endpoint, credential: slow, httpClient }).send(smsRequest(), 50);
    expect(answer).toEqual({ kind: 'not-reached', code: 'timeout' });
    token.resolve({ token: 'late', expiresOnTimestamp: Date.now() + 3_600_000 });
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toHaveLength(0);
  });

  it('refuses an endpoint that cannot be one', () => {
    expect(() => smsProvider({ endpoint: 'acs', credential })).toThrow('must look like https://');
    expect(() => emailProvider({ endpoint: 'http://shop.example', credential })).toThrow('must look like https://');
  });
});
