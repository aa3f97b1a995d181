import { NOT_CALLED, type Outcome, type StatusOutcome, findingOf, outcomeOf, statusOutcomeOf } from './answers.ts';
import { wakeFor } from './calendar.ts';
import type { Cause } from './causes.ts';
import { bodyHashOf, carriesClaimOf, decide, type From } from './claim.ts';
import { attemptId } from './delivery-id.ts';
import { type Content, type Delivery, type Plan, type Progress, type Step, slotOf } from './delivery.ts';
import type { LogEvent, LogLevel } from './log.ts';
import { fieldsOf, handoverOf, parentOf, secondsBetween } from './log-fields.ts';
import { park } from './park.ts';
import type {
  Call,
  CarriedAnswer,
  Copy,
  Deliveries,
  EmailProvider,
  Provider,
  ProviderAnswer,
  Queues,
  Random,
  Subjects,
  Suppressions,
} from './ports.ts';
import { type SlotDependencies, awaitSlot, reachSlot, waitUntil } from './reach-slot.ts';
import type { Scope } from './scopes.ts';
import { isSettled } from './status.ts';
import type { StorageClock } from './storage-clock.ts';
import { canBecomeOld, isOldNews } from './subject.ts';
import { isInForce } from './suppression.ts';
import { type Recorded, afterAsking, afterCall, claimed, ended, postponed, withoutSlot } from './transitions.ts';

export type SendDependencies = SlotDependencies &
  ({ channel: 'sms'; provider: Provider } | { channel: 'email'; provider: EmailProvider }) & {
    /** The number, name or mail address that writes to this recipient; undefined when none reaches the country. */
    senderFor: (plan: Plan) => string | undefined;
    /** Goes into the tag, so that reports of other deployments are told apart. */
    environment: string;
    deliveries: Deliveries;
    suppressions: Suppressions;
    subjects: Pick<Subjects, 'current'>;
    queues: Queues;
    /** Brings the failure row up to date with the delivery. */
    writeFailure: (delivery: Delivery) => Promise<void>;
    clock: StorageClock;
    random: Random;
  };

type Turn = {
  copy: Copy;
  run: string;
  /** The answer that waits to be recorded; it travels with the copy if it cannot be. */
  pending: { answer?: CarriedAnswer };
  dependencies: SendDependencies;
};

/**
 * Handles one copy from start to end; when it resolves, the queue message is done with. A fault of ours parks the copy;
 * only when that fails too does this reject, so that the broker keeps it.
 * @param run id of this invocation, never used by another
 */
export async function sendCopy(copy: Copy, run: string, dependencies: SendDependencies): Promise<void> {
  const pending: Turn['pending'] = copy.answer ? { answer: copy.answer } : {};
  const { answer: _answer, ...bare } = copy;
  try {
    await dependencies.clock.learn();
    for (;;) if ((await takeTurn({ copy: bare, run, pending, dependencies })) === 'done') return;
  } catch (error) {
    await park({ ...bare, ...pending }, run, error, dependencies);
  }
}

/** `changed`: somebody else wrote the row in between, so everything has to be looked at again. */
async function takeTurn(turn: Turn): Promise<'done' | 'changed'> {
  const { copy, pending, dependencies } = turn;
  const { deliveries, clock, limits, log } = dependencies;
  const readAt = clock.monotonic();
  const delivery = await deliveries.read(copy.delivery);
  if (!delivery) {
    log('warn', 'copy-dropped', { delivery: copy.delivery, copy: copy.copy, why: 'no such delivery' });
    return 'done';
  }
  const now = clock.now();
  const decision = decide(delivery, { ...copy, ...pending }, { now, from: fromOf(delivery, dependencies), limits });
  switch (decision.do) {
    case 'settled':
      await dependencies.writeFailure(delivery);
      return 'done';
    case 'record':
      return record(delivery, decision.answer, turn);
    case 'come-again':
      return comeAgain(decision.at, turn);
    case 'resend':
      await sendRowsCopy(delivery, dependencies);
      return 'done';
    case 'end':
      return end(delivery, { at: now, status: decision.status, cause: decision.cause }, turn);
    case 'call':
      return call(delivery, { ...decision, readAt }, turn);
  }
}

/** An attempt that may have reached the provider keeps its sender, whatever the settings have become. */
function fromOf(delivery: Delivery, { senderFor }: SendDependencies): From | undefined {
  const { plan, progress } = delivery;
  const sender = progress.unanswered ? progress.sender : senderFor(plan);
  return sender === undefined ? undefined : { sender, bodyHash: bodyHashOf(delivery, sender) };
}

async function comeAgain(at: Date, { copy, run, dependencies }: Turn): Promise<'done' | 'changed'> {
  const { clock, limits, queues, channel } = dependencies;
  const early = at.getTime() - clock.now().getTime();
  if (early <= limits.shortWait) {
    await clock.wait(Math.max(0, early));
    return 'changed';
  }
  await queues.sendCopies(channel, [{ copy, messageId: `${copy.delivery}/${copy.copy}/${run}`, at }]);
  return 'done';
}

async function end(delivery: Delivery, step: Step, { dependencies }: Turn): Promise<'done' | 'changed'> {
  const written = await write(delivery, ended(delivery.progress, step), dependencies);
  if (!written) return 'changed';
  await settle(written, delivery, dependencies);
  return 'done';
}

/** Reach a slot, claim, look once more, wait for the slot, call, record. */
async function call(
  delivery: Delivery,
  { as, content, from, readAt }: { as: Call; content: Content; from: From; readAt: number },
  turn: Turn,
): Promise<'done' | 'changed'> {
  const { copy, run, pending, dependencies } = turn;
  const { clock, limits } = dependencies;
  const { progress } = delivery;
  const reached = as === 'ask' ? undefined : await reachSlot(delivery, from.sender, dependencies);
  if (reached?.do === 'come-again') {
    const next = postponed(delivery, { ...reached, at: clock.now() });
    return bookAgain(delivery, { progress: next, comeAgain: reached.slot.at }, turn);
  }
  if (reached?.do === 'expire')
    return end(delivery, { at: clock.now(), status: 'expired', cause: 'quiet-hours' }, turn);
  if (reached?.do === 'give-up') return bookAgain(delivery, withoutSlot(delivery, clock.now()), turn);
  if (!reached) await waitUntil(slotOf(delivery).at, clock);

  const answered = (answer: ProviderAnswer): CarriedAnswer => ({
    run,
    call: as,
    at: clock.now().toISOString(),
    attempt: progress.attempt,
    answer,
  });
  pending.answer = answered(NOT_CALLED);
  const slot = reached && { slot: reached.slot };
  const intent = claimed(progress, { as, run, copy: copy.copy, now: clock.now(), ...from, ...slot, limits });
  const own = (await write(delivery, intent, dependencies)) ?? (await ownClaim(delivery, pending.answer, dependencies));
  if (!own) return 'changed';

  if (as !== 'ask') {
    const cause = await reasonNotToSend(own, dependencies);
    if (cause) {
      const step: Step =
        as === 'first'
          ? { at: clock.now(), status: 'skipped', cause }
          : { at: clock.now(), status: 'uncertain', cause: 'no-answer', note: cause };
      return end(own, step, turn);
    }
  }

  const stillFresh = (): boolean => clock.monotonic() - readAt <= limits.freshRead;
  const mayCall = reached ? await awaitSlot(own, reached, stillFresh, dependencies) : stillFresh();
  const calledAt = clock.monotonic();
  if (mayCall) {
    delete pending.answer;
    pending.answer = answered(await ask(own, as, content, dependencies));
  } else pending.answer = answered(NOT_CALLED);
  return record(own, pending.answer, turn, mayCall ? (clock.monotonic() - calledAt) / 1_000 : undefined);
}

/** Writes what comes next of a delivery that was not called, and sends the copy that it is for. */
async function bookAgain(
  delivery: Delivery,
  { progress, comeAgain: at }: Recorded,
  { dependencies }: Turn,
): Promise<'done' | 'changed'> {
  const written = await write(delivery, progress, dependencies);
  if (!written) return 'changed';
  if (at) await sendRowsCopy(written, dependencies);
  else await settle(written, delivery, dependencies);
  return 'done';
}

/** The one contact with the provider in a run. */
function ask(
  { plan, progress }: Delivery,
  as: Call,
  content: Content,
  dependencies: SendDependencies,
): Promise<ProviderAnswer> {
  const { environment, limits, clock, log } = dependencies;
  const attempt = attemptId(plan.id, progress.attempt);
  if (as === 'repeat') log('warn', 'delivery-repeated', { ...fieldsOf(plan), attempt: progress.attempt });
  if (as === 'ask' && dependencies.channel === 'email')
    return dependencies.provider.status(attempt, limits.callTimeout);
  return dependencies.provider.send(
    {
      attempt,
      firstSent: progress.firstSent ?? clock.now(),
      sender: progress.sender,
      address: plan.address,
      content,
      tag: `${environment}:${attempt}`,
    },
    limits.callTimeout,
  );
}

/** A refused claim may still be ours: the write was done and its answer lost. */
async function ownClaim(
  { plan: { id } }: Delivery,
  token: CarriedAnswer,
  { deliveries }: SendDependencies,
): Promise<Delivery | undefined> {
  const now = await deliveries.read(id);
  return now && carriesClaimOf(now, token) && !isSettled(now.progress) ? now : undefined;
}

/** Whatever was acknowledged before the claim is seen here. */
async function reasonNotToSend(delivery: Delivery, dependencies: SendDependencies): Promise<Cause | undefined> {
  return (await suppressedBy(delivery, dependencies)) ?? (await supersededBy(delivery, dependencies));
}

async function supersededBy({ plan }: Delivery, { subjects }: SendDependencies): Promise<Cause | undefined> {
  if (!canBecomeOld(plan)) return undefined;
  const { newest } = await subjects.current(plan.source, plan.subject);
  return isOldNews(plan, newest) ? 'superseded' : undefined;
}

async function suppressedBy({ plan }: Delivery, { suppressions, addressHashes, clock }: SendDependencies) {
  const standing = await suppressions.find(plan.channel, addressHashes(plan.channel, plan.address));
  return standing.find((suppression) => isInForce(suppression, clock.now()))?.cause;
}

/**
 * Writes what an answer means, as long as the row carries the claim that made the call, then sends the next copy.
 * @param took seconds that the call took; of an answer that a copy carried nobody knows
 */
async function record(
  delivery: Delivery,
  answer: CarriedAnswer,
  turn: Turn,
  took?: number,
): Promise<'done' | 'changed'> {
  const { pending, dependencies } = turn;
  const { deliveries, log } = dependencies;
  await tellScope(delivery, answer, dependencies);
  for (let row: Delivery | undefined = delivery; row && carriesClaimOf(row, answer);) {
    const { outcome, progress, comeAgain: slot } = meaningOf(row, answer, dependencies);
    const written = await write(row, progress, dependencies);
    if (written) {
      delete pending.answer;
      logAnswer({ before: row, written, answer, outcome, took }, dependencies);
      if (slot) await sendRowsCopy(written, dependencies);
      else await settle(written, row, dependencies);
      return 'done';
    }
    row = await deliveries.read(delivery.plan.id);
  }
  delete pending.answer;
  log('warn', 'answer-dropped', {
    trace: delivery.plan.trace,
    delivery: delivery.plan.id,
    attempt: answer.attempt,
  });
  return 'changed';
}

/** What the answer says about the scope is kept before anything else, so that nobody else runs into the same. */
async function tellScope(
  { plan, progress }: Delivery,
  { call: as, at, answer }: CarriedAnswer,
  { bookings, scopeOf, log }: SendDependencies,
): Promise<void> {
  if (as === 'ask') return;
  const scope = scopeOf(plan.channel, progress.sender);
  const finding = findingOf(plan.channel, answer, new Date(at), shortestOf(scope));
  if (finding) await bookings.tell(scope, { ...finding, at: new Date(at) }, log);
}

const shortestOf = ({ windows }: Scope): number => Math.min(...windows.map(({ seconds }) => seconds * 1_000));

type Meaning = Recorded & { outcome: Outcome | StatusOutcome };

function meaningOf(
  row: Delivery,
  { call: as, at, answer }: CarriedAnswer,
  { scopeOf, random, limits }: SendDependencies,
): Meaning {
  const { plan, progress } = row;
  const answeredAt = new Date(at);
  const window = shortestOf(scopeOf(plan.channel, progress.sender));
  const time = { at: answeredAt, random, limits, window };
  if (as === 'ask' && answer.kind === 'answered') {
    const outcome = statusOutcomeOf(answer, answeredAt);
    return { outcome, ...afterAsking(row, outcome, time) };
  }
  const outcome = outcomeOf(plan.channel, answer, { repeat: as !== 'first', now: answeredAt });
  return { outcome, ...afterCall(row, outcome, as, time) };
}

type Answered = {
  before: Delivery;
  written: Delivery;
  answer: CarriedAnswer;
  outcome: Outcome | StatusOutcome;
  took: number | undefined;
};

/** Once per answer that counts: after it is written. */
function logAnswer({ before, written, answer, outcome, took }: Answered, { scopeOf, log }: SendDependencies): void {
  const { plan, progress } = written;
  const { level, event } = LOGGED[outcome.class];
  log(level, event, {
    ...fieldsOf(plan),
    attempt: answer.attempt,
    call: answer.call,
    kind: scopeOf(plan.channel, progress.sender).kind,
    outcome: outcome.class,
    ...('cause' in outcome && { cause: outcome.cause }),
    note: outcome.note,
    ...(answer.answer.kind === 'answered' && { http: answer.answer.status }),
    ...(took !== undefined && { took }),
    ...(outcome.class === 'accepted' && handoverOf(written, before, new Date(answer.at))),
  });
}

const LOGGED: Record<(Outcome | StatusOutcome)['class'], { level: LogLevel; event: LogEvent }> = {
  accepted: { level: 'info', event: 'delivery-sent' },
  refused: { level: 'warn', event: 'delivery-refused' },
  'refused-for-now': { level: 'info', event: 'delivery-postponed' },
  'not-reached': { level: 'warn', event: 'delivery-postponed' },
  ambiguous: { level: 'warn', event: 'delivery-postponed' },
  missing: { level: 'warn', event: 'delivery-postponed' },
  'our-fault': { level: 'error', event: 'set-up-refused' },
};

/** The copy that may act, at its slot; the broker drops it when it is there already. */
async function sendRowsCopy(delivery: Delivery, { queues, channel, limits }: SendDependencies): Promise<void> {
  const slot = slotOf(delivery);
  const copy: Copy = { delivery: delivery.plan.id, copy: delivery.progress.copy, slot: slot.at.toISOString() };
  await queues.sendCopies(channel, [{ copy, at: wakeFor(slot, limits) }]);
}

const write = (delivery: Delivery, progress: Progress, { deliveries }: SendDependencies) =>
  deliveries.record(delivery, { ...progress, revision: delivery.progress.revision + 1 });

async function settle(
  delivery: Delivery,
  { progress: { status: before } }: Delivery,
  { writeFailure, clock, log }: SendDependencies,
): Promise<void> {
  const { plan, progress } = delivery;
  log('info', 'delivery-settled', {
    ...fieldsOf(plan),
    parent: parentOf(plan),
    status: progress.status,
    cause: progress.cause,
    before,
    sinceArrival: secondsBetween(plan.arrived, clock.now()),
  });
  await writeFailure(delivery);
}
