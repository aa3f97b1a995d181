import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../shared/events.ts';
import { planEvent } from '../../shared/plan.ts';
import { ARRIVED, eventOf } from './order-event.ts';

const plans = (...event: Parameters<typeof eventOf>) => planEvent(eventOf(...event), ARRIVED);

const ends = (customer: Record<string, unknown>) =>
  plans('order.placed', { customer }).map(({ channel, unsendable, address }) => [
    channel,
    unsendable ?? 'sendable',
    address,
  ]);

describe('the deliveries of an event', () => {
  const SMS = ['sms', 'sendable', '+436641234567'];
  const EMAIL = ['email', 'sendable', 'anna.berg@mail.example'];

  it('are one per channel that the customer allows and has', () => {
    expect(ends({})).toEqual([SMS, EMAIL]);
    expect(ends({ channels: ['email', 'sms', 'sms'] })).toEqual([SMS, EMAIL]);
    expect(ends({ channels: ['sms'] })).toEqual([SMS]);
    expect(ends({ channels: ['email'] })).toEqual([EMAIL]);
    expect(ends({ phone: undefined })).toEqual([EMAIL]);
  });

  it('lose one channel by a bad address, not the other', () => {
    expect(ends({ phone: '12' })).toEqual([['sms', 'bad-address', '12'], EMAIL]);
    expect(ends({ phone: 6641234567 })).toEqual([['sms', 'bad-address', ''], EMAIL]);
    expect(ends({ phone: '12\u001b[2J\r\n' })).toEqual([['sms', 'bad-address', '12[2J'], EMAIL]);
    expect(ends({ email: 'anna@' })).toEqual([SMS, ['email', 'bad-address', 'anna@']]);
  });

  it.each([
    ['no channel is allowed', { channels: [] }],
    ['both addresses are bad', { phone: '12', email: 'anna@' }],
    ['both are missing', { phone: undefined, email: null }],
    ['the only one is not of an allowed channel', { channels: ['sms'], phone: undefined }],
  ])('are a single SMS that says so when %s', (_, customer) => {
    expect(ends(customer)).toEqual([['sms', 'no-usable-address', '']]);
  });

  it('carry no content exactly when they cannot be sent', () => {
    const [sms, email] = plans('order.placed', { customer: { phone: '12' } });
    expect(sms?.content).toBeUndefined();
    expect(email?.content?.channel).toBe('email');
    expect(email && 'unsendable' in email).toBe(false);
  });

  it('tell where a number and a mailbox are', () => {
    expect(
      plans('order.placed', { customer: { phone: '+49 170 1234567', region: 'Tirol' } }).map(
        ({ country, region, mailHost }) => [country, region, mailHost],
      ),
    ).toEqual([
      ['DE', 'Tirol', ''],
      ['AT', 'Tirol', 'mail.example'],
    ]);
  });

  it('are the same whenever they are planned again, and others for another event', () => {
    const event = eventOf('order.delayed');
    expect(planEvent(event, ARRIVED)).toEqual(planEvent(event, ARRIVED));
    fc.assert(
      fc.property(fc.string(), fc.constantFrom(...EVENT_TYPES), (name, type) => {
        const ids = (id: string) =>
          plans(type, { envelope: { id }, customer: { name: `N${name.toWellFormed()}` } }).map((each) => each.id);
        expect(ids('a')).toEqual(plans(type, { envelope: { id: 'a' } }).map((each) => each.id));
        expect(ids('a')).not.toEqual(ids('b'));
      }),
    );
  });

  it('are booked for when the event arrived and carry its trace', () => {
    const event = eventOf('order.delayed');
    for (const plan of planEvent(event, ARRIVED))
      expect(plan).toMatchObject({
        firstSlot: ARRIVED,
        arrived: ARRIVED,
        trace: event.trace,
        lane: 'urgent',
        role: 'customer',
      });
  });
});

const expiring = (expiresAt: string) => plans('order.delayed', { data: { expiresAt } })[0]?.deadline.toISOString();

describe('the deadline', () => {
  it('counts from the time of the event', () => {
    expect(plans('order.delayed', { envelope: { time: '2026-11-21T08:00:00Z' } })[0]?.deadline).toEqual(
      new Date('2026-11-21T20:00:00Z'),
    );
  });

  it('is never later than the event expires', () => {
    expect(expiring('2026-11-21T10:30:00+01:00')).toBe('2026-11-21T09:30:00.000Z');
    expect(expiring('2027-01-01T00:00:00Z')).toBe('2026-11-21T20:59:30.000Z');
  });
});

function smsText(locale: string, country: string): string {
  const content = plans('order.placed', {
    customer: { locale, country, channels: ['sms'], phone: '+436641234567' },
  })[0]?.content;
  return content?.channel === 'sms' ? content.text : '';
}

describe('the locale', () => {
  it.each([
    ['en', 'de', { locale: 'en', localeAsked: undefined }],
    ['de-AT', 'en', { locale: 'de', localeAsked: 'de-AT' }],
    ['de-u-ca-buddhist', 'en', { locale: 'de', localeAsked: undefined }],
    ['pt-BR', 'de', { locale: 'pt-BR', localeAsked: undefined }],
    ['pt-PT', 'de', { locale: 'pt-BR', localeAsked: 'pt-PT' }],
    ['sv-SE', 'de-DE', { locale: 'de', localeAsked: 'sv-SE' }],
    ['sv-SE', 'nl', { locale: 'en', localeAsked: 'sv-SE' }],
    ['zz', 'de', { locale: 'de', localeAsked: 'zz' }],
  ])('for %s in a shop of language %s', (locale, language, expected) => {
    const [plan] = plans('order.placed', { customer: { locale }, shop: { language } });
    expect({ locale: plan?.locale, localeAsked: plan?.localeAsked }).toEqual(expected);
  });

  it('writes dates as customers of that country do', () => {
    expect(smsText('en', 'US')).toContain(' Tue, Nov 24. ');
    expect(smsText('en', 'AT')).toContain(' Tue, 24 Nov. ');
    expect(smsText('en-GB', 'US')).toContain(' Tue 24 Nov. ');
    expect(smsText('sv-SE', 'DE')).toContain(' Di., 24. Nov. ');
  });
});

describe('in the quiet hours of its recipient', () => {
  const zone = 'Europe/Vienna';
  const quiets = (...event: Parameters<typeof eventOf>) =>
    plans(...event).map(({ channel, quiet }) => [channel, quiet]);

  it.each(['order.placed', 'order.confirmed', 'order.shipped', 'order.refunded'] as const)(
    'an SMS of %s is held, or expires when the morning is too late',
    (type) => {
      expect(quiets(type)).toEqual([
        ['sms', { zone, tooLate: 'expire' }],
        ['email', undefined],
      ]);
    },
  );

  it('an SMS of a cancelled order is held, or sent when the morning is too late', () => {
    expect(quiets('order.cancelled')[0]).toEqual(['sms', { zone, tooLate: 'send' }]);
  });

  it('an SMS of a delivered order is sent', () => {
    expect(quiets('order.delivered')[0]).toEqual(['sms', undefined]);
  });

  it('a courier is announced before the visit', () => {
    const expectedBy = '2026-11-21T16:00:00+01:00';
    expect(quiets('order.out-for-delivery')[0]).toEqual([
      'sms',
      { zone, tooLate: 'send', latest: new Date('2026-11-21T14:00:00+01:00') },
    ]);
    const data = { expectedFrom: null, expectedBy };
    expect(quiets('order.out-for-delivery', { data })[0]).toMatchObject(['sms', { latest: new Date(expectedBy) }]);
  });

  it.each([
    ['today, in the zone of its recipient', '2026-11-21T23:59:00+01:00', '2026-11-21T08:59:30.000Z'],
    ['in that night', '2026-11-22T00:30:00+01:00', '2026-11-22T00:30:00+01:00'],
    ['at a time that is past', '2026-11-20T18:00:00+01:00', undefined],
  ])('a delay of what was promised for %s is not held any longer', (_, promisedBy, latest) => {
    expect(quiets('order.delayed', { data: { promisedBy } })[0]).toEqual([
      'sms',
      { zone, tooLate: 'send', ...(latest && { latest: new Date(latest) }) },
    ]);
  });
});
