import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { EmailClient, type EmailMessage } from '@azure/communication-email';
import { SmsClient } from '@azure/communication-sms';
import { createHttpHeaders, type PipelinePolicy } from '@azure/core-rest-pipeline';
import { onTestFinished } from 'vitest';
import { contentHash, signature } from '../../../local/communication-services/authorization.ts';
import { startCommunicationServices } from '../../../local/communication-services/communication-services.ts';

export const smsSender = '+18005550199';
const mailSender = 'notifications@shop.example';

export const ordinaryMail = (to: string, change: Partial<EmailMessage> = {}): EmailMessage => ({
  senderAddress: mailSender,
  content: { subject: 'Your order 1042', plainText: 'It is on its way.', html: '<p>It is on its <b>way</b>.</p>' },
  recipients: { to: [{ address: to }] },
  ...change,
});

/** Polls until the check gives a value; fails with the reason when it never does. */
export async function until<T>(what: string, check: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const value = await check();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`never: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Sets the id and first-sent that repeat an SMS, as a caller with a ledger of its own does. */
const repeating = (id: string, firstSent: string): PipelinePolicy => ({
  name: 'repeating',
  sendRequest(request, next) {
    const body = JSON.parse(request.body as string) as { smsRecipients: Record<string, string>[] };
    for (const recipient of body.smsRecipients) {
      recipient['repeatabilityRequestId'] = id;
      recipient['repeatabilityFirstSent'] = firstSent;
    }
    request.body = JSON.stringify(body);
    return next(request);
  },
});

/** No status polling: the GET that beginSend makes at once is answered here. */
const unpolled: PipelinePolicy = {
  name: 'unpolled',
  async sendRequest(request, next) {
    if (request.method !== 'GET') return next(request);
    const id = /operations\/([^?]+)/.exec(request.url)?.[1];
    return {
      request,
      status: 200,
      headers: createHttpHeaders(),
      bodyAsText: JSON.stringify({ id, status: 'Running' }),
    };
  },
};

/** For what the clients cannot ask: any request with a right signature. */
async function signedFetch(
  { endpoint, connectionString }: { endpoint: string; connectionString: string },
  method: string,
  target: string,
  body: string,
) {
  const hash = contentHash(Buffer.from(body));
  const date = new Date().toUTCString();
  const accessKey = /accesskey=(.+)$/.exec(connectionString)?.[1] ?? '';
  const sign = signature(accessKey, `${method}\n${target}\n${date};${new URL(endpoint).host};${hash}`);
  return fetch(`${endpoint}${target}`, {
    method,
    headers: {
      'x-ms-date': date,
      'x-ms-content-sha256': hash,
      authorization: `HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature=${sign}`,
    },
    ...(body === '' ? {} : { body }),
  });
}

export type Options = Omit<Parameters<typeof startCommunicationServices>[0], 'port'>;

/** A stand-in that runs until the test is over, with the official clients pointed at it, SDK retries off, and its control API. */
export async function startProvider(options: Options = {}) {
  const services = await startCommunicationServices({ port: 0, ...options });
  onTestFinished(() => services.close());
  const client = { allowInsecureConnection: true, retryOptions: { maxRetries: 0 } };

  async function control<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${services.endpoint}/control/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  }
  const items = async (path: string) => (await control<{ items: Item[] }>('GET', path)).items;

  return {
    ...services,
    control,
    requests: (query = '') => items(`requests${query}`),
    sends: (query = '') => items(`sends${query}`),
    reports: (query = '') => items(`reports${query}`),
    summary: () => control<{ unanswered: number; neverAnswered: number; acceptedLast: number }>('GET', 'summary'),
    /** Waits for the handshake with every endpoint. */
    async validated() {
      await until('all endpoints validated', async () => {
        const { endpoints } = await control<{ endpoints: { state: string }[] }>('GET', 'event-grid/endpoints');
        return endpoints.every(({ state }) => state === 'validated') || undefined;
      });
    },
    signedFetch: (method: string, target: string, body = '') => signedFetch(services, method, target, body),
    repeatingSmsClient(id: string, firstSent: string) {
      return this.smsClient(undefined, repeating(id, firstSent));
    },
    smsClient: (connectionString = services.connectionString, policy?: PipelinePolicy) =>
      new SmsClient(connectionString, {
        ...client,
        ...(policy ? { additionalPolicies: [{ policy, position: 'perCall' as const }] } : {}),
      }),
    /** One SMS without delivery report from a sender of ours. */
    smsFrom(from: string, to: string | string[] = '+4915112345678') {
      return this.smsClient().send({ from, to: Array.isArray(to) ? to : [to], message: 'On its way' });
    },
    /** One SMS with delivery report; with an id it can be repeated. */
    async sms(to: string | string[], text = 'On its way', id?: string, firstSent = new Date().toUTCString()) {
      const sms = this.smsClient(undefined, id === undefined ? undefined : repeating(id, firstSent));
      const recipients = Array.isArray(to) ? to : [to];
      const results = await sms.send(
        { from: smsSender, to: recipients, message: text },
        { enableDeliveryReport: true, tag: `test:${id ?? 'none'}` },
      );
      return results as (Awaited<ReturnType<SmsClient['send']>>[number] & { repeatabilityResult?: string })[];
    },
    emailClient: (policy?: PipelinePolicy) =>
      new EmailClient(services.connectionString, {
        ...client,
        additionalPolicies: [
          { policy: unpolled, position: 'perRetry' },
          ...(policy ? [{ policy, position: 'perRetry' as const }] : []),
        ],
      }),
    pollingEmailClient: () => new EmailClient(services.connectionString, client),
    mail(message: EmailMessage, operationId?: string) {
      return this.emailClient().beginSend(message, operationId === undefined ? {} : { operationId });
    },
  };
}

/** An entry of one of the control API's lists, as far as tests look at it. */
export interface Item {
  [key: string]: unknown;
  seq: number;
  attemptId: string | null;
  messageId: string;
  to: string;
  status: string;
  state: string;
  end: string;
  replayed: boolean;
}

export interface Push {
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  readonly events: { id: string; type?: string; eventType?: string; subject: string; data: Record<string, unknown> }[];
}

/** An Event Grid webhook, until the test is over, that agrees to the handshake and keeps what it is sent; `answer` decides the status. */
export async function startWebhook(answer: (push: Push, count: number) => number | 'silence' = () => 200) {
  const pushes: Push[] = [];
  const handshakes: string[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse) {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    if (request.method === 'OPTIONS') {
      handshakes.push('OPTIONS');
      response.writeHead(200, { 'WebHook-Allowed-Origin': 'eventgrid.azure.net' }).end();
      return;
    }
    const body = JSON.parse(text) as Push['body'];
    const events = (Array.isArray(body) ? body : [body]) as Push['events'];
    if (request.headers['aeg-event-type'] === 'SubscriptionValidation') {
      handshakes.push('POST');
      response.end(JSON.stringify({ validationResponse: events[0]?.data['validationCode'] }));
      return;
    }
    const push = { headers: request.headers, body, events };
    pushes.push(push);
    const status = answer(push, pushes.length);
    if (status !== 'silence') response.writeHead(status).end();
  }

  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(close);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?code=key`,
    pushes,
    handshakes,
    events: () => pushes.flatMap(({ events }) => events),
    close,
  };
}
