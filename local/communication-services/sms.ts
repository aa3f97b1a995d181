import { createHash, randomUUID } from 'node:crypto';
import { SegmentedMessage } from 'sms-segments-calculator';
import { type Answer, type Ending, answer, ended } from './answer.ts';
import { wait } from './clock.ts';
import { smsReport } from './events.ts';
import { decideOutcome } from './outcomes.ts';
import { type Exchange, type Provider, describeFault, endWith, faultAnswer, takeQuota, unreached } from './provider.ts';
import { smsQuota } from './quota-settings.ts';
import { isTooOld } from './repeatability-headers.ts';
import { type Hold, createMemory } from './repeatability.ts';
import { fateOf, planReports } from './report-plan.ts';
import {
  type SmsRecipient,
  type SmsRequest,
  isGuid,
  isHttpDate,
  isPhoneNumber,
  parseSmsRequest,
} from './sms-request.ts';

/** One element of the answer's `value`. */
interface SmsResult {
  readonly to: string;
  readonly messageId?: string;
  readonly httpStatusCode: number;
  readonly repeatabilityResult?: 'accepted' | 'rejected';
  readonly successful: boolean;
  readonly errorMessage?: string;
}

/** What is remembered under a repeatabilityRequestId: the result of its recipient, or the refusal of the whole request. */
type Remembered = { readonly result: SmsResult } | { readonly refused: Answer };

type Place =
  | { readonly kind: 'decided'; readonly result: SmsResult; readonly replayed: boolean }
  | { readonly kind: 'refused'; readonly answer: Answer }
  | { readonly kind: 'fresh'; readonly recipient: SmsRecipient; readonly hold: Hold<Remembered> };

const failure = (to: string, status: number, errorMessage: string): SmsResult => ({
  to,
  httpStatusCode: status,
  successful: false,
  errorMessage,
});

const rejected = (to: string, status: number, errorMessage: string): SmsResult => ({
  ...failure(to, status, errorMessage),
  repeatabilityResult: 'rejected',
});

const untracked: Hold<Remembered> = { settle: () => undefined, release: () => undefined };

const fingerprintOf = (request: SmsRequest, recipient: SmsRecipient) =>
  createHash('sha256')
    .update(JSON.stringify([request.from, request.message, request.smsSendOptions, recipient]))
    .digest('base64');

const decided = (result: SmsResult, replayed = false): Place => ({ kind: 'decided', result, replayed });

function refuseAll(refused: Answer, places: readonly Place[]): Ending {
  for (const place of places) {
    if (place.kind !== 'fresh') continue;
    if (refused.status < 500) place.hold.settle({ refused });
    else place.hold.release();
  }
  return ended(refused);
}

/** `POST /sms`. Sources: azure-rest-api-specs, Sms/stable/2021-03-07; "Repeatable requests" for ids. */
export function createSms(provider: Provider) {
  const { clock, scenario, faults, ledger, recipients, reporting } = provider;
  const memorySeconds = () => scenario().smsMemory ?? scenario().memory;
  const memory = createMemory<Remembered>(() => clock.now(), memorySeconds);

  function placeOf(request: SmsRequest, recipient: SmsRecipient): Place {
    const { to, repeatabilityRequestId: id, repeatabilityFirstSent: firstSent } = recipient;
    if (!isPhoneNumber(to)) return decided(failure(to, 400, 'Invalid To phone number format.'));
    if (id === undefined && firstSent === undefined) return { kind: 'fresh', recipient, hold: untracked };
    if (id === undefined || !isGuid(id)) return decided(rejected(to, 400, 'repeatability-request-id must be a GUID.'));
    if (firstSent === undefined || !isHttpDate(firstSent)) {
      return decided(rejected(to, 400, 'repeatability-first-sent must be a date in RFC1123 format.'));
    }
    if (isTooOld(firstSent, memorySeconds(), clock.now())) {
      return decided(rejected(to, 412, 'repeatability-first-sent is outside of the tracked window.'));
    }
    const fingerprint = fingerprintOf(request, recipient);
    const look = memory.look(id, fingerprint);
    switch (look.kind) {
      case 'fresh':
        return { kind: 'fresh', recipient, hold: memory.hold(id, fingerprint) };
      case 'running':
        return decided(failure(to, 409, 'A request with this repeatability-request-id is being processed.'));
      case 'other-body':
        return decided(rejected(to, 400, 'This repeatability-request-id was used for another request.'));
      case 'remembered':
    }
    const { result } = look;
    return 'refused' in result ? { kind: 'refused', answer: result.refused } : decided(result.result, true);
  }

  /** The effective send to one recipient. */
  async function accept(request: SmsRequest, recipient: SmsRecipient): Promise<SmsResult> {
    const { to } = recipient;
    const { from, message } = request;
    const now = clock.now();
    const messageId = `${new Date(now).toISOString().replace(/\D/g, '').slice(0, 14)}${randomUUID()}`;
    const occasion = recipients.occasion(to);
    const outcome = decideOutcome(scenario(), 'sms', to, occasion, recipients.isOptedOut(from, to));
    const wanted = request.smsSendOptions?.enableDeliveryReport ?? false;
    const reports = wanted ? planReports(scenario(), 'sms', outcome, to, occasion) : [];
    const segments = new SegmentedMessage(message).segmentsCount;
    const tag = request.smsSendOptions?.tag ?? null;
    const send = ledger.addSend({
      at: new Date(now).toISOString(),
      channel: 'sms',
      messageId,
      attemptId: recipient.repeatabilityRequestId ?? null,
      tag,
      from,
      to: [to],
      cc: [],
      bcc: [],
      subject: null,
      body: message,
      segments,
      hasHtml: false,
      final: [fateOf(to, reports, wanted ? 'The report was lost.' : 'No report was asked for.')],
      reported: {},
    });
    await reporting.schedule(send, to, reports, ({ verdict }, eventId, time) =>
      smsReport({
        eventId,
        messageId,
        from,
        to,
        status: verdict.status,
        details: verdict.details,
        segments,
        time,
        tag,
      }),
    );
    return { to, messageId, httpStatusCode: 202, repeatabilityResult: 'accepted', successful: true };
  }

  async function settle(
    request: SmsRequest,
    { recipient, hold }: Extract<Place, { kind: 'fresh' }>,
  ): Promise<SmsResult> {
    const fault = faults.ofRecipient(recipient.to, 'sms');
    const result = fault ? failure(recipient.to, fault.status, fault.message) : await accept(request, recipient);
    if (result.httpStatusCode < 500) hold.settle({ result });
    else hold.release();
    return result;
  }

  async function handle({ record, body, gone }: Exchange): Promise<Ending> {
    const parsed = parseSmsRequest(body, scenario().senders.sms);
    if ('refused' in parsed) return ended(parsed.refused);
    const { request } = parsed;
    const addresses = request.smsRecipients.map(({ to }) => to);
    record.tag = request.smsSendOptions?.tag ?? null;
    record.attemptIds = request.smsRecipients.flatMap(({ repeatabilityRequestId: id }) => id ?? []);

    const fault = faults.ofRequest('sms', addresses);
    const early = fault && fault.kind !== 'recipient' && fault.when === 'before' ? fault : undefined;
    if (fault) record.fault = describeFault(fault);
    if (early?.kind === 'cut' || early?.kind === 'garbled') return unreached(early);

    const places = request.smsRecipients.map((recipient) => placeOf(request, recipient));
    if (early?.kind === 'error') return refuseAll(faultAnswer(early, provider), places);
    const refused = places.find((place) => place.kind === 'refused');
    if (refused) {
      record.replayed = true;
      for (const place of places) if (place.kind === 'fresh') place.hold.release();
      return ended(refused.answer);
    }
    if (early?.kind === 'hang') {
      void gone.then(() => places.forEach((place) => place.kind === 'fresh' && place.hold.release()));
      return { kind: 'hang' };
    }
    if (early?.kind === 'slow') await wait(clock, early.delay * 1000);

    const units = places.filter(({ kind }) => kind === 'fresh').length;
    const quota = units > 0 ? smsQuota(scenario().quotas, request.from) : null;
    const throttled = takeQuota(provider, quota, units, () => 'PerNumberLimitExceeded');
    if (throttled) return refuseAll(throttled, places);

    const value: SmsResult[] = [];
    for (const [index, place] of places.entries()) {
      if (place.kind === 'refused') continue;
      const result = place.kind === 'decided' ? place.result : await settle(request, place);
      value.push(result);
      record.answers.push({
        attemptId: request.smsRecipients[index]?.repeatabilityRequestId ?? null,
        to: result.to,
        status: result.httpStatusCode,
        replayed: place.kind === 'decided' && place.replayed,
        messageId: result.messageId ?? null,
      });
    }
    record.replayed = record.answers.every(({ replayed }) => replayed);
    return endWith(answer(202, { value }), fault, provider);
  }

  return { handle, forget: memory.clear };
}
