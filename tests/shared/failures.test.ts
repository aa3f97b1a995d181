import { describe, expect, it } from 'vitest';
import type { Progress, Step } from '../../shared/delivery.ts';
import { projectFailure, writeFailure } from '../../shared/failures.ts';
import { fakePorts } from '../fakes/ports.ts';
import { acceptedAt, ARRIVED, deliveryOf, MAIL } from './stored-delivery.ts';

const NOW = new Date('2026-11-21T13:00:00Z');
const at = (minute: number) => new Date(ARRIVED.getTime() + minute * 60_000);
const step = (minute: number, status: Step['status'], cause: Step['cause']): Step => ({
  at: at(minute),
  status,
  cause,
});
const withSteps = (progress: Partial<Progress>, ...history: Step[]) => ({ revision: 7, ...progress, history });

describe('projectFailure', () => {
  it('says in one plain row what failed, why, and what to do', () => {
    const failed = deliveryOf(
      { channel: 'email' },
      withSteps(
        { status: 'failed', cause: 'hard-bounced', reported: at(3), sender: 'news@nordlicht.example' },
        step(1, 'accepted', 'taken'),
        step(3, 'failed', 'hard-bounced'),
      ),
    );
    expect(projectFailure(failed, NOW)).toEqual({
      delivery: failed.plan.id,
      revision: 7,
      at: at(3),
      subject: 'order:1042',
      shop: 'Nordlicht',
      message: 'order-delayed',
      version: 1,
      locale: 'de',
      channel: 'email',
      country: 'DE',
      region: 'BE',
      carrier: '',
      mailHost: 'example.com',
      recipient: 'a***@example.com',
      status: 'failed',
      cause: 'hard-bounced',
      reason: expect.stringMatching(/mailbox/) as string,
      nextStep: expect.stringMatching(/\w/) as string,
      sender: 'news@nordlicht.example',
    });
    expect(JSON.stringify(projectFailure(failed, NOW))).not.toContain(MAIL);
  });

  it.each([
    ['failed', 'bad-address'],
    ['unknown', 'no-report'],
    ['uncertain', 'no-answer'],
    ['expired', 'deadline-passed'],
  ] as const)('has a row for a delivery that is %s', (status, cause) => {
    expect(projectFailure(deliveryOf({}, { status, cause }), NOW)).toMatchObject({ status, cause, at: NOW });
  });

  it.each([
    ['planned', 'waiting'],
    ['sending', 'throttled'],
    ['accepted', 'taken'],
    ['delivered', 'arrived'],
    ['skipped', 'opted-out'],
  ] as const)('has none for a delivery that is %s and never looked bad', (status, cause) => {
    const row = deliveryOf({}, withSteps({ status, cause }, step(0, 'sending', 'waiting'), step(1, status, cause)));
    expect(projectFailure(row, NOW)).toBeUndefined();
  });

  it('resolves the row of a delivery that arrived after all, and keeps why it looked bad', () => {
    const late = deliveryOf(
      {},
      withSteps(
        { status: 'delivered', cause: 'arrived', reported: at(2) },
        step(2, 'delivered', 'arrived'),
        step(60, 'unknown', 'no-report'),
      ),
    );
    expect(projectFailure(late, NOW)).toMatchObject({
      status: 'unknown',
      cause: 'no-report',
      at: at(60),
      resolvedAt: at(60),
      nextStep: expect.stringContaining('Nothing to do') as string,
    });
  });

  it('resolves an uncertain delivery when the provider turns out to have taken it', () => {
    const { history = [], ...accepted } = acceptedAt(at(9));
    const row = deliveryOf({}, { ...accepted, history: [step(5, 'uncertain', 'no-answer'), ...history] });
    expect(projectFailure(row, NOW)).toMatchObject({ status: 'uncertain', at: at(5), resolvedAt: at(9) });
  });

  it('opens the row again when a bounce follows', () => {
    const bounced = deliveryOf(
      { channel: 'email' },
      withSteps(
        { status: 'failed', cause: 'hard-bounced', reported: at(9) },
        step(1, 'unknown', 'no-report'),
        step(2, 'delivered', 'arrived'),
        step(9, 'failed', 'hard-bounced'),
      ),
    );
    const row = projectFailure(bounced, NOW);
    expect(row).toMatchObject({ status: 'failed', cause: 'hard-bounced', at: at(9) });
    expect(row).not.toHaveProperty('resolvedAt');
  });
});

describe('writeFailure', () => {
  it('asks no table about a delivery that never looked bad', async () => {
    const calls: string[] = [];
    const { failures } = fakePorts({ onCall: ({ operation }) => void calls.push(operation) });
    await writeFailure(deliveryOf({}, acceptedAt(ARRIVED)), failures, NOW);
    expect(calls).toEqual([]);
  });

  it('never lets an older row win', async () => {
    const { failures } = fakePorts();
    const newer = deliveryOf({}, { status: 'failed', cause: 'carrier-blocked', revision: 5 });
    const older = deliveryOf({}, { status: 'uncertain', cause: 'no-answer', revision: 4 });
    await writeFailure(newer, failures, NOW);
    await writeFailure(older, failures, NOW);
    expect([...failures.rows.values()].map(({ cause }) => cause)).toEqual(['carrier-blocked']);
  });
});
