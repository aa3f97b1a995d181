import { describe, expect, it } from 'vitest';
import { bodyHashOf, decide } from '../../shared/claim.ts';
import type { Channel, Plan, Progress } from '../../shared/delivery.ts';
import { LIMITS } from '../../shared/limits.ts';
import type { CarriedAnswer, Copy } from '../../shared/ports.ts';
import { answered, planOf, rowOf } from './send-world.ts';

const limits = LIMITS.real;
const sender = '+18005550199';
const now = new Date('2026-11-20T13:10:00.000Z');
const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
const ahead = (seconds: number) => ago(-seconds);

type Case = {
  channel?: Channel;
  plan?: Partial<Plan>;
  progress?: Partial<Progress>;
  copy?: Partial<Copy>;
  /** A sender of ours reaches the recipient. */
  reached?: boolean;
};

function decideOn({ channel = 'sms', plan = {}, progress = {}, copy = {}, reached = true }: Case) {
  const delivery = rowOf(planOf(channel, plan), progress);
  const bodyHash = bodyHashOf(delivery, sender);
  const row = progress.bodyHash === undefined ? { ...delivery.progress, bodyHash } : delivery.progress;
  return decide(
    { ...delivery, progress: row },
    { delivery: delivery.plan.id, copy: 0, ...copy },
    { now, from: reached ? { sender, bodyHash } : undefined, limits },
  );
}

const silent = { status: 'sending', unanswered: true, firstSent: ago(60) } as const;
const old = { ...silent, firstSent: ago(240) };
const claim = { run: 'other', leaseUntil: ahead(10) };
const answer: CarriedAnswer = {
  run: 'other',
  call: 'first',
  at: ago(5).toISOString(),
  attempt: 0,
  answer: answered(202),
};

const first = { do: 'call', as: 'first' };
const repeat = { do: 'call', as: 'repeat' };
const ask = { do: 'call', as: 'ask' };
const uncertain = { do: 'end', status: 'uncertain', cause: 'no-answer' };

describe('what a copy does', () => {
  it.each<[string, Case, object]>([
    ['calls on an untouched row', {}, first],
    [
      'fails where no sender reaches the country',
      { reached: false },
      { do: 'end', status: 'failed', cause: 'no-sender-for-country' },
    ],
    [
      'skips what was old when it arrived',
      { plan: { unsendable: 'superseded' } },
      { do: 'end', status: 'skipped', cause: 'superseded' },
    ],
    [
      'fails what a loop upstream planned',
      { plan: { unsendable: 'loop-suspected' } },
      { do: 'end', status: 'failed', cause: 'loop-suspected' },
    ],
    ['calls with a higher copy than the row has', { progress: { copy: 1 }, copy: { copy: 2 } }, first],
    [
      'sends the copy that may act when it is a lower one',
      { progress: { copy: 2 }, copy: { copy: 1 } },
      { do: 'resend' },
    ],
    ['does nothing for a settled row', { progress: { status: 'accepted' } }, { do: 'settled' }],
    ['does nothing for a settled row under a lease', { progress: { status: 'failed', claim } }, { do: 'settled' }],
    ['waits for an open lease', { progress: { ...silent, claim } }, { do: 'come-again', at: ahead(11) }],
    [
      'waits for an open lease before it looks at the deadline',
      { plan: { deadline: ago(1) }, progress: { ...silent, claim } },
      { do: 'come-again', at: ahead(11) },
    ],
    ['repeats after a lease that ended', { progress: { ...silent, claim: { ...claim, leaseUntil: now } } }, repeat],
    [
      'records what it carries over its own claim',
      { progress: { ...silent, claim }, copy: { answer } },
      { do: 'record', answer },
    ],
    [
      'records what it carries although the lease ended and the deadline passed',
      {
        plan: { deadline: ago(1) },
        progress: { ...old, claim: { ...claim, leaseUntil: ago(100) } },
        copy: { answer },
      },
      { do: 'record', answer },
    ],
    [
      'ignores what it carries when another run has claimed',
      { progress: { ...silent, claim: { ...claim, run: 'third' } }, copy: { answer } },
      { do: 'come-again', at: ahead(11) },
    ],
    [
      'ignores what it carries for an earlier attempt',
      { progress: { ...silent, attempt: 1, claim: { ...claim, leaseUntil: now } }, copy: { answer } },
      repeat,
    ],
    [
      'ends what is unsendable',
      { plan: { unsendable: 'bad-address' } },
      { do: 'end', status: 'failed', cause: 'bad-address' },
    ],
    [
      'expires at the deadline',
      { plan: { deadline: now } },
      { do: 'end', status: 'expired', cause: 'deadline-passed' },
    ],
    ['calls just before the deadline', { plan: { deadline: ahead(0.001) } }, first],
    ['is uncertain at the deadline over a silent call', { plan: { deadline: now }, progress: silent }, uncertain],
    [
      'holds a delivery without attempts left',
      { progress: { attempt: 256 } },
      { do: 'come-again', at: planOf('sms').deadline },
    ],
    ['calls with the last attempt', { progress: { attempt: 255 } }, first],
    ['waits for its slot', { progress: { status: 'sending', slot: ahead(30) } }, { do: 'come-again', at: ahead(30) }],
    ['calls at its slot', { progress: { status: 'sending', slot: now } }, first],
    ['repeats a silent SMS', { progress: silent }, repeat],
    ['repeats a silent mail', { channel: 'email', progress: silent }, repeat],
    ['repeats until four minutes after first-sent', { progress: { ...silent, firstSent: ago(239.999) } }, repeat],
    ['gives an SMS up after four minutes', { progress: old }, uncertain],
    ['asks about a mail after four minutes', { channel: 'email', progress: old }, ask],
    ['never repeats with another content', { progress: { ...silent, bodyHash: 'other' } }, uncertain],
    [
      'asks when the content of a mail is another',
      { channel: 'email', progress: { ...silent, bodyHash: 'other' } },
      ask,
    ],
    ['goes on asking once it has asked', { channel: 'email', progress: { ...silent, asking: true } }, ask],
    [
      'asks again not before a minute after a miss',
      { channel: 'email', progress: { ...old, asking: true, missing: ago(59) } },
      { do: 'come-again', at: ahead(1) },
    ],
    [
      'asks again a minute after a miss',
      { channel: 'email', progress: { ...old, asking: true, missing: ago(60) } },
      ask,
    ],
  ])('%s', (_name, given, expected) => {
    expect(decideOn(given)).toMatchObject(expected);
  });
});

describe('the hash of what is sent', () => {
  const row = rowOf(planOf('sms'));
  it.each([
    ['sender', bodyHashOf(row, 'other')],
    ['address', bodyHashOf({ ...row, plan: { ...row.plan, address: '+4915100000000' } }, sender)],
    [
      'text',
      bodyHashOf({ ...row, plan: { ...row.plan, content: { channel: 'sms', text: 'x', segments: 1 } } }, sender),
    ],
  ])('changes with the %s', (_what, other) => {
    expect(other).not.toBe(bodyHashOf(row, sender));
  });

  it('does not change with what is not sent', () => {
    expect(bodyHashOf({ ...row, plan: { ...row.plan, shop: 'Other' } }, sender)).toBe(bodyHashOf(row, sender));
  });
});
