/** Time that passes only when nothing else can happen: one queue of things to do, each at its instant. */
export function virtualTime(start: Date) {
  let now = start.getTime();
  let count = 0;
  const due: { at: number; order: number; run: () => void }[] = [];

  function at(time: number, run: () => void): void {
    const entry = { at: Math.max(time, now), order: (count += 1), run };
    let low = 0;
    for (let high = due.length; low < high;) {
      const middle = (low + high) >> 1;
      if (due[middle]!.at <= entry.at) low = middle + 1;
      else high = middle;
    }
    due.splice(low, 0, entry);
  }

  return {
    now: () => now,
    at,
    after: (milliseconds: number, run: () => void) => at(now + milliseconds, run),
    wait: (milliseconds: number) => new Promise<void>((resolve) => at(now + milliseconds, resolve)),
    /** Lets time pass until `isOver`, which is asked between any two instants; false when `longest` has passed first. */
    async pass(isOver: () => boolean, longest: number): Promise<boolean> {
      const end = now + longest;
      for (let next = due.shift(); next; next = due.shift()) {
        if (next.at > end) return isOver();
        now = next.at;
        next.run();
        await otherCode();
        if (isOver()) return true;
      }
      return isOver();
    },
  };
}

export type VirtualTime = ReturnType<typeof virtualTime>;

/** Everything that waits for promises only has run when this ends. */
const otherCode = () => new Promise<void>((resolve) => setImmediate(resolve));
