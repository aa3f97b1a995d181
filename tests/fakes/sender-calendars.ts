import type { SenderCalendars, StoredCalendar } from '../../shared/bookings.ts';
import type { Scope } from '../../shared/scopes.ts';
import type { StorageTime } from '../../shared/storage-clock.ts';
import type { ChannelSwitch, ChannelSwitches } from '../../shared/switches.ts';
import { type OnCall, callsOf } from './calls.ts';
import { copied } from './copied.ts';

const keyOf = ({ kind, name }: Pick<Scope, 'kind' | 'name'>): string => `${kind} ${name}`;

/** `rows` is the table itself: look at it, or put a row there. */
export function fakeSenderCalendars(onCall: OnCall): SenderCalendars & { rows: Map<string, StoredCalendar> } {
  const { call } = callsOf('senderCalendars', onCall);
  const rows = new Map<string, StoredCalendar>();
  let writes = 0;
  return {
    rows,
    read: (scope) => call('read', () => rows.get(keyOf(scope))),
    write: (scope, state, seen) =>
      call('write', () => {
        if (rows.get(keyOf(scope))?.etag !== seen) return undefined;
        const etag = `W/"${(writes += 1)}"`;
        rows.set(keyOf(scope), { etag, state: copied(state) });
        return etag;
      }),
  };
}

export function fakeChannelSwitches(onCall: OnCall): ChannelSwitches & { rows: Map<string, ChannelSwitch> } {
  const { call } = callsOf('channelSwitches', onCall);
  const rows = new Map<string, ChannelSwitch>();
  return {
    rows,
    read: (channel) => call('read', () => rows.get(channel)),
    put: (row) => call('put', () => void rows.set(row.channel, copied(row))),
  };
}

/** @param now the service's own clock */
export function fakeStorageTime(now: () => Date, onCall: OnCall): StorageTime {
  const { call } = callsOf('storageTime', onCall);
  let last: { mark: string; at: Date } | undefined;
  let writes = 0;
  return {
    write: () =>
      call('write', () => {
        last = { mark: String((writes += 1)), at: now() };
        return last.mark;
      }),
    read: (written) => call('read', () => (last?.mark === written ? last.at : undefined)),
  };
}
