import type { OnCall, PortCall } from './calls.ts';

export class Crash extends Error {}

/** Stops the run at its n-th port call, before or after it takes effect, and every call of the dying process after it. */
export const crashAt = (n: number): { onCall: OnCall; calls: PortCall[]; restart: () => void } => {
  const calls: PortCall[] = [];
  let dying = false;
  let dead = false;
  return {
    calls,
    restart: () => {
      dying = false;
      dead = true;
    },
    onCall: (call) => {
      if (dead) return;
      calls.push(call);
      if (calls.length === n) dying = true;
      if (dying) throw new Crash();
    },
  };
};
