import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Answer, type Ending, correlationHeaders, ended, refusal } from './answer.ts';
import { type SignedRequest, checkSignature } from './authorization.ts';
import { iso } from './clock.ts';
import { type EmailIds, attemptIdOf, type createEmails } from './emails.ts';
import { sendGarbled } from './garbled.ts';
import type { RequestRecord } from './ledger.ts';
import { type OptOutAction, type OptOuts, optOutActions } from './opt-outs.ts';
import type { Exchange, Provider } from './provider.ts';
import type { createSms } from './sms.ts';

/** Versions that are followed, and those that exist but are not. */
const versions = {
  sms: { followed: ['2021-03-07'], known: ['2024-12-10-preview', '2025-05-29-preview', '2025-09-17', '2026-01-23'] },
  'opt-outs': {
    followed: ['2025-09-17', '2026-01-23'],
    known: ['2024-12-10-preview', '2025-05-29-preview', '2025-08-01-preview'],
  },
  email: {
    followed: ['2023-03-31', '2025-09-01'],
    known: ['2021-10-01-preview', '2023-01-15-preview', '2024-07-01-preview'],
  },
} as const;

const maxBodyBytes = 10 * 1024 * 1024;

type Route =
  | { readonly kind: 'sms' | 'email-send' }
  | { readonly kind: 'opt-outs'; readonly action: OptOutAction }
  | { readonly kind: 'email-status'; readonly operationId: string };

const versionedAs = (path: string): keyof typeof versions =>
  path === '/sms' ? 'sms' : path.startsWith('/sms/optouts:') ? 'opt-outs' : 'email';

/** The provider's own paths; anything else under its roots exists there but is not followed here. */
function routeOf(method: string, path: string): Route | Answer {
  const notFollowed = () =>
    refusal(501, 'NotImplemented', `${method} ${path} exists at the provider, but this stand-in does not follow it.`);
  if (path === '/sms') return method === 'POST' ? { kind: 'sms' } : refusal(405, 'MethodNotAllowed', 'Use POST.');
  if (path === '/emails:send') {
    return method === 'POST' ? { kind: 'email-send' } : refusal(405, 'MethodNotAllowed', 'Use POST.');
  }
  const action = optOutActions.find((one) => path === `/sms/optouts:${one}`);
  if (action) return method === 'POST' ? { kind: 'opt-outs', action } : refusal(405, 'MethodNotAllowed', 'Use POST.');
  const operationId = /^\/emails\/operations\/([^/]+)$/.exec(path)?.[1];
  if (operationId && method === 'GET') return { kind: 'email-status', operationId };
  const others = [
    '/sms/',
    '/emails',
    '/deliveryReports',
    '/operatorInformation',
    '/phoneNumbers',
    '/availablePhoneNumbers',
  ];
  if (others.some((root) => path.startsWith(root))) return notFollowed();
  return refusal(404, 'NotFound', 'There is no such resource.');
}

function channelOf(path: string): RequestRecord['channel'] {
  if (path === '/sms') return 'sms';
  if (path === '/emails:send') return 'email';
  return path.startsWith('/emails/operations/') ? 'email-status' : 'other';
}

function checkVersion(path: string, version: string | null): Answer | undefined {
  const { followed, known } = versions[versionedAs(path)];
  if (!version) return refusal(400, 'ApiVersionUnspecified', 'An API version is required, but was not specified.');
  if ((followed as readonly string[]).includes(version)) return undefined;
  return (known as readonly string[]).includes(version)
    ? refusal(501, 'NotImplemented', `API version ${version} exists, but this stand-in follows ${followed.join(', ')}.`)
    : refusal(
        400,
        'UnsupportedApiVersionValue',
        `API version '${version}' is not supported: ${followed.join(', ')} are.`,
      );
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  return size > maxBodyBytes ? undefined : Buffer.concat(chunks);
}

function parseJson(raw: Buffer): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(raw.toString('utf8')) as unknown };
  } catch {
    return undefined;
  }
}

const emailIds = (headers: SignedRequest['headers']): EmailIds => ({
  operationId: headers['operation-id'],
  repeatability: { requestId: headers['repeatability-request-id'], firstSent: headers['repeatability-first-sent'] },
});

export interface Channels {
  readonly sms: ReturnType<typeof createSms>;
  readonly emails: ReturnType<typeof createEmails>;
  readonly optOuts: OptOuts;
}

/** Serves the provider's paths: records every request, checks it, and ends it as the channel says. */
export function createProviderServer(provider: Provider, { sms, emails, optOuts }: Channels) {
  const { clock, scenario, ledger } = provider;

  async function decide(
    request: IncomingMessage,
    url: URL,
    record: RequestRecord,
    gone: Promise<void>,
  ): Promise<Ending> {
    const rawBody = await readBody(request);
    const route = routeOf(record.method, url.pathname);
    if (!rawBody) return ended(refusal(413, 'RequestEntityTooLarge', 'The request is larger than 10 MB.'));
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : value]),
    );
    const signed = { method: record.method, target: request.url ?? '', headers, body: rawBody };
    const denied = checkSignature(signed, scenario(), clock.now());
    if (denied) return ended(denied);
    if ('status' in route) return ended(route);
    const apiVersion = url.searchParams.get('api-version');
    const wrongVersion = checkVersion(url.pathname, apiVersion);
    if (wrongVersion) return ended(wrongVersion);
    if (route.kind === 'email-status') {
      record.attemptIds = [route.operationId];
      return ended(emails.status(route.operationId));
    }
    const ids = emailIds(headers);
    const attemptId = attemptIdOf(ids);
    if (route.kind === 'email-send' && attemptId !== null) record.attemptIds = [attemptId];
    const body = parseJson(rawBody);
    if (!body) return ended(refusal(400, 'BadRequest', 'The request body is not JSON.'));
    if (route.kind === 'opt-outs') return ended(optOuts(route.action, body.value));
    const exchange: Exchange = { record, body: body.value, rawBody, gone };
    if (route.kind === 'sms') return sms.handle(exchange);
    return emails.send(exchange, ids, apiVersion ?? '');
  }

  return async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://local');
    const started = clock.now();
    const record = ledger.addRequest({
      at: iso(started),
      method: request.method ?? '',
      path: url.pathname,
      channel: channelOf(url.pathname),
      attemptIds: [],
      tag: null,
      status: null,
      replayed: false,
      answers: [],
      fault: null,
      end: 'open',
      endedAt: null,
    });
    const end = (how: RequestRecord['end']) => ledger.endRequest(record, how, iso(clock.now()));
    const gone = new Promise<void>((resolve) => {
      response.once('close', () => {
        end(response.writableFinished ? 'answered' : 'client-gone');
        resolve();
      });
    });
    const cut = () => {
      end('cut');
      request.socket.destroy();
    };
    const ending = await decide(request, url, record, gone);
    if (ending.kind === 'hang') return;
    if (ending.kind === 'cut') return cut();
    if (response.destroyed) return;
    const { status, body } = ending.answer;
    record.status = status;
    const headers = {
      'Content-Type': 'application/json; charset=utf-8',
      'api-supported-versions': versions[versionedAs(url.pathname)].followed.join(', '),
      'X-Processing-Time': `${Math.round(clock.now() - started)}ms`,
      ...correlationHeaders(),
      ...ending.answer.headers,
    };
    if (ending.kind === 'answer') response.writeHead(status, headers).end(JSON.stringify(body));
    else sendGarbled(response, ending.answer, ending.form, headers, cut);
  };
}
