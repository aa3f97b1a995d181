import { describe, expect, it } from 'vitest';
import { deadLetterOf, incomingEvents } from '../../shared/trigger-metadata.ts';

const body = Buffer.from('{}');

describe('incomingEvents', () => {
  it('reads enqueued times as UTC whether or not the host says so', () => {
    const events = incomingEvents([body, body], {
      enqueuedTimeUtcArray: ['2026-11-20T13:00:00.5', '2026-11-20T13:00:01Z'],
      applicationPropertiesArray: [{}, {}],
    });
    expect(events.map(({ arrived }) => arrived.toISOString())).toEqual([
      '2026-11-20T13:00:00.500Z',
      '2026-11-20T13:00:01.000Z',
    ]);
    expect(events.map(({ parked }) => parked)).toEqual([0, 0]);
  });

  it('takes the first arrival of a parked event from its properties', () => {
    const [event] = incomingEvents([body], {
      enqueuedTimeUtcArray: ['2026-11-20T13:00:00Z'],
      applicationPropertiesArray: [{ arrived: '2026-11-20T11:00:00.123Z', parked: 3, resubmitted: 1 }],
    });
    expect(event).toEqual({ body, arrived: new Date('2026-11-20T11:00:00.123Z'), parked: 3, resubmitted: 1 });
  });

  it('says so when the host leaves out what it promises', () => {
    expect(() => incomingEvents([body], { applicationPropertiesArray: [{}] })).toThrow('enqueuedTimeUtcArray');
  });
});

describe('deadLetterOf', () => {
  it('keeps reason and number, whatever type the library made of them', () => {
    const letter = deadLetterOf(
      'sms',
      body,
      {
        enqueuedTimeUtc: '2026-11-20T13:00:00',
        sequenceNumber: 17,
        messageId: 42,
        deliveryCount: 10,
        applicationProperties: { deadLetterReason: 'MaxDeliveryCountExceeded' },
      },
      new Date(0),
    );
    expect(letter).toMatchObject({
      entity: 'sms',
      sequenceNumber: '17',
      messageId: '42',
      reason: 'MaxDeliveryCountExceeded',
      deliveryCount: 10,
    });
  });
});
