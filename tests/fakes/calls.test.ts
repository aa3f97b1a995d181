import { describe, expect, it } from 'vitest';
import { planOf } from '../shared/stored-delivery.ts';
import type { PortCall } from './calls.ts';
import { fakePorts } from './ports.ts';

const plan = planOf();

/** A set of fakes that dies at one moment, and what it was asked before. */
function dyingAt(moment: number) {
  const calls: string[] = [];
  const ports = fakePorts({
    onCall: ({ port, operation, moment: when }: PortCall) => {
      calls.push(`${when} ${port}.${operation}`);
      if (calls.length === moment) throw new Error('died');
    },
  });
  return { ...ports, calls };
}

describe('the hook of the fakes', () => {
  it('is called before and after each operation', async () => {
    const { deliveries, queues, calls } = dyingAt(Infinity);
    await deliveries.plan([plan]);
    await queues.sendCopies('sms', []);
    for await (const _ of deliveries.ofHour('2026-11-20T13')) break;
    expect(calls).toEqual([
      'before deliveries.plan',
      'after deliveries.plan',
      'before queues.sendCopies',
      'after queues.sendCopies',
      'before deliveries.ofHour',
      'after deliveries.ofHour',
    ]);
  });

  it('stops an operation before anything is written, or after it', async () => {
    for (const [moment, rows] of [
      [1, 0],
      [2, 1],
    ] as const) {
      const { deliveries } = dyingAt(moment);
      await expect(deliveries.plan([plan])).rejects.toThrow('died');
      expect(deliveries.rows.size).toBe(rows);
    }
  });

  it('hands out copies, so that nobody changes a row by changing an object', async () => {
    const { deliveries } = fakePorts();
    await deliveries.plan([plan]);
    const row = await deliveries.read(plan.id);
    row!.plan.address = 'changed';
    expect((await deliveries.read(plan.id))?.plan.address).toBe(plan.address);
  });
});
