import { describe, expect, it } from 'vitest';
import { planEvent } from '../../shared/plan.ts';
import { ARRIVED, eventOf, rawEvent } from '../shared/order-event.ts';
import { drawFrom } from './draw.ts';
import { withFault } from './faults.ts';
import { oddEvent } from './odd-events.ts';
import { runCases } from './run-cases.ts';
import { harmOf } from './sent-harm.ts';

const COUNT = 10_000;
const SEED = 20_261_121;

describe('ten thousand generated events', () => {
  it('with one fault each are recorded with exactly its path, byte for byte, and not sent', async () => {
    expect(await runCases('faulty', { seed: SEED, count: COUNT })).toEqual([]);
  }, 120_000);

  it('that are odd are all planned as they should be, and none is rejected', async () => {
    expect(await runCases('odd', { seed: SEED, count: COUNT })).toEqual([]);
  }, 120_000);
});

describe('the generators', () => {
  it('make the same case of the same seed', () => {
    const cases = [1, 2].map(() => Array.from({ length: 50 }, (_, seed) => oddEvent(drawFrom(seed), seed)));
    expect(cases[0]).toEqual(cases[1]);
  });

  it('put faults everywhere', () => {
    const paths = Array.from({ length: 2_000 }, (_, seed) => {
      const draw = drawFrom(seed);
      return withFault(oddEvent(draw, seed).raw, draw).path;
    });
    expect([...new Set(paths)].toSorted()).toEqual(
      expect.arrayContaining([
        '$',
        'id',
        'time',
        'data.order.items[1].quantity',
        'data.customer.channels[1]',
        'data.promisedBy',
        'data.appointment.minutes',
        'data.reminders[1]',
      ]),
    );
    expect(new Set(paths).size).toBeGreaterThan(50);
  });
});

describe('harm in a message', () => {
  const raw = rawEvent('order.delayed');
  const [sms, email] = planEvent(eventOf('order.delayed'), ARRIVED);
  if (sms?.content?.channel !== 'sms' || email?.content?.channel !== 'email')
    throw new Error('two plans were expected');
  const { content: text } = sms;
  const { content: mail } = email;

  it('is seen in none that is good', async () => {
    expect([...(await harmOf(sms, raw)), ...(await harmOf(email, raw))]).toEqual([]);
  });

  it.each([
    ['six segments', { ...sms, content: { ...text, segments: 6 } }, 'an SMS of 6 segments'],
    ['a line break', { ...sms, content: { ...text, text: `${text.text}\n` } }, 'an SMS of several lines'],
    [
      'a foreign link',
      { ...sms, content: { ...text, text: `https://other.example/ ${text.text}` } },
      'an SMS with what a name smuggled in',
    ],
    [
      'a link cut off',
      { ...sms, content: { ...text, text: text.text.slice(0, -1) } },
      'an SMS without order number or link',
    ],
    [
      'a bidi override',
      { ...sms, content: { ...text, text: `\u202e${text.text}` } },
      'an SMS with what a name smuggled in',
    ],
    [
      'a header of two lines',
      { ...email, content: { ...mail, subject: 'a\r\nBcc: b' } },
      'a mail header of several lines',
    ],
    ['a script', { ...email, content: { ...mail, html: `${mail.html}<script>` } }, 'a mail with markup of a name'],
    ['too much of it', { ...email, content: { ...mail, html: mail.html + ' '.repeat(100_000) } }, 'bytes'],
    ['a deadline that is no time', { ...sms, deadline: new Date(Number.NaN) }, 'its deadline is no time'],
    ['a name that fits no column', { ...sms, shop: 'x'.repeat(40_000) }, 'its row does not fit the table'],
  ])('is seen: %s', async (_, plan, what) => {
    expect((await harmOf(plan, raw)).join('\n')).toContain(what);
  });
});
