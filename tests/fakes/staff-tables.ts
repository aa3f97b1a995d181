import { dayOf } from '../../shared/delivery-id.ts';
import { deadLetterKey, rejectedKey } from '../../shared/keys.ts';
import type {
  DeadLetterRow,
  DeadLetters,
  Failure,
  Failures,
  Rejected,
  RejectedEvents,
  Retried,
  StoredRejected,
  StaffAction,
  StaffActions,
  StoredSuppression,
  Suppressions,
  UnmatchedReport,
  UnmatchedReports,
} from '../../shared/ports.ts';
import { type OnCall, callsOf } from './calls.ts';
import { copied } from './copied.ts';

const dayOfDate = (date: Date) => date.toISOString().slice(0, 10);

export function fakeFailures(onCall: OnCall): Failures & { rows: Map<string, Failure> } {
  const { call, each } = callsOf('failures', onCall);
  const rows = new Map<string, Failure>();
  return {
    rows,
    read: (delivery) => call('read', () => rows.get(delivery)),
    put: (failure) =>
      call('put', () => {
        const standing = rows.get(failure.delivery);
        if (!standing || standing.revision <= failure.revision) rows.set(failure.delivery, copied(failure));
      }),
    ofDay: (day) => each('ofDay', () => [...rows.values()].filter(({ delivery }) => dayOf(delivery) === day)),
  };
}

/** `rows` holds each as it first came, but for its reasons; `retries` and `times` by its key. */
export function fakeRejectedEvents(onCall: OnCall): RejectedEvents & { rows: Map<string, Rejected> } {
  const { call, each } = callsOf('rejectedEvents', onCall);
  const rows = new Map<string, Rejected>();
  const times = new Map<string, number>();
  const retries = new Map<string, Retried>();
  const ofDay = (day: string) => [...rows.values()].filter(({ arrived }) => dayOfDate(arrived) === day);
  const stored = (rejected: Rejected): StoredRejected => {
    const { rowKey } = rejectedKey(rejected);
    const retried = retries.get(rowKey);
    return { ...rejected, times: times.get(rowKey) ?? 1, ...(retried ? { retried } : {}) };
  };
  return {
    rows,
    put: (rejected) =>
      call('put', () => {
        const { rowKey } = rejectedKey(rejected);
        const standing = rows.get(rowKey);
        rows.set(rowKey, copied({ ...rejected, ...standing, reasons: rejected.reasons }));
        times.set(rowKey, (times.get(rowKey) ?? 0) + 1);
      }),
    ofDay: (day) => each('ofDay', () => ofDay(day).map(stored)),
    outlinesOfDay: (day) =>
      each('outlinesOfDay', () =>
        ofDay(day).map((rejected) => {
          const { body: _body, ...outline } = stored(rejected);
          return { ...outline, key: rejectedKey(rejected).rowKey };
        }),
      ),
    read: (day, key) =>
      call('read', () => {
        const found = ofDay(day).find((rejected) => rejectedKey(rejected).rowKey === key);
        return found && stored(found);
      }),
    retried: (_day, key, retried) => call('retried', () => void retries.set(key, copied(retried))),
  };
}

export function fakeDeadLetters(onCall: OnCall): DeadLetters & { rows: Map<string, DeadLetterRow> } {
  const { call, each } = callsOf('deadLetters', onCall);
  const rows = new Map<string, DeadLetterRow>();
  return {
    rows,
    put: (row) => call('put', () => void rows.set(deadLetterKey(row).rowKey, copied(row))),
    ofDay: (day) => each('ofDay', () => [...rows.values()].filter(({ enqueued }) => dayOfDate(enqueued) === day)),
  };
}

export function fakeUnmatchedReports(onCall: OnCall): UnmatchedReports & { rows: Map<string, UnmatchedReport> } {
  const { call, each } = callsOf('unmatchedReports', onCall);
  const rows = new Map<string, UnmatchedReport>();
  return {
    rows,
    put: (report) => call('put', () => void rows.set(report.reportId, copied(report))),
    ofDay: (day) => each('ofDay', () => [...rows.values()].filter(({ at }) => dayOfDate(at) === day)),
  };
}

export function fakeSuppressions(onCall: OnCall): Suppressions & { rows: Map<string, StoredSuppression> } {
  const { call, each } = callsOf('suppressions', onCall);
  const rows = new Map<string, StoredSuppression>();
  let writes = 0;
  return {
    rows,
    find: (channel, addresses) =>
      call('find', () =>
        addresses.map((address) => rows.get(`${channel} ${address}`)).filter((row) => row !== undefined),
      ),
    ofChannel: (channel) => each('ofChannel', () => [...rows.values()].filter((row) => row.channel === channel)),
    record: (suppression, seen) =>
      call('record', () => {
        const key = `${suppression.channel} ${suppression.address}`;
        if (rows.get(key)?.etag !== seen?.etag) return false;
        rows.set(key, { ...copied(suppression), etag: `W/"${(writes += 1)}"` });
        return true;
      }),
  };
}

export function fakeStaffActions(onCall: OnCall): StaffActions & { rows: StaffAction[] } {
  const { call, each } = callsOf('staffActions', onCall);
  const rows: StaffAction[] = [];
  return {
    rows,
    put: (action) => call('put', () => void rows.push(copied(action))),
    ofDay: (day) => each('ofDay', () => rows.filter(({ at }) => dayOfDate(at) === day)),
  };
}
