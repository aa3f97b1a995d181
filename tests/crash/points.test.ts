import { describe, expect, it } from 'vitest';
import type { Channel } from '../../shared/delivery.ts';
import { parseAttemptId } from '../../shared/delivery-id.ts';
import { PLANTS } from './plants.ts';
import { endOf, MEMORIES, type Memory, type Point, POINTS } from './points.ts';
import { BATCH, die, type Plant } from './world.ts';

type Case = { title: string; point: Point; memory: Memory; channels: readonly Channel[] };

const audiencesOf = ({ given }: Point): readonly (readonly Channel[])[] =>
  given === 'both channels' || given === 'batch' ? [['sms', 'email']] : [['sms'], ['email']];

const CASES: readonly Case[] = POINTS.flatMap((point) =>
  MEMORIES.flatMap((memory) =>
    audiencesOf(point).map((channels) => ({
      title: `${point.number}, ${point.name}: ${channels.join(' and ')}, ${memory} the provider's memory`,
      point,
      memory,
      channels,
    })),
  ),
);

/** One line for each delivery, once how it ended and once how it has to. */
async function endsOf({ point, channels, memory }: Case, plant?: Plant) {
  const { deliveries, effective } = await die(point, { channels, memory, ...(plant && { plant }) });
  const lineOf = (channel: Channel, status: string, sends: number) => `${channel} ${status}, ${sends} sent`;
  const events = point.given === 'batch' ? BATCH : 1;
  return {
    ended: deliveries
      .map(({ plan: { id, channel }, progress: { status } }) => {
        const sends = effective.filter((attempt) => parseAttemptId(attempt)?.delivery === id).length;
        return lineOf(channel, status, sends);
      })
      .toSorted(),
    expected: channels
      .flatMap((channel) => {
        const { status, sends } = endOf(point, channel, memory);
        return Array.from({ length: events }, () => lineOf(channel, status, sends));
      })
      .toSorted(),
  };
}

describe('the fault list', () => {
  it('is all there', () => {
    expect([...new Set(POINTS.map(({ number }) => number))]).toEqual(Array.from({ length: 17 }, (_, n) => n + 1));
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
    const { ended, expected } = await endsOf(one);
    expect(ended).toEqual(expected);
  });
});

describe('what somebody could get wrong is noticed', () => {
  it.each(Object.entries(PLANTS))('%s', async (_, { plant, noticedAt }) => {
    const noticed = new Set<number>();
    for (const one of CASES) {
      const ends = await endsOf(one, plant).catch(() => undefined);
      if (JSON.stringify(ends?.ended) !== JSON.stringify(ends?.expected) || !ends) noticed.add(one.point.number);
    }
    expect([...noticed]).toEqual(noticedAt);
  });
});
