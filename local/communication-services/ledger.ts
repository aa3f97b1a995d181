import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { EmailRequest } from './email-request.ts';
import type { Channel } from './scenario.ts';

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

/** Everything the stand-in did, in order, kept in memory. `seq` counts from 1 within each list. */
export function createLedger() {
  let requests: RequestRecord[] = [];
  let sends: SendRecord[] = [];
  let reports: ReportRecord[] = [];
  let inbound: InboundRecord[] = [];
  const mails = new Map<number, Buffer>();
  const byMessageId = new Map<string, SendRecord[]>();

  return {
    requests: () => requests,
    sends: () => sends,
    reports: () => reports,
    inbound: () => inbound,
    addRequest: (entry: New<RequestRecord>) => add(requests, entry),
    addInbound: (entry: New<InboundRecord>) => add(inbound, entry),
    addReport: (entry: New<ReportRecord>) => add(reports, entry),
    addSend(entry: New<SendRecord>, mail?: EmailRequest): SendRecord {
      const record = add(sends, entry);
      byMessageId.set(record.messageId, [...(byMessageId.get(record.messageId) ?? []), record]);
      if (mail) mails.set(record.seq, deflateRawSync(JSON.stringify(mail)));
      return record;
    },
    sendsOf: (messageId: string): readonly SendRecord[] => byMessageId.get(messageId) ?? [],
    mail(seq: number): EmailRequest | undefined {
      const packed = mails.get(seq);
      return packed && (JSON.parse(inflateRawSync(packed).toString()) as EmailRequest);
    },
    clear() {
      requests = [];
      sends = [];
      reports = [];
      inbound = [];
      mails.clear();
      byMessageId.clear();
    },
  };
}

export type Ledger = ReturnType<typeof createLedger>;
