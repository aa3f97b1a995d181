import type { EventSchema, Scenario } from './scenario.ts';

/** An event before its envelope. Data keys are camel case, as in the types of @azure/eventgrid. */
export interface ProviderEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: Readonly<Record<string, unknown>>;
}

export const topic =
  '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/local/providers/microsoft.communication/communicationservices/local';

export function smsReport(report: {
  eventId: string;
  messageId: string;
  from: string;
  to: string;
  status: string;
  details: string;
  segments: number;
  time: string;
  tag: string | null;
}): ProviderEvent {
  const arrived = report.status === 'Delivered';
  return {
    id: report.eventId,
    type: 'Microsoft.Communication.SMSDeliveryReportReceived',
    subject: `/phonenumber/${report.from.replace('+', '')}`,
    time: report.time,
    data: {
      messageId: report.messageId,
      from: report.from,
      to: report.to,
      deliveryStatus: report.status,
      deliveryStatusDetails: report.details,
      deliveryAttempts: [
        {
          timestamp: report.time,
          segmentsSucceeded: arrived ? report.segments : 0,
          segmentsFailed: arrived ? 0 : report.segments,
        },
      ],
      receivedTimestamp: report.time,
      ...(report.tag === null ? {} : { tag: report.tag }),
    },
  };
}

export function emailReport(report: {
  eventId: string;
  messageId: string;
  internetMessageId: string;
  sender: string;
  recipient: string;
  status: string;
  details: string;
  time: string;
}): ProviderEvent {
  const attempted = report.status !== 'Suppressed';
  const host = report.recipient.slice(report.recipient.lastIndexOf('@') + 1);
  return {
    id: report.eventId,
    type: 'Microsoft.Communication.EmailDeliveryReportReceived',
    subject: `sender/${report.sender}/message/${report.messageId}`,
    time: report.time,
    data: {
      sender: report.sender,
      recipient: report.recipient,
      messageId: report.messageId,
      ...(attempted ? { internetMessageId: report.internetMessageId } : {}),
      status: report.status,
      deliveryStatusDetails: {
        statusMessage: report.details,
        ...(attempted ? { recipientMailServerHostName: `mx.${host}` } : {}),
      },
      deliveryAttemptTimestamp: report.time,
    },
  };
}

export function inboundSms(sms: {
  messageId: string;
  from: string;
  to: string;
  message: string;
  segments: number;
  time: string;
}): ProviderEvent {
  return {
    id: sms.messageId,
    type: 'Microsoft.Communication.SMSReceived',
    subject: `/phonenumber/${sms.to.replace('+', '')}`,
    time: sms.time,
    data: {
      messageId: sms.messageId,
      from: sms.from,
      to: sms.to,
      message: sms.message,
      receivedTimestamp: sms.time,
      segmentCount: sms.segments,
    },
  };
}

type KeyCase = Exclude<Scenario['reports']['keyCase'], 'mixed'>;

const docsKeys: Readonly<Record<string, string>> = {
  tag: 'Tag',
  deliveryAttemptTimestamp: 'deliveryAttemptTimeStamp',
};

const keyForms: Record<KeyCase, (key: string) => string> = {
  camel: (key) => key,
  pascal: (key) => key.charAt(0).toUpperCase() + key.slice(1),
  docs: (key) => docsKeys[key] ?? key,
};

function renameKeys(value: unknown, form: (key: string) => string): unknown {
  if (Array.isArray(value)) return value.map((one) => renameKeys(one, form));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [form(key), renameKeys(inner, form)]));
}

export const withKeyCase = (event: ProviderEvent, keyCase: KeyCase): ProviderEvent => ({
  ...event,
  data: renameKeys(event.data, keyForms[keyCase]) as Record<string, unknown>,
});

export function envelope(event: ProviderEvent, schema: EventSchema): Record<string, unknown> {
  const { id, subject, data } = event;
  return schema === 'EventGridSchema'
    ? {
        id,
        topic,
        subject,
        data,
        eventType: event.type,
        dataVersion: '1.0',
        metadataVersion: '1',
        eventTime: event.time,
      }
    : { id, source: topic, subject, data, type: event.type, time: event.time, specversion: '1.0' };
}
