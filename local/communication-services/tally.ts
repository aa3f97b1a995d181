/** Counts by name, kept up to date as things change, so that asking costs nothing however long the run. */
export function createTally() {
  const counts = new Map<string, number>();
  const change = (name: string, by: number) => {
    const count = (counts.get(name) ?? 0) + by;
    if (count === 0) counts.delete(name);
    else counts.set(name, count);
  };
  return {
    add: (name: string) => change(name, 1),
    move(from: string, to: string) {
      change(from, -1);
      change(to, 1);
    },
    of: (name: string): number => counts.get(name) ?? 0,
    all: (): Record<string, number> => Object.fromEntries(counts),
  };
}
