import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../shared/answers.ts';
import type { Channel, Progress } from '../../shared/delivery.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { Call } from '../../shared/ports.ts';
import { afterAsking, afterCall, claimed } from '../../shared/transitions.ts';
import { planOf, rowOf } from './send-world.ts';

const at = new Date('2026-11-20T13:10:00.000Z');
const limits = LIMITS.real;
const later = (seconds: number) => new Date(at.getTime() + seconds * 1_000);
const time = { at, random: () => 0.5, limits, window: 60_000 };

/** A row that carries a claim; `firstSent` a minute ago when it is a repeat. */
function claimedRow(as: Call, change: Partial<Progress> = {}, channel: Channel = 'sms') {
  const { plan, progress, etag } = rowOf(planOf(channel), {
    ...(as !== 'first' && { status: 'sending', unanswered: true, firstSent: later(-60), bodyHash: 'hash' }),
    ...change,
  });
  const claim = { as, run: 'run-1', copy: progress.copy, now: at, bodyHash: 'hash', sender: 'shop', limits };
  return { plan, progress: claimed(progress, claim), etag };
}

const notReached: Outcome = { class: 'not-reached', cause: 'not-reached', note: 'ENOTFOUND' };
const ambiguous: Outcome = { class: 'ambiguous', ask: false, note: 'timeout' };
const throttled: Outcome = { class: 'refused-for-now', cause: 'throttled', note: 'HTTP 429' };
const denied: Outcome = { class: 'our-fault', cause: 'access-denied', note: 'HTTP 401' };

describe('a claim', () => {
  it('makes the attempt unanswered, with its first-sent, for as long as the lease', () => {
    expect(claimedRow('first').progress).toMatchObject({
      status: 'sending',
      unanswered: true,
      firstSent: at,
      bodyHash: 'hash',
      claim: { run: 'run-1', leaseUntil: later(30) },
    });
  });

  it('keeps the first-sent of the call that it repeats', () => {
    expect(claimedRow('repeat').progress.firstSent).toEqual(later(-60));
  });
});

const comesAgain = (pauses: number, cause: Progress['cause']) =>
  afterCall(claimedRow('first', { status: 'sending', cause, pauses }), notReached, 'first', time).comeAgain;

describe('after a call', () => {
  it('that was the first and did not reach the provider, nothing is unanswered', () => {
    const { progress } = afterCall(claimedRow('first'), notReached, 'first', time);
    expect(progress).toMatchObject({ unanswered: false, attempt: 0, copy: 1 });
    expect(progress.firstSent).toBeUndefined();
    expect(progress.claim).toBeUndefined();
  });

  it('that was a repeat and did not reach the provider, the call before it still is', () => {
    const { progress } = afterCall(claimedRow('repeat'), notReached, 'repeat', time);
    expect(progress).toMatchObject({ unanswered: true, attempt: 0, firstSent: later(-60) });
  });

  it('backs off further each time for the same cause, from the start for another', () => {
    expect(comesAgain(0, 'not-reached')).toEqual(later(2.5));
    expect(comesAgain(2, 'not-reached')).toEqual(later(10));
    expect(comesAgain(9, 'not-reached')).toEqual(later(30));
    expect(comesAgain(9, 'throttled')).toEqual(later(2.5));
  });

  it('waits as long as a 429 says and a little more, or one window when it says nothing', () => {
    const row = claimedRow('first');
    expect(afterCall(row, { ...throttled, retryAfter: 7_000 }, 'first', time).comeAgain).toEqual(later(9.5));
    expect(afterCall(row, throttled, 'first', time).comeAgain).toEqual(later(62.5));
  });

  it('waits one minute for our own fault, doubling to ten', () => {
    const waits = [0, 1, 3, 4, 200].map(
      (pauses) =>
        afterCall(claimedRow('first', { status: 'sending', cause: 'access-denied', pauses }), denied, 'first', time)
          .comeAgain,
    );
    expect(waits).toEqual([later(60), later(120), later(480), later(600), later(600)]);
  });

  it('gives up repeating an SMS when the next call would come too late, and asks about a mail', () => {
    const late = { firstSent: later(-239) };
    const sms = afterCall(claimedRow('repeat', late), ambiguous, 'repeat', time);
    expect(sms).toMatchObject({ progress: { status: 'uncertain', cause: 'no-answer' } });
    expect(sms.comeAgain).toBeUndefined();
    const email = afterCall(claimedRow('repeat', late, 'email'), ambiguous, 'repeat', time);
    expect(email).toMatchObject({ progress: { status: 'sending', asking: true }, comeAgain: at });
  });

  it('ends at once when the next try would not come before the deadline', () => {
    const row = claimedRow('first');
    const close = { ...row, plan: { ...row.plan, deadline: later(62.5) } };
    const ended = afterCall(close, throttled, 'first', time);
    expect(ended).toMatchObject({ progress: { status: 'expired', cause: 'deadline-passed' } });
    expect(ended.comeAgain).toBeUndefined();
    const silent = afterCall({ ...row, plan: { ...row.plan, deadline: later(1) } }, ambiguous, 'first', time);
    expect(silent).toMatchObject({ progress: { status: 'uncertain', cause: 'no-answer' } });
  });

  it('holds a delivery until its deadline when its last attempt was refused', () => {
    const row = claimedRow('first', { attempt: 255 });
    expect(afterCall(row, throttled, 'first', time)).toMatchObject({
      progress: { status: 'sending', attempt: 256 },
      comeAgain: row.plan.deadline,
    });
  });
});

describe('after asking about a mail', () => {
  const asking = { asking: true };

  it('notes the first miss and asks again a minute later', () => {
    const row = claimedRow('ask', asking, 'email');
    expect(afterAsking(row, { class: 'missing', note: 'HTTP 404' }, time)).toMatchObject({
      progress: { missing: at, asking: true, unanswered: true, attempt: 0 },
      comeAgain: later(60),
    });
  });

  it('takes the second miss for a refusal', () => {
    const row = claimedRow('ask', { ...asking, missing: later(-60) }, 'email');
    const { progress, comeAgain } = afterAsking(row, { class: 'missing', note: 'HTTP 404' }, time);
    expect(progress).toMatchObject({ asking: false, unanswered: false, attempt: 1 });
    expect(progress.missing).toBeUndefined();
    expect(comeAgain).toEqual(at);
  });

  it('learns nothing from a look that failed', () => {
    const row = claimedRow('ask', { ...asking, missing: later(-60) }, 'email');
    const { progress } = afterAsking(row, { class: 'ambiguous', ask: true, note: 'HTTP 500' }, time);
    expect(progress).toMatchObject({ asking: true, unanswered: true, attempt: 0, missing: later(-60) });
  });
});
