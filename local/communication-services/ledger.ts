import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { EmailRequest } from './email-request.ts';
import type { Channel } from './scenario.ts';
import { outcomeOf } from './send-outcome.ts';
import { createTally } from './tally.ts';

/** One request to the provider. Times are ISO strings in UTC everywhere in the ledger. */
export interface RequestRecord {
  readonly seq: number;
  readonly at: string;
  readonly method: string;
  readonly path: string;
  channel: Channel | 'email-status' | 'other';
  /** repeatabilityRequestIds or the Operation-Id. */
  attemptIds: string[];
  tag: string | null;
  /** The answer given; null while open, and for ever when there was none. */
  status: number | null;
  /** All of the answer was remembered from before. */
  replayed: boolean;
  /** Per recipient (SMS) or mail, when the request got so far. */
  answers: { attemptId: string | null; to: string; status: number; replayed: boolean; messageId: string | null }[];
  fault: string | null;
  end: 'open' | 'answered' | 'cut' | 'client-gone';
  endedAt: string | null;
}

/** What will have become of a message for one recipient once all reports are in. */
export interface Fate {
  readonly to: string;
  /** Status of the report with the latest provider time; null when no report ever comes. */
  readonly status: string | null;
  readonly code: string | null;
  readonly details: string;
  /** Reports that will be pushed. */
  readonly planned: number;
}

/** What the reports about one recipient said, as far as an endpoint took them. */
interface Reported {
  /** Of the report with the latest provider time. */
  readonly status: string;
  readonly details: string;
  readonly providerTime: string;
  /** The message arrived. */
  readonly good: boolean;
  readonly reports: number;
}

/** A message that a phone sent to one of our numbers. */
export interface InboundRecord {
  readonly seq: number;
  readonly at: string;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly message: string;
}

/** One message that the provider took: this is what a phone or a mailbox is charged with. */
export interface SendRecord {
  readonly seq: number;
  readonly at: string;
  readonly channel: Channel;
  readonly messageId: string;
  readonly attemptId: string | null;
  readonly tag: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly subject: string | null;
  readonly body: string;
  readonly segments: number | null;
  readonly hasHtml: boolean;
  readonly final: readonly Fate[];
  /** By recipient. */
  readonly reported: Record<string, Reported>;
}

export interface PushAttempt {
  readonly at: string;
  readonly endpoint: string;
  readonly deliveryCount: number;
  readonly status: number | null;
  readonly error: string | null;
}

export interface ReportRecord {
  readonly seq: number;
  readonly eventId: string;
  readonly type: string;
  readonly messageId: string;
  readonly attemptId: string | null;
  readonly tag: string | null;
  readonly to: string;
  readonly status: string;
  readonly providerTime: string;
  readonly dueAt: string;
  state: 'planned' | 'lost' | 'pushing' | 'delivered' | 'dead-lettered' | 'no-endpoint';
  readonly attempts: PushAttempt[];
}

type New<T> = Omit<T, 'seq'>;

const add = <T extends { seq: number }>(list: T[], entry: New<T>): T => {
  const record = { seq: list.length + 1, ...entry } as T;
  list.push(record);
  return record;
};

const isCall = ({ channel }: RequestRecord) => channel === 'sms' || channel === 'email';

/** Everything the stand-in did, in order, kept in memory. `seq` counts from 1 within each list. */
export function createLedger() {
  let state = emptyState();

  return {
    requests: (): readonly RequestRecord[] => state.requests,
    sends: (): readonly SendRecord[] => state.sends,
    reports: (): readonly ReportRecord[] => state.reports,
    inbound: (): readonly InboundRecord[] => state.inbound,
    addRequest(entry: New<RequestRecord>): RequestRecord {
      const record = add(state.requests, entry);
      state.tallies.channels.add(record.channel);
      state.tallies.ends.add(`${isCall(record)} open`);
      state.tallies.answers.add('open');
      return record;
    },
    /** The first end counts. */
    endRequest(record: RequestRecord, end: RequestRecord['end'], at: string) {
      if (record.end !== 'open' || state.requests[record.seq - 1] !== record) return;
      record.end = end;
      record.endedAt = at;
      state.tallies.ends.move(`${isCall(record)} open`, `${isCall(record)} ${end}`);
      state.tallies.answers.move('open', String(record.status ?? end));
      if (record.replayed) state.tallies.ends.add('replayed');
    },
    addSend(entry: New<SendRecord>, mail?: EmailRequest): SendRecord {
      const record = add(state.sends, entry);
      if (mail) state.mails.set(record.seq, deflateRawSync(JSON.stringify(mail)));
      state.tallies.sends.add(record.channel);
      state.tallies.outcomes.add(outcomeOf(record));
      return record;
    },
    /** A report about this recipient was taken by an endpoint. */
    noteReported(send: SendRecord, to: string, report: Omit<Reported, 'reports'>) {
      const before = outcomeOf(send);
      const known = send.reported[to];
      const newest = known && known.providerTime > report.providerTime ? known : report;
      send.reported[to] = { ...newest, reports: (known?.reports ?? 0) + 1 };
      state.tallies.outcomes.move(before, outcomeOf(send));
    },
    addReport(entry: New<ReportRecord>): ReportRecord {
      const record = add(state.reports, entry);
      state.tallies.reports.add(record.state);
      return record;
    },
    setReportState(record: ReportRecord, next: ReportRecord['state']) {
      state.tallies.reports.move(record.state, next);
      record.state = next;
    },
    addInbound: (entry: New<InboundRecord>) => add(state.inbound, entry),
    mail(seq: number): EmailRequest | undefined {
      const packed = state.mails.get(seq);
      return packed && (JSON.parse(inflateRawSync(packed).toString()) as EmailRequest);
    },
    counts() {
      const { channels, ends, answers, sends, outcomes, reports } = state.tallies;
      return {
        requests: {
          total: state.requests.length,
          byChannel: channels.all(),
          byStatus: answers.all(),
          replayed: ends.of('replayed'),
        },
        sends: { total: state.sends.length, byChannel: sends.all(), byOutcome: outcomes.all() },
        reports: { total: state.reports.length, byState: reports.all() },
        unanswered: ends.of('true open'),
        neverAnswered: ends.of('true cut') + ends.of('true client-gone'),
      };
    },
    clear() {
      state = emptyState();
    },
  };
}

const emptyState = () => ({
  requests: [] as RequestRecord[],
  sends: [] as SendRecord[],
  reports: [] as ReportRecord[],
  inbound: [] as InboundRecord[],
  mails: new Map<number, Buffer>(),
  tallies: {
    channels: createTally(),
    ends: createTally(),
    answers: createTally(),
    sends: createTally(),
    outcomes: createTally(),
    reports: createTally(),
  },
});

export type Ledger = ReturnType<typeof createLedger>;
