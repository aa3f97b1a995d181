/** Remembers message ids for a window; time in ms. */
export interface DuplicateWindow {
  /** True when the id was seen inside the window; otherwise remembers it. */
  seen(messageId: string, now: number): boolean;
}

export interface DuplicateRecords {
  remember(messageId: string, until: number): void;
  forgetUntil(now: number): void;
}

/** `known`: ids from an earlier run with the time they are remembered until, oldest first. */
export function createDuplicateWindow(
  windowMs: number | undefined,
  records: DuplicateRecords,
  known: Iterable<readonly [string, number]> = [],
): DuplicateWindow {
  if (windowMs === undefined) return { seen: () => false };
  // The window is constant, so insertion order is the order of forgetting.
  const untilById = new Map(known);

  function forget(now: number): void {
    let forgot = false;
    for (const [id, until] of untilById) {
      if (until > now) break;
      untilById.delete(id);
      forgot = true;
    }
    if (forgot) records.forgetUntil(now);
  }

  return {
    seen(messageId, now) {
      forget(now);
      if (untilById.has(messageId)) return true;
      untilById.set(messageId, now + windowMs);
      records.remember(messageId, now + windowMs);
      return false;
    },
  };
}
