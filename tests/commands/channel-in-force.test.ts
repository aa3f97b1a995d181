import { beforeEach, describe, expect, it } from 'vitest';
import { rawEvent } from '../shared/order-event.ts';
import { fakePipeline } from './pipeline.ts';
import { NOW } from './world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ANN = '+436641234501';
const BEN = '+436641234502';

type Pipeline = ReturnType<typeof fakePipeline>;

describe('a channel that people switch', () => {
  let pipeline: Pipeline;

  beforeEach(() => {
    pipeline = fakePipeline();
  });

  const event = (type: 'order.delayed' | 'order.refunded', order: string, phone = ANN) =>
    rawEvent(type, {
      envelope: { id: `${type}-${order}`, time: pipeline.clock.now().toISOString() },
      order: { number: order },
      customer: { phone, channels: ['sms'] },
    });
  const channel = async (...flags: string[]) => {
    const { code, err } = await pipeline.notify('channel', 'sms', ...flags, '--why', 'A drill.', '--yes');
    expect(code, err).toBe(0);
  };
  /** Of the only delivery of an order. */
  const show = async (order: string) => (await pipeline.notify('show', order)).out;
  const steps = async (order: string) =>
    (await show(order))
      .split('\n')
      .filter((line) => /^ {2}\d\d:|^ {30}/.test(line))
      .join('\n');

  it('holds deliveries with their cause while it is off, and ends them at their deadline', async () => {
    await channel('--off');
    await pipeline.publish(event('order.delayed', '1042'));
    await pipeline.run(2 * HOUR);
    expect(pipeline.sent).toEqual([]);
    const held = await show('1042');
    expect(held).toContain('… sending  SMS to +43********01');
    expect(held).toContain(
      'Now        Operators have switched this channel off, or opened it to a few recipients only.',
    );

    await pipeline.run(11 * HOUR);
    expect(pipeline.sent).toEqual([]);
    expect(await show('1042')).toContain('✖ expired  SMS to +43********01');
    expect((await pipeline.notify('failures', '--since', '24h')).out).toContain('switched this channel off');
    expect(await steps('1042')).toMatchInlineSnapshot(`
      "  14:30:00.000       +0.00 s  event      order.delayed arrived.
        14:30:00.000       +0.00 s  planned    Stored without a slot in the rate calendar; it asks for one at 14:31:00.000.
        14:31:00.000    +1 min 0 s  sending    Operators have switched this channel off, or opened it to a few recipients
                                               only. Held back; it asks for a slot again at 14:32:00.000.
        14:46:00.000   +16 min 0 s  sending    The 5th such step in a row. Next try: 14:56:00.000.
        21:46:00.000   +7 h 16 min             … 41 more steps …
        21:46:00.000   +7 h 16 min  sending    Operators have switched this channel off, or opened it to a few recipients
                                               only. Held back; it asks for a slot again at 21:56:00.000.
        02:26:00.000  +11 h 56 min  sending    The 29th such step in a row. Next try: 02:30:00.000.
        02:30:00.000   +12 h 0 min  expired    Operators have switched this channel off, or opened it to a few recipients
                                               only."
    `);
  });

  it('sends what was held once it is on again, and nothing from two seconds after it is off', async () => {
    await pipeline.publish(event('order.delayed', '1', BEN));
    await pipeline.run(MINUTE);
    await channel('--off');
    await pipeline.run(2_001);
    await pipeline.publish(event('order.delayed', '1042'));
    await pipeline.run(90_000);
    expect(pipeline.sent.map(({ to }) => to)).toEqual([BEN]);
    await channel('--on');
    await pipeline.run(10 * MINUTE);
    expect(pipeline.sent.map(({ to }) => to)).toEqual([BEN, ANN]);
    expect(await steps('1042')).toMatchInlineSnapshot(`
      "  14:31:02.001       +0.00 s  event      order.delayed arrived.
        14:31:02.001       +0.00 s  planned    Stored without a slot in the rate calendar; it asks for one at 14:32:02.001.
        14:32:02.001    +1 min 0 s  sending    Operators have switched this channel off, or opened it to a few recipients
                                               only. Held back; it asks for a slot again at 14:33:02.001.
        14:33:02.001    +2 min 0 s  sending    Goes to the provider at its slot, 14:33:02.001.
        14:33:02.001    +2 min 0 s  accepted   The provider took it; a report will say whether it arrived. (HTTP 202)"
    `);
  });

  it('holds a delivery back that was booked before the channel went off', async () => {
    await pipeline.publish(...Array.from({ length: 700 }, (_, index) => event('order.refunded', `r-${index}`)));
    await channel('--off');
    await pipeline.run(5 * MINUTE);
    expect(pipeline.sent.length).toBeLessThan(150);
    expect(await show('r-699')).toContain('Held back; it asks for a slot again');
  });

  it('serves the canaries only, and everybody once it is told so', async () => {
    await channel('--canary', ANN);
    await pipeline.publish(event('order.delayed', '1', BEN), event('order.delayed', '2'));
    await pipeline.run(HOUR);
    expect(pipeline.sent.map(({ to }) => to)).toEqual([ANN]);
    expect(await show('1')).toContain('or opened it to a few recipients only.');
    await channel('--everyone');
    await pipeline.run(10 * MINUTE);
    expect(pipeline.sent.map(({ to }) => to)).toEqual([ANN, BEN]);
  });

  it('gives slots of the next day once the daily cap is reached, to those that may wait so long', async () => {
    const [sender, kind] = ['Shop News', 'alphanumeric'];
    pipeline = fakePipeline({
      SMS_PER_DAY: '3',
      SENDERS: JSON.stringify({ sms: [{ sender, kind, countries: ['*'] }] }),
    });
    await pipeline.publish(...['1', '2', '3', '4'].map((order) => event('order.refunded', order)));
    await pipeline.run(MINUTE);
    await pipeline.publish(event('order.delayed', '5'));
    await pipeline.run(MINUTE);
    expect(pipeline.sent).toHaveLength(3);
    expect((await pipeline.notify('status')).out).toContain('At most 3 in any 24 hours; 3 of them are used up.');
    expect(await show('5')).toContain('✖ expired  SMS');
    expect(await steps('5')).toMatchInlineSnapshot(`
      "  14:31:00.000       +0.00 s  event      order.delayed arrived.
        14:31:00.000       +0.00 s  planned    Stored without a slot in the rate calendar; it asks for one at 14:31:00.000.
        14:31:00.000       +0.00 s  expired    The quota of its sender had no room for it before its deadline, or the provider
                                               refused for too long."
    `);
    expect(await show('4')).toMatch(/Slot {7}2026-11-21 14:3/);

    await pipeline.run(25 * HOUR);
    expect(pipeline.sent).toHaveLength(4);
    const [first, , , last] = pipeline.sent.map(({ at }) => Date.parse(at));
    expect(last! - first!).toBeGreaterThan(24 * HOUR);
    expect(last! - NOW.getTime()).toBeLessThan(24.2 * HOUR);
  });
});
