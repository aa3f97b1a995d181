import { chance } from './chance.ts';
import type { Channel, Fault } from './scenario.ts';
import { type Magic, magicOf } from './magic-recipients.ts';

interface Rule {
  readonly fault: Fault;
  readonly setAt: number;
  met: number;
}

export interface FaultSettings {
  readonly seed: number;
  readonly magicRecipients: boolean;
}

const whole = (fault: Fault) => fault.kind !== 'recipient';
const single = (fault: Fault) => fault.kind === 'recipient';

/**
 * Which fault a request meets: those of its recipients first, then the rules in their order.
 * A share is drawn by address and by how often it was drawn for before, so runs can be repeated.
 */
export function createFaults(now: () => number, settings: () => FaultSettings) {
  let rules: Rule[] = [];
  const metOnce = new Set<string>();
  const draws = new Map<string, number>();

  const active = ({ fault, setAt, met }: Rule, time: number) =>
    time >= setAt + fault.from * 1000 &&
    (fault.seconds === undefined || time < setAt + (fault.from + fault.seconds) * 1000) &&
    (fault.count === undefined || met < fault.count);

  function magicFault(channel: Channel, address: string, accepts: (fault: Fault) => boolean): Fault | undefined {
    const magic: Magic | undefined = settings().magicRecipients ? magicOf(channel, address) : undefined;
    if (!magic?.fault || !accepts(magic.fault)) return undefined;
    if (magic.once) {
      if (metOnce.has(`${channel} ${address}`)) return undefined;
      metOnce.add(`${channel} ${address}`);
    }
    return magic.fault;
  }

  function ruleFault(
    channel: Channel | 'opt-outs',
    address: string,
    accepts: (fault: Fault) => boolean,
  ): Fault | undefined {
    const drawn = channel === 'opt-outs' ? `opt-outs ${address}` : address;
    const draw = (draws.get(drawn) ?? 0) + 1;
    draws.set(drawn, draw);
    for (const [index, rule] of rules.entries()) {
      const { fault } = rule;
      if (!active(rule, now()) || !accepts(fault)) continue;
      if (fault.channel && fault.channel !== channel) continue;
      if (fault.share < 1 && chance(settings().seed, 'fault', String(index), address, String(draw)) >= fault.share)
        continue;
      rule.met += 1;
      return fault;
    }
    return undefined;
  }

  return {
    /** Replaces the rules; their times and counts start now. */
    set(faults: readonly Fault[]) {
      rules = faults.map((fault) => ({ fault, setAt: now(), met: 0 }));
    },
    add(fault: Fault) {
      rules.push({ fault, setAt: now(), met: 0 });
    },
    list: () => rules.map((rule) => ({ ...rule.fault, met: rule.met, active: active(rule, now()) })),
    /** The fault of the whole request, if any. */
    ofRequest(channel: Channel, addresses: readonly string[]): Fault | undefined {
      for (const address of addresses) {
        const fault = magicFault(channel, address, whole);
        if (fault) return fault;
      }
      return ruleFault(channel, addresses[0] ?? '', whole);
    },
    /** The refusal of one recipient, if any. Magic recipients mean nothing to opt-outs. */
    ofRecipient(address: string, channel: 'sms' | 'opt-outs'): Extract<Fault, { kind: 'recipient' }> | undefined {
      const magic = channel === 'sms' ? magicFault(channel, address, single) : undefined;
      const fault = magic ?? ruleFault(channel, address, single);
      return fault?.kind === 'recipient' ? fault : undefined;
    },
    forget() {
      metOnce.clear();
      draws.clear();
    },
  };
}

export type Faults = ReturnType<typeof createFaults>;
