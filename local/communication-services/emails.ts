import { createHash, randomUUID } from 'node:crypto';
import { type Answer, type Ending, answer, ended, refusal } from './answer.ts';
import { iso, wait } from './clock.ts';
import { type EmailRequest, parseEmailRequest, recipientsOf, validatedMessageId } from './email-request.ts';
import { emailReport } from './events.ts';
import { decideOutcome } from './outcomes.ts';
import {
  type Exchange,
  type Provider,
  describeFault,
  endWith,
  faultAnswer,
  perSubscription,
  takeQuota,
  unreached,
} from './provider.ts';
import { emailQuota, statusReadQuota } from './quota-settings.ts';
import { type RepeatabilityHeaders, checkRepeatability, withResult } from './repeatability-headers.ts';
import { type Hold, createMemory } from './repeatability.ts';
import { fateOf, planReports } from './report-plan.ts';

export interface EmailIds {
  readonly operationId: string | undefined;
  readonly repeatability: RepeatabilityHeaders;
}

interface Operation {
  readonly senderDomain: string;
  readonly acceptedAt: number;
  /** The code of a failed operation. */
  readonly failure: string | undefined;
}

export const attemptIdOf = ({ operationId, repeatability }: EmailIds): string | null =>
  operationId ?? repeatability.requestId ?? null;

const untracked: Hold<Answer> = { settle: () => undefined, release: () => undefined };

const domainOf = (address: string) => address.slice(address.lastIndexOf('@') + 1);

const addressesOf = (list: readonly { address: string }[]) => list.map((one) => one.address);

/** `POST /emails:send` and `GET /emails/operations/{id}`. Source: azure-rest-api-specs, Email/stable/2025-09-01. */
export function createEmails(provider: Provider, ownAddress: () => string) {
  const { clock, scenario, faults, ledger, recipients, reporting } = provider;
  const now = () => clock.now();
  const seconds = () => scenario().memory;
  const memory = createMemory<Answer>(now, seconds);
  const messageIds = createMemory<true>(now, seconds);
  const operations = new Map<string, Operation>();

  /** The effective send of one mail. */
  async function accept(request: EmailRequest, ids: EmailIds, apiVersion: string): Promise<Answer> {
    const id = ids.operationId ?? randomUUID();
    const acceptedAt = now();
    const sender = request.senderAddress;
    const internetMessageId =
      Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'message-id')?.[1] ??
      `<${randomUUID()}@azurecomm.net>`;
    const fates = [...new Set(recipientsOf(request))].map((to) => {
      const suppressed = recipients.isSuppressed(to);
      const occasion = recipients.occasion(to);
      const outcome = decideOutcome(scenario(), 'email', to, occasion, suppressed);
      const reports = planReports(scenario(), 'email', outcome, to, occasion);
      const bounce = reports.find(({ verdict }) => verdict.status === 'Bounced');
      if (bounce) {
        recipients.suppress(to, acceptedAt + bounce.providerMs, scenario().suppressionLease * 1000);
      }
      return {
        to,
        outcome,
        reports,
        fate: fateOf(to, reports, outcome.dropped ? 'EmailDropped' : 'The report was lost.'),
      };
    });
    const allSuppressed = fates.every(({ outcome }) => outcome.verdicts[0]?.status === 'Suppressed');
    const dropped = fates.every(({ outcome }) => outcome.dropped);
    operations.set(id.toLowerCase(), {
      senderDomain: domainOf(sender),
      acceptedAt,
      failure: dropped ? 'EmailDropped' : allSuppressed ? 'EmailDroppedAllRecipientsSuppressed' : undefined,
    });
    const send = ledger.addSend(
      {
        at: iso(acceptedAt),
        channel: 'email',
        messageId: id,
        attemptId: attemptIdOf(ids),
        tag: null,
        from: sender,
        to: addressesOf(request.recipients.to),
        cc: addressesOf(request.recipients.cc),
        bcc: addressesOf(request.recipients.bcc),
        subject: request.content.subject,
        body: request.content.plainText ?? '',
        segments: null,
        hasHtml: request.content.html !== undefined,
        final: fates.map(({ fate }) => fate),
        reported: {},
      },
      request,
    );
    await Promise.all(
      fates.map(({ to, reports }) =>
        reporting.schedule(send, to, reports, ({ verdict }, eventId, time) =>
          emailReport({
            eventId,
            messageId: id,
            internetMessageId,
            sender,
            recipient: to,
            status: verdict.status,
            details: verdict.details,
            time,
          }),
        ),
      ),
    );
    return answer(
      202,
      { id, status: 'Running' },
      {
        'Operation-Location': `${ownAddress()}/emails/operations/${id}?api-version=${apiVersion}`,
        'retry-after': '20',
      },
    );
  }

  /** Quota, Message-ID, then acceptance: everything that happens once per id. */
  async function run(request: EmailRequest, ids: EmailIds, apiVersion: string): Promise<Answer> {
    const quota = emailQuota(scenario().quotas, domainOf(request.senderAddress));
    const throttled = takeQuota(provider, quota, 1, perSubscription);
    if (throttled) return throttled;
    const messageId = validatedMessageId(request);
    if (messageId !== undefined) {
      if (messageIds.look(messageId, '').kind !== 'fresh') {
        return refusal(400, 'BadRequest', 'A mail with this Message-ID was sent before.');
      }
      messageIds.hold(messageId, '').settle(true);
    }
    return accept(request, ids, apiVersion);
  }

  async function send(exchange: Exchange, ids: EmailIds, apiVersion: string): Promise<Ending> {
    const { record, body, rawBody, gone } = exchange;
    const { operationId, repeatability } = ids;
    const attemptId = attemptIdOf(ids);
    const parsed = parseEmailRequest(body, operationId, scenario().senders.email);
    if ('refused' in parsed) return ended(parsed.refused);
    const unrepeatable = checkRepeatability(repeatability, scenario().memory, now());
    if (unrepeatable) return ended(unrepeatable);
    const { request } = parsed;
    const addresses = recipientsOf(request);
    const fault = faults.ofRequest('email', addresses);
    const early = fault && fault.kind !== 'recipient' && fault.when === 'before' ? fault : undefined;
    if (fault) record.fault = describeFault(fault);
    if (early?.kind === 'cut' || early?.kind === 'garbled') return unreached(early);

    const id = (repeatability.requestId ?? operationId)?.toLowerCase();
    const fingerprint = createHash('sha256')
      .update(`${repeatability.firstSent ?? ''}\n`)
      .update(rawBody)
      .digest('base64');
    const look = id === undefined ? ({ kind: 'fresh' } as const) : memory.look(id, fingerprint);
    if (early?.kind === 'error') {
      const refused = faultAnswer(early, provider);
      if (id !== undefined && look.kind === 'fresh' && refused.status < 500)
        memory.hold(id, fingerprint).settle(refused);
      return ended(refused);
    }
    const note = (given: Answer, replayed: boolean, result: 'accepted' | 'rejected' = 'accepted') => {
      record.replayed = replayed;
      const messageId = given.status === 202 ? (given.body as { id: string }).id : null;
      for (const to of addresses) {
        record.answers.push({ attemptId, to, status: given.status, replayed, messageId });
      }
      return repeatability.requestId === undefined ? given : withResult(given, result);
    };
    switch (look.kind) {
      case 'running':
        return ended(note(refusal(409, 'Conflict', 'A request with this id is being processed.'), false));
      case 'other-body':
        return ended(note(refusal(400, 'BadRequest', 'This id was used for another request.'), false, 'rejected'));
      case 'remembered':
        if (look.result.status === 202 && scenario().reusedOperationId === 'refuse') {
          return ended(note(refusal(400, 'BadRequest', 'This id was used before.'), false, 'rejected'));
        }
        return endWith(note(look.result, true), fault, provider);
      case 'fresh':
    }
    const hold = id === undefined ? untracked : memory.hold(id, fingerprint);
    if (early?.kind === 'hang') {
      void gone.then(() => hold.release());
      return { kind: 'hang' };
    }
    if (early?.kind === 'slow') await wait(clock, early.delay * 1000);
    const given = await run(request, ids, apiVersion);
    if (given.status < 500) hold.settle(given);
    else hold.release();
    return endWith(note(given, false), fault, provider);
  }

  function status(operationId: string): Answer {
    const operation = operations.get(operationId.toLowerCase());
    const quota = statusReadQuota(scenario().quotas, operation?.senderDomain);
    const throttled = takeQuota(provider, quota, 1, perSubscription);
    if (throttled) return throttled;
    const age = operation && (now() - operation.acceptedAt) / 1000;
    const { lag, running } = scenario().operations;
    if (!operation || age === undefined || age < lag) {
      return refusal(404, 'NotFound', 'The operation was not found.');
    }
    if (age < running) return answer(200, { id: operationId, status: 'Running' }, { 'retry-after': '20' });
    if (!operation.failure) return answer(200, { id: operationId, status: 'Succeeded' });
    const error = { code: operation.failure, message: 'The mail was dropped.' };
    return answer(200, { id: operationId, status: 'Failed', error });
  }

  return {
    send,
    status,
    forget() {
      memory.clear();
      messageIds.clear();
      operations.clear();
    },
  };
}
