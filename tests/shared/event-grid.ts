/** Delivery reports as the provider's documentation and SDK types show them, samples that disagree included. */

export type Envelope = 'cloud-events' | 'event-grid' | 'event-grid, Pascal-case data' | 'cloud-events, data as text';
export const ENVELOPES: readonly Envelope[] = [
  'cloud-events',
  'event-grid',
  'event-grid, Pascal-case data',
  'cloud-events, data as text',
];

const SOURCE =
  '/subscriptions/s/resourceGroups/rg/providers/microsoft.communication/communicationservices/acs-nordlicht';

export function smsReport(
  data: Record<string, unknown>,
  { id = 'report-1', envelope = 'event-grid' }: { id?: string; envelope?: Envelope } = {},
): Record<string, unknown> {
  return wrap('Microsoft.Communication.SMSDeliveryReportReceived', '/phonenumber/18005550100', id, envelope, {
    messageId: 'Outgoing_20261120130000',
    from: '18005550100',
    to: '4915112345667',
    deliveryStatus: 'Delivered',
    deliveryStatusDetails: '2000: No Error',
    deliveryAttempts: [{ timestamp: '2026-11-20T13:00:05Z', segmentsSucceeded: 1, segmentsFailed: 0 }],
    receivedTimestamp: '2026-11-20T13:00:07.1234567Z',
    ...data,
  });
}

export function emailReport(
  data: Record<string, unknown>,
  { id = 'report-1', envelope = 'event-grid' }: { id?: string; envelope?: Envelope } = {},
): Record<string, unknown> {
  return wrap('Microsoft.Communication.EmailDeliveryReportReceived', 'sender/news/message/m', id, envelope, {
    sender: 'news@nordlicht.example',
    recipient: 'anna.muster@example.com',
    internetMessageId: '<m@nordlicht.example>',
    status: 'Delivered',
    deliveryStatusDetails: { statusMessage: '', recipientMailServerHostName: 'mx.example.com' },
    deliveryAttemptTimestamp: '2026-11-20T13:02:22+00:00',
    ...data,
  });
}

function wrap(
  type: string,
  subject: string,
  id: string,
  envelope: Envelope,
  data: Record<string, unknown>,
): Record<string, unknown> {
  const time = '2026-11-20T13:05:00.0000000Z';
  switch (envelope) {
    case 'event-grid':
      return {
        id,
        topic: SOURCE,
        subject,
        eventType: type,
        dataVersion: '1.0',
        metadataVersion: '1',
        eventTime: time,
        data,
      };
    case 'event-grid, Pascal-case data':
      return { ID: id, Topic: SOURCE, Subject: subject, EventType: type, EventTime: time, Data: pascalCase(data) };
    case 'cloud-events':
      return { specversion: '1.0', id, source: SOURCE, subject, type, time, data };
    case 'cloud-events, data as text':
      return { specversion: '1.0', id, source: SOURCE, subject, type, time, data: JSON.stringify(data) };
  }
}

function pascalCase(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name.slice(0, 1).toUpperCase() + name.slice(1), pascalCase(field)]),
  );
}
