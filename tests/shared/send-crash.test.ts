import { describe, expect, it } from 'vitest';
import type { Channel } from '../../shared/delivery.ts';
import type { PortCall } from '../fakes/calls.ts';
import { type Deed, MINUTE, SILENCE, answered, sendWorld } from './send-world.ts';

class Crash extends Error {}

type Crashes = {
  channel: Channel;
  deeds: readonly Deed[];
  /** Which port calls end the process, counted over all of its lives. */
  at: readonly number[];
  /** How long the broker takes to deliver the copy again. */
  pause: number;
  /** Housekeeping sends the row's copy again as well. */
  housekeeping: boolean;
};

/** Runs one delivery to its end through crashes; a process that crashed does nothing any more. */
async function live({ channel, deeds, at, pause, housekeeping }: Crashes) {
  let calls = 0;
  let dead = false;
  const seen: PortCall[] = [];
  const world = sendWorld({
    channel,
    deeds,
    onCall: (call) => {
      if (!dead && at.includes(calls)) dead = true;
      calls += 1;
      seen.push(call);
      if (dead) throw new Crash();
    },
  });
  for (let turns = 0; world.queue.length > 0; turns += 1) {
    if (turns > 200) throw new Error('it never ends');
    try {
      await world.takeNext();
    } catch (error) {
      if (!dead) throw error;
      dead = false;
      await world.clock.wait(pause);
      if (housekeeping) world.put({ delivery: world.plan.id, copy: world.row().progress.copy });
    }
  }
  return { world, calls, seen };
}

const SCENARIOS: Record<string, readonly Deed[]> = {
  'the provider takes it': [],
  'a 429 comes first': [{ takes: false, answer: answered(429, {}, { 'retry-after': '20' }) }],
  'the provider takes it in silence': [{ takes: true, answer: SILENCE }],
  'the provider is silent and does not take it': [{ takes: false, answer: SILENCE }],
  'the provider breaks after taking it': [{ takes: true, answer: answered(500) }],
  'the provider cannot be reached': [{ takes: false, answer: { kind: 'not-reached', code: 'ECONNREFUSED' } }],
  'our key is wrong': [{ takes: false, answer: answered(401) }],
};

/** A refusal of a repeat says nothing about the call before it, and an SMS cannot be asked about: then nobody knows. */
const REFUSALS = new Set(['a 429 comes first', 'our key is wrong']);

const CHANNELS: readonly Channel[] = ['sms', 'email'];
const casesOf = (names: readonly string[]) =>
  CHANNELS.flatMap((channel) => names.map((name) => [channel, name] as const));

const endsOf = (channel: Channel, name: string) =>
  channel === 'sms' && REFUSALS.has(name) ? ['accepted 1', 'uncertain 0'] : ['accepted 1'];
const endOf = ({ world }: Awaited<ReturnType<typeof live>>) =>
  `${world.row().progress.status} ${world.effective.length}`;

describe.each(casesOf(Object.keys(SCENARIOS)))('an %s, when %s', (channel, name) => {
  const deeds = SCENARIOS[name]!;
  const calm = live({ channel, deeds, at: [], pause: 0, housekeeping: false });
  const ends = endsOf(channel, name);

  it.each([
    [1_000, false],
    [1_000, true],
    [20_000, true],
    [40_000, false],
  ])('is sent once, whenever the process dies and comes back after %i ms', async (pause, housekeeping) => {
    const { calls } = await calm;
    expect(calls).toBeGreaterThan(10);
    for (let at = 0; at < calls; at += 1) {
      const end = endOf(await live({ channel, deeds, at: [at], pause, housekeeping }));
      expect(ends, `after a crash at ${at}`).toContain(end);
    }
  });

  it.each([false, true])('is sent once or uncertain beyond the provider’s memory (housekeeping: %s)', async (also) => {
    const { calls } = await calm;
    const met = new Set<string>();
    for (let at = 0; at < calls; at += 1) {
      const end = endOf(await live({ channel, deeds, at: [at], pause: 10 * MINUTE, housekeeping: also }));
      met.add(end);
      const allowed = channel === 'sms' ? ['accepted 1', 'uncertain 0', 'uncertain 1'] : ['accepted 1'];
      expect(allowed, `after a crash at ${at}`).toContain(end);
    }
    expect(met).toContain('accepted 1');
  });
});

const IN_PAIRS = casesOf(['the provider takes it', 'a 429 comes first', 'the provider takes it in silence']);

describe.each(IN_PAIRS)('an %s, when %s and the process dies twice', (channel, name) => {
  const deeds = SCENARIOS[name]!;
  const ends = endsOf(channel, name);

  it('is sent once, whichever two moments it dies at', async () => {
    const { calls } = await live({ channel, deeds, at: [], pause: 0, housekeeping: false });
    for (let first = 0; first < calls; first += 1)
      for (let second = first + 1; second < first + calls; second += 1) {
        const end = endOf(await live({ channel, deeds, at: [first, second], pause: 1_000, housekeeping: true }));
        expect(ends, `after crashes at ${first} and ${second}`).toContain(end);
      }
  });
});

describe('an SMS beyond the provider’s memory', () => {
  it('is uncertain exactly when it was claimed and never recorded', async () => {
    const { calls, seen } = await live({ channel: 'sms', deeds: [], at: [], pause: 0, housekeeping: false });
    const uncertain: string[] = [];
    for (let at = 0; at < calls; at += 1) {
      const { world } = await live({ channel: 'sms', deeds: [], at: [at], pause: 10 * MINUTE, housekeeping: false });
      const { port, operation, moment } = seen[at]!;
      if (world.row().progress.status === 'uncertain') uncertain.push(`${moment} ${port}.${operation}`);
    }
    expect(uncertain).toEqual([
      'after deliveries.record',
      'before suppressions.find',
      'after suppressions.find',
      'before subjects.current',
      'after subjects.current',
      'before provider.send',
      'after provider.send',
      'before deliveries.record',
    ]);
  });
});
