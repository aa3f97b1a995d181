import { EmailClient, type EmailMessage } from '@azure/communication-email';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { EmailContent } from '../delivery.ts';
import type { EmailProvider, SendRequest } from '../ports.ts';
import { type CommunicationServicesSettings, connectionOf, oneCall, oneCallOptions } from './one-call.ts';

/** The one that the client speaks. */
const API_VERSION = '2025-09-01';

/**
 * `beginSend` asks for the operation's status at once, which eats a quota and fails calls that were taken. The client
 * then rejects, but what counts is the answer that came over the wire.
 */
const neverPolls: PipelinePolicy = {
  name: 'neverPolls',
  sendRequest(request, next) {
    if (request.method !== 'POST') throw new Error('a send does not ask for a status');
    return next(request);
  },
};

/** @throws on settings that cannot be used, without repeating them */
export function emailProvider(settings: CommunicationServicesSettings): EmailProvider {
  const connection = connectionOf(settings);
  const { endpoint, credential } = connection;
  const sender = new EmailClient(
    endpoint,
    credential,
    oneCallOptions(connection, [{ policy: neverPolls, position: 'perRetry' }]),
  );
  const asker = new EmailClient(endpoint, credential, oneCallOptions(connection, []));
  return {
    async send(request, timeout) {
      const { attempt, content } = request;
      if (content.channel !== 'email') return { kind: 'not-reached', code: 'not-a-mail' };
      return oneCall(timeout, (abortSignal) =>
        sender.beginSend(mailOf(request, content), { operationId: attempt, abortSignal }),
      );
    },
    status(attempt, timeout) {
      const operationLocation = `${endpoint}/emails/operations/${attempt}?api-version=${API_VERSION}`;
      const resumeFrom = JSON.stringify({ state: { status: 'running', config: { operationLocation } } });
      return oneCall(timeout, (abortSignal) => asker.beginSend(NO_MAIL, { resumeFrom, abortSignal }));
    },
  };
}

/** A resumed operation is only asked about; the client leaves out the body. */
const NO_MAIL = undefined as unknown as EmailMessage;

/** The service refuses a Message-ID that it has seen, when asked to ("Email headers" in the ACS documentation). */
function mailOf(
  { attempt, sender, address }: SendRequest,
  { subject, html, text, replyTo, attachments }: EmailContent,
): EmailMessage {
  return {
    senderAddress: sender,
    content: { subject, html, plainText: text },
    recipients: { to: [{ address }] },
    ...(replyTo !== undefined && { replyTo: [{ address: replyTo }] }),
    ...(attachments && {
      attachments: attachments.map(({ name, contentType, text: body }) => ({
        name,
        contentType,
        contentInBase64: Buffer.from(body).toString('base64'),
      })),
    }),
    headers: {
      'Message-ID': `<${attempt}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
      'x-ms-acsemail-validate-message-id': 'true',
    },
  };
}
