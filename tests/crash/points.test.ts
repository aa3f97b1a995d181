import { describe, expect, it } from 'vitest';
import { parseAttemptId } from '../../shared/delivery-id.ts';
import { type Case, CASES, lineOf, linesExpectedOf } from './cases.ts';
import { PLANTS } from './plants.ts';
import { endOf, POINTS } from './points.ts';
import { die, type Plant } from './world.ts';

async function endsOf({ point, channels, memory }: Case, plant?: Plant): Promise<string[]> {
  const { deliveries, effective } = await die(point, { channels, memory, ...(plant && { plant }) });
  return deliveries
    .map(({ plan: { id, channel }, progress: { status } }) =>
      lineOf(channel, status, effective.filter((attempt) => parseAttemptId(attempt)?.delivery === id).length),
    )
    .toSorted();
}

describe('the fault list', () => {
  it('is all there', () => {
    const oneTo17 = Array.from({ length: 17 }, (_, n) => n + 1);
    expect([...new Set(POINTS.map(({ number }) => number))]).toEqual([...oneTo17, 19, 20, 21, 22, 23]);
  });

  it('ends uncertain beyond the memory at 7 to 9, and where a 429 was seen by nobody else', () => {
    const uncertain = CASES.filter(({ point, memory, channels }) =>
      channels.some((channel) => endOf(point, channel, memory).status === 'uncertain'),
    );
    expect(uncertain.map(({ point, memory, channels }) => `${point.number} ${memory} ${channels.join()}`)).toEqual([
      '7 beyond sms',
      '8 beyond sms',
      '9 beyond sms',
      '11 inside sms',
      '11 beyond sms',
      '12 inside sms',
      '12 beyond sms',
    ]);
  });
});

describe('a process that dies', () => {
  it.each(CASES)('at $title', async (one) => {
    expect(await endsOf(one)).toEqual(linesExpectedOf(one));
  });
});

describe('what somebody could get wrong is noticed', () => {
  it.each(Object.entries(PLANTS))('%s', async (_, { plant, noticedAt }) => {
    const noticed = new Set<number>();
    for (const one of CASES) {
      const ended = await endsOf(one, plant).catch(() => ['it never came to an end']);
      if (ended.join() !== linesExpectedOf(one).join()) noticed.add(one.point.number);
    }
    expect([...noticed]).toEqual(noticedAt);
  });
});
