import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptId,
  dayOf,
  type DeliveryIdentity,
  deliveryId,
  hourOf,
  instantOf,
  parseAttemptId,
} from '../../shared/delivery-id.ts';

const identity: DeliveryIdentity = {
  instant: new Date('2026-11-20T13:12:07.123Z'),
  source: 'https://shop.example.com/orders',
  subject: 'order:1042',
  occasion: 'e-1',
  role: 'customer',
  message: 'order-delayed',
  channel: 'sms',
};

describe('deliveryId', () => {
  it('is a UUID of version 8 that sorts by the arrival of its event', () => {
    const id = deliveryId(identity);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(instantOf(id)).toEqual(identity.instant);
    expect(hourOf(id)).toBe('2026-11-20T13');
    expect(dayOf(id)).toBe('2026-11-20');
    expect(deliveryId({ ...identity, instant: new Date(identity.instant.getTime() + 1) }) > id).toBe(true);
  });

  it('is the same for the same identity and another one when any part differs', () => {
    expect(deliveryId({ ...identity })).toBe(deliveryId(identity));
    const others = (['source', 'subject', 'occasion', 'role', 'message', 'channel'] as const).map((part) =>
      deliveryId({ ...identity, [part]: `${identity[part]}x` }),
    );
    expect(new Set([deliveryId(identity), ...others]).size).toBe(7);
  });

  it('refuses an instant that does not fit', () => {
    for (const instant of [new Date(-1), new Date(Number.NaN)])
      expect(() => deliveryId({ ...identity, instant })).toThrow(RangeError);
  });

  it('does not confuse neighbouring parts', () => {
    expect(deliveryId({ ...identity, role: 'ab', message: 'c' })).not.toBe(
      deliveryId({ ...identity, role: 'a', message: 'bc' }),
    );
  });
});

describe('attemptId', () => {
  it('carries the attempt and leads back to the delivery', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 255 }), fc.string(), (attempt, occasion) => {
        const delivery = deliveryId({ ...identity, occasion });
        const id = attemptId(delivery, attempt);
        expect(parseAttemptId(id)).toEqual({ delivery, attempt });
        expect(parseAttemptId(id.toUpperCase())).toEqual({ delivery, attempt });
      }),
    );
  });

  it('refuses an attempt that does not fit its bits', () => {
    expect(() => attemptId(deliveryId(identity), 256)).toThrow(RangeError);
  });

  it('does not take foreign ids for its own', () => {
    for (const foreign of ['', 'x', '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', `${deliveryId(identity)}0`])
      expect(parseAttemptId(foreign)).toBeUndefined();
  });
});
