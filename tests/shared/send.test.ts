import { describe, expect, it } from 'vitest';
import { SENDERS, SILENCE, MINUTE, answered, attempts, sendWorld } from './send-world.ts';

const statuses = ({ row }: ReturnType<typeof sendWorld>) =>
  row().progress.history.map(({ status, cause }) => `${status} ${cause}`);

describe.each(['sms', 'email'] as const)('one copy of an %s', (channel) => {
  it('is claimed, called once and accepted', async () => {
    const world = sendWorld({ channel });
    await world.drain();
    const { progress } = world.row();
    expect(progress).toMatchObject({ status: 'accepted', cause: 'taken', unanswered: false, attempt: 0 });
    expect(progress.claim).toBeUndefined();
    expect(progress.accepted).toEqual(world.plan.arrived);
    expect(world.effective).toEqual(attempts(world.plan, 0));
    expect(world.requests[0]).toMatchObject({
      sender: SENDERS[channel],
      address: world.plan.address,
      content: world.plan.content,
      tag: `test:${world.plan.id}`,
      firstSent: world.plan.arrived,
    });
    expect(statuses(world)).toEqual(['sending waiting', 'accepted taken']);
    expect(world.failureRows.map((row) => row.progress.status)).toEqual(['accepted']);
  });

  it('comes again under a new attempt id after a 429, not before it may', async () => {
    const refusal = answered(429, {}, { 'retry-after': '30' });
    const world = sendWorld({ channel, deeds: [{ takes: false, answer: refusal }] });
    await world.takeNext();
    expect(world.row().progress).toMatchObject({
      status: 'sending',
      cause: 'throttled',
      attempt: 1,
      copy: 1,
      unanswered: false,
      pauses: 1,
    });
    expect(world.row().progress.firstSent).toBeUndefined();
    expect(world.queue.map(({ messageId }) => messageId)).toEqual([`${world.plan.id}/1`]);
    expect(world.queue[0]!.at.getTime() - world.plan.arrived.getTime()).toBeGreaterThanOrEqual(30_000);
    expect(world.queue[0]!.at.getTime() - world.plan.arrived.getTime()).toBeLessThanOrEqual(35_000);
    await world.drain();
    expect(world.effective).toEqual(attempts(world.plan, 1));
    expect(world.row().progress.status).toBe('accepted');
  });

  it('repeats a silent call under the same id and first-sent', async () => {
    const world = sendWorld({ channel, deeds: [{ takes: true, answer: SILENCE }] });
    await world.drain();
    expect(world.requests).toHaveLength(2);
    expect(world.requests[1]).toEqual(world.requests[0]);
    expect(world.effective).toHaveLength(1);
    expect(statuses(world)).toEqual(['sending waiting', 'sending no-answer', 'sending no-answer', 'accepted taken']);
  });

  it('keeps its sender when it is called again, though another would be chosen by then', async () => {
    const world = sendWorld({ channel, deeds: [{ takes: true, answer: SILENCE }] });
    await world.takeNext();
    world.dependencies.senderFor = () => undefined;
    await world.drain();
    expect(world.requests.map(({ sender }) => sender)).toEqual([SENDERS[channel], SENDERS[channel]]);
    expect(world.effective).toHaveLength(1);
    expect(world.row().progress).toMatchObject({ status: 'accepted', sender: SENDERS[channel] });
  });

  it('takes the sender of the day for a new attempt after a refusal', async () => {
    const world = sendWorld({ channel, deeds: [{ takes: false, answer: answered(429) }] });
    await world.takeNext();
    world.dependencies.senderFor = () => 'other';
    await world.drain();
    expect(world.requests.map(({ sender }) => sender)).toEqual([SENDERS[channel], 'other']);
  });

  it('fails without a call where no sender reaches the country', async () => {
    const world = sendWorld({ channel });
    world.dependencies.senderFor = ({ country }) => (country === 'DE' ? undefined : 'other');
    await world.drain();
    expect(world.requests).toHaveLength(0);
    expect(world.row().progress).toMatchObject({ status: 'failed', cause: 'no-sender-for-country', sender: '' });
    expect(world.failureRows).toHaveLength(1);
  });

  it('ends refused when the provider refuses it for good', async () => {
    const world = sendWorld({ channel, deeds: [{ takes: false, answer: answered(413) }] });
    await world.drain();
    expect(world.row().progress).toMatchObject({ status: 'failed', cause: 'refused' });
    expect(world.failureRows).toHaveLength(1);
  });

  it('goes on by itself when our own set-up is put right', async () => {
    const denied = { takes: false, answer: answered(401) };
    const world = sendWorld({ channel, deeds: [denied, denied, denied] });
    await world.drain();
    expect(world.row().progress.status).toBe('accepted');
    expect(world.effective).toEqual(attempts(world.plan, 3));
    const calls = world.row().progress.history.filter(({ note }) => note === 'called');
    const minutes = calls.map(({ at }) => Math.floor((at.getTime() - world.plan.arrived.getTime()) / MINUTE));
    expect(minutes).toEqual([0, 1, 3, 7]);
    expect(world.entries.filter(({ event }) => event === 'set-up-refused')).toHaveLength(3);
  });

  it('keeps its attempt while the provider is out of reach', async () => {
    const away = { takes: false, answer: { kind: 'not-reached', code: 'ECONNREFUSED' } as const };
    const world = sendWorld({ channel, deeds: [away, away] });
    await world.drain();
    expect(world.effective).toEqual(attempts(world.plan, 0));
    expect(world.row().progress).toMatchObject({ status: 'accepted', attempt: 0, copy: 2 });
  });

  it('expires when the next try would be past its deadline', async () => {
    const refusal = answered(429, {}, { 'retry-after': '1e9' });
    const deadline = new Date('2026-11-20T13:40:00Z');
    const world = sendWorld({ channel, plan: { deadline }, deeds: [{ takes: false, answer: refusal }] });
    await world.drain();
    expect(world.row().progress).toMatchObject({ status: 'expired', cause: 'deadline-passed' });
    expect(statuses(world)).toEqual(['sending waiting', 'sending throttled', 'expired deadline-passed']);
  });

  it('is uncertain when the deadline passes over a silent call', async () => {
    const firstSlot = new Date('2026-11-20T13:00:02.999Z');
    const deadline = new Date('2026-11-20T13:00:03Z');
    const world = sendWorld({ channel, plan: { firstSlot, deadline }, deeds: [{ takes: true, answer: SILENCE }] });
    await world.drain();
    expect(world.row().progress).toMatchObject({ status: 'uncertain', cause: 'no-answer' });
    expect(world.effective).toHaveLength(1);
  });

  it('is not sent to a suppressed address', async () => {
    const world = sendWorld({ channel });
    await world.suppressions.record({
      channel,
      address: `k1:${world.plan.address}`,
      cause: 'opted-out',
      since: world.plan.arrived,
      by: 'report',
    });
    await world.drain();
    expect(world.requests).toHaveLength(0);
    expect(world.row().progress).toMatchObject({ status: 'skipped', cause: 'opted-out' });
    expect(world.row().progress.claim).toBeUndefined();
  });

  it('is uncertain when the address was suppressed after a silent call', async () => {
    const world = sendWorld({ channel, deeds: [{ takes: true, answer: SILENCE }] });
    await world.takeNext();
    await world.suppressions.record({
      channel,
      address: `k1:${world.plan.address}`,
      cause: 'opted-out',
      since: world.plan.arrived,
      by: 'report',
    });
    await world.drain();
    expect(world.requests).toHaveLength(1);
    expect(world.row().progress).toMatchObject({ status: 'uncertain', cause: 'no-answer' });
  });

  it('ends what planning found unsendable, without a call', async () => {
    const world = sendWorld({ channel, plan: { unsendable: 'bad-address' } });
    await world.drain();
    expect(world.requests).toHaveLength(0);
    expect(world.row().progress).toMatchObject({ status: 'failed', cause: 'bad-address' });
  });

  it('makes no call with attempt 256 and is held until its deadline', async () => {
    const refusal = { takes: false, answer: answered(429, {}, { 'retry-after': '0' }) };
    const world = sendWorld({
      channel,
      plan: { deadline: new Date('2026-11-21T13:00:00Z') },
      deeds: Array.from({ length: 300 }, () => refusal),
    });
    await world.drain();
    expect(world.requests).toHaveLength(256);
    expect(new Set(world.requests.map(({ attempt }) => attempt)).size).toBe(256);
    expect(world.row().progress).toMatchObject({ status: 'expired', cause: 'deadline-passed' });
    expect(world.clock.now()).toEqual(new Date('2026-11-21T13:00:00Z'));
  });

  it('never writes an address or a text into copies, notes or logs', async () => {
    const world = sendWorld({
      channel,
      deeds: [
        { takes: false, answer: answered(429) },
        { takes: true, answer: SILENCE },
      ],
    });
    await world.takeNext();
    const copies = JSON.stringify(world.queue);
    await world.drain();
    const written = copies + JSON.stringify([world.entries, world.row().progress.history]);
    expect(written).not.toMatch(/4915112345678|anna|Late|late\./);
  });
});

describe('copies of the same delivery', () => {
  it('lets one of two act; the other waits for the lease and finds it done', async () => {
    const world = sendWorld();
    world.put({ delivery: world.plan.id, copy: 0 });
    await world.drain();
    expect(world.effective).toHaveLength(1);
  });

  it('does nothing over an open lease but come again a second after it', async () => {
    const world = sendWorld();
    const leaseUntil = new Date(world.plan.arrived.getTime() + 20_000);
    const { deliveries } = world;
    const progress = { ...world.row().progress, unanswered: true, claim: { run: 'other', leaseUntil } };
    await deliveries.record(world.row(), { ...progress, firstSent: world.plan.arrived });
    await world.takeNext();
    expect(world.requests).toHaveLength(0);
    expect(world.queue.map(({ at }) => at.getTime() - leaseUntil.getTime())).toEqual([1_000]);
  });

  it('lets an older copy send the one that may act, which the broker drops when it is there', async () => {
    const world = sendWorld({ deeds: [{ takes: false, answer: answered(429) }] });
    await world.takeNext();
    world.put({ delivery: world.plan.id, copy: 0 });
    await world.takeNext();
    expect(world.broker.dropped).toEqual([`${world.plan.id}/1`]);
    expect(world.queue).toHaveLength(1);
    expect(world.requests).toHaveLength(1);
  });

  it('drops a copy whose row is gone', async () => {
    const world = sendWorld();
    world.deliveries.rows.clear();
    await world.drain();
    expect(world.requests).toHaveLength(0);
  });

  it('writes the failure row again when it meets a settled row', async () => {
    const world = sendWorld({ deeds: [{ takes: false, answer: answered(413) }] });
    world.put({ delivery: world.plan.id, copy: 0 });
    await world.drain();
    expect(world.failureRows.map((row) => row.progress.revision)).toEqual([2, 2]);
  });
});
