/** The time of the storage service, which is the same for every process: slots and leases are kept by it. */
import type { Clock } from './ports.ts';

/** One row of a process's own. */
export type StorageTime = {
  /** Writes it; what it can be told apart by. */
  write(): Promise<string>;
  /** When the service wrote it, by its own clock; undefined when somebody else has written it since. */
  read(written: string): Promise<Date | undefined>;
};

export type StorageClock = Clock & {
  /** Makes sure that the time is known, and not from too long ago; rejects when it cannot be learnt the first time. */
  learn(): Promise<void>;
};

type Sample = { offset: number; roundTrip: number };

const LEARN_EVERY = 30_000;
const SAMPLES = 5;
/** A sample is off by half of its write at most; the guard of the slots forgives so much. */
export const EXACT = 200;
/** What two clocks may drift apart while samples are kept. */
const DRIFT = 50;

/** Milliseconds from monotonic time to the storage service's: of the last five samples the one whose write was the shortest. */
export const offsetOf = (samples: readonly Sample[]): number | undefined =>
  samples
    .slice(-SAMPLES)
    .toSorted((a, b) => a.roundTrip - b.roundTrip)
    .at(0)?.offset;

/** Where no offset fits both, this machine has stood still between them: the older one is over. */
const agree = (a: Sample, b: Sample): boolean =>
  Math.abs(a.offset - b.offset) <= (a.roundTrip + b.roundTrip) / 2 + DRIFT;

/** The monotonic clock carries the time from one sample to the next. Before the first it is the local time. */
export function storageClock(storage: StorageTime, local: Clock): StorageClock {
  let samples: readonly Sample[] = [];
  let learnt = -Infinity;
  let learning: Promise<void> | undefined;

  async function sample(): Promise<void> {
    const before = local.monotonic();
    const written = await storage.write();
    const after = local.monotonic();
    const timestamp = await storage.read(written);
    if (!timestamp) return;
    const newest = { offset: timestamp.getTime() - (before + after) / 2, roundTrip: after - before };
    samples = [...samples.filter((known) => agree(known, newest)), newest].slice(-SAMPLES);
  }

  async function sampleOrCarryOn(): Promise<void> {
    try {
      for (let tries = 0; tries < SAMPLES; tries += 1) {
        await sample();
        if (Math.min(...samples.map(({ roundTrip }) => roundTrip)) <= EXACT) break;
      }
      if (samples.length === 0) throw new Error('others write the row by which the storage service tells its time');
    } catch (error) {
      // What was learnt before still holds; whoever needs the tables next meets the outage itself.
      if (samples.length === 0) throw error;
    }
    learnt = local.monotonic();
  }

  return {
    ...local,
    now() {
      const offset = offsetOf(samples);
      return offset === undefined ? local.now() : new Date(local.monotonic() + offset);
    },
    async learn() {
      if (local.monotonic() - learnt < LEARN_EVERY) return;
      learning ??= sampleOrCarryOn().finally(() => (learning = undefined));
      return learning;
    },
  };
}
