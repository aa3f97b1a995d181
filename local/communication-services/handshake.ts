import { randomUUID } from 'node:crypto';
import { topic } from './events.ts';
import type { EventSchema } from './scenario.ts';
import type { Webhook } from './webhook.ts';

export interface Invitation {
  readonly url: string;
  readonly schema: EventSchema;
  readonly validationCode: string;
  /** Opening it validates the endpoint too. */
  readonly validationUrl: string;
  readonly at: string;
}

/**
 * Asks an endpoint whether it wants our events; null when it does, else what was wrong.
 * Sources: Azure Event Grid, "Endpoint validation with CloudEvents schema" and "with Event Grid event schema".
 */
export const handshake = (invitation: Invitation, call: Webhook): Promise<string | null> =>
  invitation.schema === 'CloudEventSchemaV1_0' ? askForOrigin(invitation, call) : sendValidationEvent(invitation, call);

async function askForOrigin({ url, validationUrl }: Invitation, call: Webhook): Promise<string | null> {
  const { status, headers } = await call(url, {
    method: 'OPTIONS',
    headers: {
      'WebHook-Request-Origin': 'eventgrid.azure.net',
      'WebHook-Request-Callback': validationUrl,
      'WebHook-Request-Rate': '120',
    },
  });
  const allowed = headers.get('WebHook-Allowed-Origin');
  if (status === 200 && (allowed === '*' || allowed?.toLowerCase() === 'eventgrid.azure.net')) return null;
  return `OPTIONS was answered ${status} with WebHook-Allowed-Origin ${allowed ?? 'absent'}`;
}

async function sendValidationEvent(invitation: Invitation, call: Webhook): Promise<string | null> {
  const { url, validationCode, validationUrl, at } = invitation;
  const { status, text } = await call(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'aeg-event-type': 'SubscriptionValidation' },
    body: JSON.stringify([
      {
        id: randomUUID(),
        topic,
        subject: '',
        data: { validationCode, validationUrl },
        eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent',
        eventTime: at,
        metadataVersion: '1',
        dataVersion: '2',
      },
    ]),
  });
  if (status === 200 && text.includes(`"${validationCode}"`)) return null;
  return `the validation event was answered ${status} without the validation code`;
}
