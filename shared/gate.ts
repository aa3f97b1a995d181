/** Whether a scope may be called at all: blocked for a while by a refusal, or closed until a probe gets through. Pure. */
import type { Cause } from './causes.ts';
import type { Limits } from './limits.ts';

/** Nobody calls before `next`, and then only who wins the probe. */
export type Closed = { cause: Cause; since: Date; probes: number; next: Date };

export type Gate = {
  /** The provider refused for quota until then. */
  blockedUntil?: Date;
  /** Calls in a row without a usable answer. */
  silent: number;
  closed?: Closed;
  /** Refusals for quota although the calendar was free: somebody else uses it. */
  strangers: number;
  lastStranger?: Date;
};

export const OPEN_GATE: Gate = { silent: 0, strangers: 0 };

/** What a call says about its scope. */
export type Finding =
  /** The provider answered about the message itself. */
  | { kind: 'answered' }
  | { kind: 'throttled'; pause: number }
  /** No usable answer, or nobody there. */
  | { kind: 'silent' }
  /** It refuses us, whatever the message. */
  | { kind: 'our-fault'; cause: Cause };

/** The gate after a finding; the same object when nothing changes. */
export function gateAfter(gate: Gate, finding: Finding, at: Date, limits: Limits): Gate {
  const { closed: _closed, ...others } = gate;
  // An answer from before it closed says nothing about what closed it.
  const opened = gate.closed && at < gate.closed.since ? gate : { ...others, silent: 0 };
  switch (finding.kind) {
    case 'answered':
      return gate.silent === 0 && !gate.closed ? gate : opened;
    case 'throttled': {
      const until = new Date(at.getTime() + finding.pause);
      const standing = gate.blockedUntil && gate.blockedUntil > until ? gate.blockedUntil : until;
      const isNew = !gate.blockedUntil || gate.blockedUntil <= at;
      return {
        ...opened,
        blockedUntil: standing,
        ...(isNew && { strangers: gate.strangers + 1, lastStranger: at }),
      };
    }
    case 'silent': {
      const silent = gate.silent + 1;
      if (!gate.closed && silent < limits.silentBeforeClosed) return { ...gate, silent };
      return { ...gate, silent, closed: closedBy('provider-away', gate.closed, at, limits.probeEvery) };
    }
    case 'our-fault': {
      const probes = gate.closed?.cause === finding.cause ? gate.closed.probes : 0;
      const pause = Math.min(limits.pauseLongest, limits.pauseFirst * 2 ** Math.min(probes, 30));
      return { ...gate, silent: 0, closed: closedBy(finding.cause, gate.closed, at, pause) };
    }
  }
}

function closedBy(cause: Cause, standing: Closed | undefined, at: Date, pause: number): Closed {
  const same = standing?.cause === cause ? standing : undefined;
  const next = new Date(Math.max(at.getTime() + pause, same?.next.getTime() ?? 0));
  return { cause, since: same?.since ?? at, probes: same?.probes ?? 0, next };
}

/** `wait`: until then nobody calls. `probe`: one may, who wins it. */
export type Passage = { kind: 'open' } | { kind: 'probe' } | { kind: 'wait'; until: Date; cause: Cause };

export function passageAt(gate: Gate, now: Date): Passage {
  const until = opensAt(gate);
  if (until > now) return { kind: 'wait', until, cause: gate.closed?.cause ?? 'throttled' };
  return { kind: gate.closed ? 'probe' : 'open' };
}

/** The gate once somebody has won the probe that is due; undefined when none is. */
export function probed(gate: Gate, now: Date, limits: Limits): Gate | undefined {
  const { closed } = gate;
  if (!closed || opensAt(gate) > now) return undefined;
  const next = new Date(now.getTime() + limits.probeEvery);
  return { ...gate, closed: { ...closed, probes: closed.probes + 1, next } };
}

/** No slot before then. */
export const opensAt = ({ blockedUntil, closed }: Gate): Date =>
  new Date(Math.max(blockedUntil?.getTime() ?? 0, closed?.next.getTime() ?? 0));
