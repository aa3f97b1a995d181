import { describe, expect, it } from 'vitest';
import { deadLetterOf, parkedEvents, publishedEvents } from '../../shared/trigger-metadata.ts';

const body = Buffer.from('{}');

describe('events of the host', () => {
  it('reads enqueued times as UTC whether or not the host says so', () => {
    const events = publishedEvents([body, body], {
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
    const [event] = parkedEvents([body], {
      enqueuedTimeUtcArray: ['2026-11-20T13:00:00Z'],
      applicationPropertiesArray: [{ arrived: '2026-11-20T11:00:00.123Z', parked: 3, resubmitted: 1 }],
    });
    expect(event).toEqual({ body, arrived: new Date('2026-11-20T11:00:00.123Z'), parked: 3, resubmitted: 1 });
  });

  it('does not believe a publisher who says when an event arrived', () => {
    const [event] = publishedEvents([body], {
      enqueuedTimeUtcArray: ['2026-11-20T13:00:00Z'],
      applicationPropertiesArray: [{ arrived: '1969-12-31T23:00:00Z', parked: 3, resubmitted: 1 }],
    });
    expect(event).toEqual({ body, arrived: new Date('2026-11-20T13:00:00Z'), parked: 0, resubmitted: 0 });
    const letter = deadLetterOf(
      'order-events/notifications',
      body,
      {
        enqueuedTimeUtc: '2026-11-20T13:00:00Z',
        applicationProperties: { arrived: '2020-01-01T00:00:00Z', resubmitted: 1 },
      },
      new Date(0),
    );
    expect(letter).toMatchObject({ arrived: new Date('2026-11-20T13:00:00Z'), resubmitted: 0 });
  });

  it('says so when the host leaves out what it promises', () => {
    expect(() => publishedEvents([body], { applicationPropertiesArray: [{}] })).toThrow('enqueuedTimeUtcArray');
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
