import { describe, expect, it } from 'vitest';
import { type Finding, type Gate, OPEN_GATE, gateAfter, opensAt, passageAt, probed } from '../../shared/gate.ts';
import { LIMITS } from '../../shared/limits.ts';

const limits = LIMITS.real;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const at = (milliseconds: number) => new Date(Date.parse('2026-11-20T13:00:00Z') + milliseconds);

/** What is found one after the other, in ms from the start. */
const after = (findings: readonly (readonly [number, Finding])[], start: Gate = OPEN_GATE): Gate =>
  findings.reduce((gate, [time, finding]) => gateAfter(gate, finding, at(time), limits), start);

const silent: Finding = { kind: 'silent' };
const answered: Finding = { kind: 'answered' };
const denied: Finding = { kind: 'our-fault', cause: 'access-denied' };
const throttled = (pause: number): Finding => ({ kind: 'throttled', pause });
const away = after([
  [0, silent],
  [10, silent],
  [20, silent],
]);

describe('a gate', () => {
  it('is open for everybody at first, and an answer changes nothing', () => {
    expect(passageAt(OPEN_GATE, at(0))).toEqual({ kind: 'open' });
    expect(gateAfter(OPEN_GATE, answered, at(0), limits)).toBe(OPEN_GATE);
    expect(opensAt(OPEN_GATE)).toEqual(new Date(0));
  });

  it('closes at the third silent call in a row, not at the second', () => {
    const two = after([
      [0, silent],
      [10, silent],
    ]);
    expect(passageAt(two, at(10))).toEqual({ kind: 'open' });
    expect(passageAt(away, at(20))).toEqual({
      kind: 'wait',
      until: at(20 + limits.probeEvery),
      cause: 'provider-away',
    });
    expect(
      passageAt(
        after(
          [
            [15, answered],
            [20, silent],
          ],
          two,
        ),
        at(20),
      ),
    ).toEqual({ kind: 'open' });
  });

  it('lets one probe through every half minute, to whoever is first', () => {
    const due = at(20 + limits.probeEvery);
    expect(probed(away, new Date(due.getTime() - 1), limits)).toBeUndefined();
    expect(passageAt(away, due)).toEqual({ kind: 'probe' });
    const won = probed(away, due, limits)!;
    expect(won.closed).toMatchObject({ probes: 1, next: new Date(due.getTime() + limits.probeEvery), since: at(20) });
    expect(probed(won, due, limits)).toBeUndefined();
    expect(passageAt(won, due)).toMatchObject({ kind: 'wait' });
    expect(probed(OPEN_GATE, due, limits)).toBeUndefined();
  });

  it('stays closed while probes are silent, and opens with the first answer', () => {
    const won = probed(away, at(20 + limits.probeEvery), limits)!;
    const still = gateAfter(won, silent, at(40 * SECOND), limits);
    expect(still.closed).toMatchObject({ since: at(20), probes: 1, next: at(40 * SECOND + limits.probeEvery) });
    expect(gateAfter(still, answered, at(80 * SECOND), limits)).toEqual(OPEN_GATE);
  });

  it('is probed no sooner because of a call that fell silent before', () => {
    const won = probed(away, at(20 + limits.probeEvery), limits)!;
    expect(gateAfter(won, silent, at(25), limits).closed!.next).toEqual(won.closed!.next);
  });

  it('is not opened by an answer from before it closed', () => {
    expect(gateAfter(away, answered, at(15), limits)).toBe(away);
    expect(gateAfter(away, answered, at(21), limits)).toEqual(OPEN_GATE);
  });

  it('is not opened by a refusal for quota from before it closed, which blocks it all the same', () => {
    const blockedUntil = at(15 + 5 * MINUTE);
    const both = gateAfter(away, throttled(5 * MINUTE), at(15), limits);
    expect(both).toEqual({ ...away, blockedUntil, strangers: 1, lastStranger: at(15) });
    expect(passageAt(both, blockedUntil)).toEqual({ kind: 'probe' });
  });

  it('closes at once when the provider refuses us, for ever longer while probes find the same', () => {
    const first = after([[0, denied]]);
    expect(first.closed).toEqual({ cause: 'access-denied', since: at(0), probes: 0, next: at(limits.pauseFirst) });
    let [gate, time] = [first, limits.pauseFirst];
    const pauses: number[] = [];
    for (let probes = 0; probes < 6; probes += 1) {
      gate = gateAfter(probed(gate, at(time), limits)!, denied, at(time), limits);
      pauses.push((gate.closed!.next.getTime() - at(time).getTime()) / MINUTE);
      time = gate.closed!.next.getTime() - at(0).getTime();
    }
    expect(pauses).toEqual([2, 4, 8, 10, 10, 10]);
  });

  it('is closed no longer by those who were on their way when it closed', () => {
    const many = after(Array.from({ length: 16 }, (_, index) => [index, denied] as const));
    expect(many.closed).toMatchObject({ probes: 0, since: at(0), next: at(15 + limits.pauseFirst) });
  });

  it('names the newest reason why it is closed', () => {
    const both = gateAfter(away, denied, at(MINUTE), limits);
    expect(both).toMatchObject({ silent: 0, closed: { cause: 'access-denied', since: at(MINUTE), probes: 0 } });
  });

  it('counts the probes of each reason anew', () => {
    let gate = away;
    for (let probes = 1; probes <= 5; probes += 1) gate = probed(gate, at(probes * MINUTE), limits)!;
    const { closed } = gateAfter(gate, denied, at(5 * MINUTE), limits);
    expect(closed).toMatchObject({ probes: 0, next: at(5 * MINUTE + limits.pauseFirst) });
  });
});

describe('a refusal for quota', () => {
  it('blocks until the provider said, never shorter than somebody else was told', () => {
    const blocked = after([
      [0, throttled(30 * SECOND)],
      [SECOND, throttled(5 * SECOND)],
    ]);
    expect(blocked.blockedUntil).toEqual(at(30 * SECOND));
    expect(passageAt(blocked, at(29_999))).toEqual({ kind: 'wait', until: at(30 * SECOND), cause: 'throttled' });
    expect(passageAt(blocked, at(30 * SECOND))).toEqual({ kind: 'open' });
    expect(after([[2 * SECOND, throttled(40 * SECOND)]], blocked).blockedUntil).toEqual(at(42 * SECOND));
  });

  it('is a stranger once, however many of us it meets while we are blocked', () => {
    const many = after(Array.from({ length: 16 }, (_, index) => [index, throttled(30 * SECOND)] as const));
    expect(many).toMatchObject({ strangers: 1, lastStranger: at(0) });
    expect(after([[31 * SECOND, throttled(SECOND)]], many)).toMatchObject({
      strangers: 2,
      lastStranger: at(31 * SECOND),
    });
  });

  it('shows that the provider is there', () => {
    expect(after([[MINUTE, throttled(SECOND)]], away)).toEqual({
      silent: 0,
      strangers: 1,
      lastStranger: at(MINUTE),
      blockedUntil: at(61 * SECOND),
    });
  });

  it('keeps a probe back that is due sooner', () => {
    const both = after([
      [0, throttled(5 * MINUTE)],
      [1, silent],
      [2, silent],
      [3, silent],
    ]);
    expect(passageAt(both, at(MINUTE))).toMatchObject({ kind: 'wait', until: at(5 * MINUTE) });
    expect(probed(both, at(MINUTE), limits)).toBeUndefined();
    expect(passageAt(both, at(5 * MINUTE))).toEqual({ kind: 'probe' });
    expect(opensAt(both)).toEqual(at(5 * MINUTE));
  });

  it('is forgotten by nothing but time', () => {
    const blocked = after([[0, throttled(30 * SECOND)]]);
    expect(gateAfter(blocked, answered, at(SECOND), limits)).toBe(blocked);
    expect(
      after(
        [
          [1, denied],
          [2, answered],
        ],
        blocked,
      ).blockedUntil,
    ).toEqual(at(30 * SECOND));
  });
});
