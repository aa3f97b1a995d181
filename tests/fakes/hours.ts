import type { Hours, KnownHour } from '../../shared/ports.ts';
import { type OnCall, callsOf } from './calls.ts';

export function fakeHours(onCall: OnCall): Hours & { rows: Map<string, KnownHour> } {
  const { call } = callsOf('hours', onCall);
  const rows = new Map<string, KnownHour>();
  let writes = 0;
  const write = (hour: string, next: Date | undefined) => {
    writes += 1;
    rows.set(hour, { hour, ...(next ? { next } : {}), etag: `W/"${writes}"` });
  };
  return {
    rows,
    known: (from) =>
      call('known', () =>
        [...rows.values()].filter(({ hour }) => hour >= from).toSorted((a, b) => (a.hour < b.hour ? -1 : 1)),
      ),
    record: (hour, next, seen) =>
      call('record', () => {
        if (rows.get(hour)?.etag !== seen?.etag) return false;
        write(hour, next);
        return true;
      }),
    removeBefore: (before) =>
      call('removeBefore', () => {
        const old = [...rows.keys()].filter((hour) => hour < before);
        for (const hour of old) rows.delete(hour);
        return old.length;
      }),
    reopen: (hour) => call('reopen', () => write(hour, new Date(0))),
  };
}
