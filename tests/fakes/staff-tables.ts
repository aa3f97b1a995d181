import { dayOf } from '../../shared/delivery-id.ts';
import { rejectedKey } from '../../shared/keys.ts';
import type {
  DeadLetterRow,
  DeadLetters,
  Failure,
  Failures,
  Rejected,
  RejectedEvents,
  StaffAction,
  StaffActions,
  Suppression,
  Suppressions,
  UnmatchedReport,
  UnmatchedReports,
} from '../../shared/ports.ts';
import { type OnCall, callsOf } from './calls.ts';

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
        if (!standing || standing.revision <= failure.revision) rows.set(failure.delivery, structuredClone(failure));
      }),
    ofDay: (day) => each('ofDay', () => [...rows.values()].filter(({ delivery }) => dayOf(delivery) === day)),
  };
}

export function fakeRejectedEvents(onCall: OnCall): RejectedEvents & { rows: Map<string, Rejected> } {
  const { call, each } = callsOf('rejectedEvents', onCall);
  const rows = new Map<string, Rejected>();
  const ofDay = (day: string) => [...rows.values()].filter(({ arrived }) => dayOfDate(arrived) === day);
  return {
    rows,
    put: (rejected) =>
      call('put', () => {
        const key = JSON.stringify([rejected.source, rejected.id, Buffer.from(rejected.body).toString('base64')]);
        if (!rows.has(key)) rows.set(key, structuredClone(rejected));
      }),
    ofDay: (day) => each('ofDay', () => ofDay(day)),
    outlinesOfDay: (day) =>
      each('outlinesOfDay', () =>
        ofDay(day).map(({ body, ...rejected }) => ({ ...rejected, key: rejectedKey({ ...rejected, body }).rowKey })),
      ),
    read: (day, key) => call('read', () => ofDay(day).find((rejected) => rejectedKey(rejected).rowKey === key)),
  };
}

export function fakeDeadLetters(onCall: OnCall): DeadLetters & { rows: Map<string, DeadLetterRow> } {
  const { call, each } = callsOf('deadLetters', onCall);
  const rows = new Map<string, DeadLetterRow>();
  return {
    rows,
    put: (row) => call('put', () => void rows.set(`${row.entity} ${row.sequenceNumber}`, structuredClone(row))),
    ofDay: (day) => each('ofDay', () => [...rows.values()].filter(({ enqueued }) => dayOfDate(enqueued) === day)),
  };
}

export function fakeUnmatchedReports(onCall: OnCall): UnmatchedReports & { rows: Map<string, UnmatchedReport> } {
  const { call, each } = callsOf('unmatchedReports', onCall);
  const rows = new Map<string, UnmatchedReport>();
  return {
    rows,
    put: (report) => call('put', () => void rows.set(report.reportId, structuredClone(report))),
    ofDay: (day) => each('ofDay', () => [...rows.values()].filter(({ at }) => dayOfDate(at) === day)),
  };
}

export function fakeSuppressions(onCall: OnCall): Suppressions & { rows: Map<string, Suppression> } {
  const { call, each } = callsOf('suppressions', onCall);
  const rows = new Map<string, Suppression>();
  return {
    rows,
    find: (channel, addresses) =>
      call('find', () => addresses.map((address) => rows.get(`${channel} ${address}`)).find(Boolean)),
    ofChannel: (channel) => each('ofChannel', () => [...rows.values()].filter((row) => row.channel === channel)),
    put: (suppression) =>
      call('put', () => void rows.set(`${suppression.channel} ${suppression.address}`, structuredClone(suppression))),
  };
}

export function fakeStaffActions(onCall: OnCall): StaffActions & { rows: StaffAction[] } {
  const { call, each } = callsOf('staffActions', onCall);
  const rows: StaffAction[] = [];
  return {
    rows,
    put: (action) => call('put', () => void rows.push(structuredClone(action))),
    ofDay: (day) => each('ofDay', () => rows.filter(({ at }) => dayOfDate(at) === day)),
  };
}
