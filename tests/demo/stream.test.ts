import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../shared/formats.ts';
import { EVENT_TYPES, familyOf, parseEvent } from '../../shared/events.ts';
import { LIMITS } from '../../shared/limits.ts';
import { parseMail, parsePhone } from '../../shared/addresses.ts';
import { entitiesFor } from '../../demo/entities.ts';
import { FATES } from '../../demo/fates.ts';
import { diceFrom } from '../../demo/random.ts';
import { createPeople } from '../../demo/recipients.ts';
import { SHOPS } from '../../demo/shops.ts';
import { demonstrationStream } from '../../demo/stream.ts';

const now = new Date('2026-11-21T12:00:00Z');
const options = { seed: 1, now, times: now, length: 25_000, customers: 60 };
const text = (body: Uint8Array): string => new TextDecoder().decode(body);
const withoutTime = (body: Uint8Array): string => text(body).replaceAll(/"time":"[^"]*"/g, '');
const texts = (seed: number): string[] =>
  demonstrationStream({ ...options, seed }).publications.map(({ body }) => text(body));

describe('demonstration stream', () => {
  const { publications, deliveries, optedOut } = demonstrationStream(options);

  it('is the same for the same seed and another one for another seed', () => {
    expect(texts(1)).toEqual(publications.map(({ body }) => text(body)));
    expect(texts(2)).not.toEqual(texts(1));
  });

  it('changes nothing but the time when it is sent again with new times', () => {
    const later = demonstrationStream({ ...options, times: new Date(now.getTime() + 60_000) });
    expect(later.publications.map(({ body }) => withoutTime(body))).toEqual(
      publications.map(({ body }) => withoutTime(body)),
    );
    expect(later.publications.map(({ body }) => text(body))).not.toEqual(publications.map(({ body }) => text(body)));
    expect(later.deliveries).toEqual(deliveries);
  });

  it('comes in the order of its moments, within its length', () => {
    const moments = publications.map(({ at }) => at);
    expect(moments).toEqual(moments.toSorted((a, b) => a - b));
    expect(moments.at(-1)).toBeLessThanOrEqual(options.length + 50);
  });

  it('names the end of each delivery once, and only of events that are published', () => {
    const keys = deliveries.map(({ event, message, channel }) => JSON.stringify([event, message, channel]));
    expect(new Set(keys).size).toBe(keys.length);
    const published = new Set(publications.flatMap(({ event }) => (event ? [JSON.stringify(event)] : [])));
    for (const { event } of deliveries) expect(published).toContain(JSON.stringify(event));
  });

  it('has copies, conflicts, bad events and people who opted out', () => {
    const verdicts = publications.map(({ verdict }) => verdict);
    expect(verdicts.filter((verdict) => verdict === 'either')).toHaveLength(4);
    expect(verdicts.filter((verdict) => verdict === 'rejected').length).toBeGreaterThan(15);
    const taken = publications.filter(({ verdict }) => verdict === 'taken').map(({ event }) => JSON.stringify(event));
    expect(taken.length).toBeGreaterThan(new Set(taken).size);
    expect(optedOut).toHaveLength(2);
  });

  it('tells of every event, in every language, with few customers', () => {
    const few = demonstrationStream({ ...options, customers: 30 });
    const events = few.publications.map(({ body }) => text(body)).join('\n');
    for (const type of EVENT_TYPES) expect(events).toContain(`"type":"${type}"`);
    for (const language of LANGUAGES) expect(events).toMatch(new RegExp(`"locale":"${language.slice(0, 2)}`));
  });

  it('sends every event to its topic, and few of them are of appointments', () => {
    const good = publications.flatMap(({ topic, body, verdict }) => {
      const parsed = parseEvent(body, now, ['track.example.com', 'parcels.example.net']);
      return parsed.ok && verdict === 'taken' ? [{ topic, family: familyOf(parsed.event.type) }] : [];
    });
    expect(good.length).toBeGreaterThan(100);
    for (const { topic, family } of good) expect(topic).toBe(`${family}-events`);
    const share = good.filter(({ family }) => family === 'appointment').length / good.length;
    expect(share).toBeGreaterThan(0.02);
    expect(share).toBeLessThan(0.15);
  });

  it('meets every fate on its list', () => {
    const all = publications.map(({ body }) => text(body)).join('\n');
    for (const { mark, channel } of FATES) expect(all).toMatch(channel === 'sms' ? `${mark}"` : `"${mark}+`);
  });
});

describe('made-up people', () => {
  it('have phone numbers of their country and mail addresses that can exist', () => {
    const dice = diceFrom('people');
    const people = createPeople(dice);
    for (let n = 0; n < 400; n++) {
      const { phone, email, country } = people.person(dice.pick(SHOPS), { channels: ['sms', 'email'] });
      expect(parsePhone(phone!, country)).toEqual({ e164: phone, country });
      expect(parseMail(email!)?.address).toBe(email);
    }
  });

  it('never share a number, and say so when a country has no more', () => {
    const people = createPeople(diceFrom('people'));
    const found = Array.from(
      { length: 21 },
      () => people.person(SHOPS[2]!, { channels: ['sms'], ending: '554004' }).phone,
    );
    expect(new Set(found).size).toBe(21);
    expect(() => people.person(SHOPS[2]!, { channels: ['sms'], ending: '554004' })).toThrow(
      'there are no more phone numbers in GB that end in 554004',
    );
  });
});

describe('entities of the broker', () => {
  it('carry the numbers of the limits', () => {
    expect(JSON.stringify(entitiesFor(LIMITS.short))).toContain('"LockDuration":"PT6S"');
    const [namespace] = entitiesFor(LIMITS.real).UserConfig.Namespaces;
    const receiving = [...namespace!.Queues, ...namespace!.Topics.flatMap(({ Subscriptions }) => Subscriptions)];
    for (const { Properties } of receiving)
      expect(Properties).toMatchObject({
        LockDuration: 'PT60S',
        MaxDeliveryCount: 10,
        DefaultMessageTimeToLive: 'P14D',
      });
    expect(namespace!.Queues.map(({ Name, Properties }) => [Name, Properties.RequiresDuplicateDetection])).toEqual([
      ['retried-events', false],
      ['sms', true],
      ['email', true],
    ]);
  });
});
