import type { IncomingMessage, ServerResponse } from 'node:http';
import { randomUUID } from 'node:crypto';
import { SegmentedMessage } from 'sms-segments-calculator';
import { z } from 'zod';
import { iso } from './clock.ts';
import { inboundSms } from './events.ts';
import type { SendRecord } from './ledger.ts';
import { mailPage, mailPagePolicy } from './mail-page.ts';
import { numberIn, page } from './paging.ts';
import type { Provider } from './provider.ts';
import { outcomeOf } from './send-outcome.ts';
import { type Scenario, ScenarioError, parseEndpoint, parseFault } from './scenario.ts';

export interface Steering {
  /** The scenario in force. */
  readonly scenario: () => Scenario;
  /** Merges a change into it. Throws ScenarioError. */
  change(change: unknown): void;
  /** Back to the start: scenario, ledger, memories. Event Grid endpoints stay. */
  reset(): void;
}

const optOutWords = new Set(['STOP', 'STOPALL', 'QUIT', 'END', 'REVOKE', 'OPT OUT', 'CANCEL', 'UNSUBSCRIBE']);
const optInWords = new Set(['START', 'UNSTOP']);

const inbound = z.strictObject({ from: z.string().min(1), to: z.string().min(1), message: z.string() });

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

const ok = (body: unknown): Reply => ({ status: 200, body });
const fault = (status: number, message: string): Reply => ({ status, body: { error: message } });

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    throw new ScenarioError('The request body is not JSON.');
  }
}

const matches = (query: URLSearchParams, name: string, values: readonly (string | null)[]): boolean => {
  const wanted = query.get(name);
  return wanted === null || values.some((value) => value?.toLowerCase() === wanted.toLowerCase());
};

function sendFits(query: URLSearchParams): (send: SendRecord) => boolean {
  const search = query.get('search')?.trim().toLowerCase() ?? '';
  return (send) =>
    matches(query, 'channel', [send.channel]) &&
    matches(query, 'outcome', [outcomeOf(send)]) &&
    matches(query, 'recipient', [...send.to, ...send.cc, ...send.bcc]) &&
    matches(query, 'attemptId', [send.attemptId]) &&
    matches(query, 'messageId', [send.messageId]) &&
    (search === '' ||
      [
        send.messageId,
        send.attemptId,
        send.tag,
        send.from,
        send.subject,
        send.body,
        ...send.to,
        ...send.cc,
        ...send.bcc,
      ].some((text) => text?.toLowerCase().includes(search)));
}

/** `/control/…`: steers the stand-in and tells what it did. */
export function createControlApi(provider: Provider, steering: Steering) {
  const { clock, ledger, faults, eventGrid, recipients } = provider;

  function summary(query: URLSearchParams): Reply {
    const windowMs = numberIn(query, 'window', 1000);
    const since = iso(clock.now() - windowMs);
    const sends = ledger.sends();
    const acceptedLast = sends.length - 1 - sends.findLastIndex((send) => send.at < since);
    return ok({ ...ledger.counts(), acceptedLast, deadLetters: eventGrid.deadLetters().length });
  }

  async function receive(input: unknown): Promise<Reply> {
    const parsed = inbound.safeParse(input);
    if (!parsed.success) {
      const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
      return fault(400, faults.join('; '));
    }
    const { from, to, message } = parsed.data;
    if (!/^\+?\d+$/.test(to)) return fault(400, 'to: an alphanumeric sender cannot receive messages.');
    const word = message.trim().toUpperCase();
    if (optOutWords.has(word)) recipients.optOut(to, from);
    if (optInWords.has(word)) recipients.optIn(to, from);
    const messageId = `Incoming_${randomUUID()}`;
    const segments = new SegmentedMessage(message).segmentsCount;
    const at = iso(clock.now());
    ledger.addInbound({ at, messageId, from, to, message });
    const event = inboundSms({ messageId, from, to, message, segments, time: at });
    void eventGrid.publish(event, { attempted: () => undefined, ended: () => undefined });
    return { status: 202, body: { messageId, optedOut: recipients.isOptedOut(to, from) } };
  }

  async function register(input: unknown): Promise<Reply> {
    const { url, schema } = parseEndpoint(input);
    await eventGrid.register(url, schema);
    return ok({ endpoints: eventGrid.endpoints() });
  }

  function sendDetails(seq: number): Reply {
    const send = ledger.sends()[seq - 1];
    if (!send) return fault(404, `There is no send ${seq}.`);
    const reports = ledger.reports().filter((report) => report.messageId === send.messageId);
    return ok({ ...send, outcome: outcomeOf(send), mail: ledger.mail(seq) ?? null, reports });
  }

  async function reply(request: IncomingMessage, { pathname, searchParams: query }: URL): Promise<Reply> {
    const path = pathname.slice('/control/'.length);
    const sendSeq = /^sends\/(\d+)$/.exec(path)?.[1];
    const validation = /^event-grid\/validations\/([^/]+)$/.exec(path)?.[1];
    const endpointName = /^event-grid\/endpoints\/([^/]+)$/.exec(path)?.[1];
    if (sendSeq && request.method === 'GET') return sendDetails(Number(sendSeq));
    if (validation && request.method === 'GET') {
      return eventGrid.confirm(validation) ? ok({ validated: true }) : fault(404, 'No endpoint waits for this code.');
    }
    if (endpointName && request.method === 'DELETE') {
      return eventGrid.remove(endpointName)
        ? ok({ endpoints: eventGrid.endpoints() })
        : fault(404, `There is no endpoint ${endpointName}.`);
    }
    switch (`${request.method} ${path}`) {
      case 'GET health':
        return ok({ status: 'ok', eventGrid: eventGrid.endpoints() });
      case 'GET summary':
        return summary(query);
      case 'GET requests': {
        const open = query.get('unanswered') === 'true';
        const list = ledger.requests();
        return ok(
          page(list, query, (entry) => {
            return (
              (!open || entry.end !== 'answered') &&
              matches(query, 'channel', [entry.channel]) &&
              matches(query, 'attemptId', entry.attemptIds)
            );
          }),
        );
      }
      case 'GET sends': {
        const found = page(ledger.sends(), query, sendFits(query));
        return ok({ ...found, items: found.items.map((send) => ({ ...send, outcome: outcomeOf(send) })) });
      }
      case 'GET inbound-sms':
        return ok(page(ledger.inbound(), query, ({ from }) => matches(query, 'from', [from])));
      case 'GET reports':
        return ok(
          page(ledger.reports(), query, (entry) => {
            return (
              matches(query, 'attemptId', [entry.attemptId]) &&
              matches(query, 'messageId', [entry.messageId]) &&
              matches(query, 'state', [entry.state])
            );
          }),
        );
      case 'GET scenario':
        return ok(steering.scenario());
      case 'PUT scenario':
        steering.change(await readJson(request));
        return ok(steering.scenario());
      case 'GET faults':
        return ok({ faults: faults.list() });
      case 'POST faults':
        faults.add(parseFault(await readJson(request)));
        return ok({ faults: faults.list() });
      case 'DELETE faults':
        faults.set([]);
        return ok({ faults: [] });
      case 'POST inbound-sms':
        return receive(await readJson(request));
      case 'GET event-grid/endpoints':
        return ok({ endpoints: eventGrid.endpoints() });
      case 'POST event-grid/endpoints':
        return register(await readJson(request));
      case 'GET event-grid/dead-letters':
        return ok({ deadLetters: eventGrid.deadLetters() });
      case 'POST reset':
        steering.reset();
        return ok({ reset: true });
      default:
        return fault(404, `There is no ${request.method} ${pathname}; see the README of the stand-in.`);
    }
  }

  function serveMail(seq: number, response: ServerResponse) {
    const mail = ledger.mail(seq);
    if (!mail) {
      response.writeHead(404, { 'Content-Type': 'text/plain' }).end('There is no such mail.');
      return;
    }
    response
      .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': mailPagePolicy })
      .end(mailPage(mail));
  }

  return async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://local');
    const mailSeq = /^\/control\/sends\/(\d+)\/mail$/.exec(url.pathname)?.[1];
    if (mailSeq && request.method === 'GET') return serveMail(Number(mailSeq), response);
    let given: Reply;
    try {
      given = await reply(request, url);
    } catch (thrown) {
      if (!(thrown instanceof ScenarioError)) throw thrown;
      given = fault(400, thrown.message);
    }
    response.writeHead(given.status, {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-store',
    });
    response.end(JSON.stringify(given.body));
  };
}
