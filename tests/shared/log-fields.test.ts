import { describe, expect, it } from 'vitest';
import { UNTOUCHED } from '../../shared/delivery.ts';
import { handoverOf } from '../../shared/log-fields.ts';
import { ARRIVED, planOf } from './stored-delivery.ts';

const HOUR = 3_600_000;
const after = (milliseconds: number) => new Date(ARRIVED.getTime() + milliseconds);

describe('a hand-over', () => {
  it('is punctual within five minutes of the event', () => {
    const delivery = { plan: planOf(), progress: UNTOUCHED };
    expect(handoverOf(delivery, delivery, after(300_000))).toMatchObject({ waited: 300, punctual: true });
    expect(handoverOf(delivery, delivery, after(301_000))).toMatchObject({ waited: 301, punctual: false });
  });

  it('of what staff send again counts from when they wanted it', () => {
    const plan = planOf({
      arrived: after(HOUR),
      eventTime: ARRIVED,
      resend: { of: planOf().id, by: 'ann@desk', why: 'The phone was off.' },
    });
    const delivery = { plan, progress: UNTOUCHED };
    expect(handoverOf(delivery, delivery, after(HOUR + 2_000))).toMatchObject({ waited: 2, punctual: true });
  });

  it('counts once: not again when a report or an answer told of it before', () => {
    const plan = planOf();
    for (const told of [{ accepted: ARRIVED }, { reported: ARRIVED }])
      expect(handoverOf({ plan, progress: UNTOUCHED }, { progress: { ...UNTOUCHED, ...told } }, after(1_000))).toEqual(
        {},
      );
  });
});
