import { z } from 'zod';
import { type Answer, refusal } from './answer.ts';
import { attachment } from './attachments.ts';
import { isGuid } from './sms-request.ts';

const isMailAddress = (text: string): boolean => /^[^\s@<>"]{1,64}@[^\s@<>"]+\.[^\s@<>".]+$/.test(text);

const address = z.strictObject({
  address: z.string().refine(isMailAddress, 'not a mail address'),
  displayName: z.string().optional(),
});
const addresses = z.array(address).default([]);

const emailBody = z.strictObject({
  senderAddress: z.string().refine(isMailAddress, 'not a mail address'),
  content: z
    .strictObject({ subject: z.string().min(1), plainText: z.string().optional(), html: z.string().optional() })
    .refine((content) => content.plainText || content.html, 'plainText or html is required'),
  recipients: z
    .strictObject({ to: addresses, cc: addresses, bcc: addresses })
    .refine(({ to, cc, bcc }) => to.length + cc.length + bcc.length > 0, 'at least one recipient is required')
    .refine(({ to, cc, bcc }) => to.length + cc.length + bcc.length <= 50, 'at most 50 recipients'),
  attachments: z.array(attachment).default([]),
  replyTo: addresses,
  headers: z.record(z.string(), z.string()).default({}),
  userEngagementTrackingDisabled: z.boolean().optional(),
});

export type EmailRequest = z.output<typeof emailBody>;

export const recipientsOf = ({ recipients: { to, cc, bcc } }: EmailRequest): string[] =>
  [...to, ...cc, ...bcc].map((one) => one.address);

const header = (request: EmailRequest, name: string): string | undefined =>
  Object.entries(request.headers).find(([key]) => key.toLowerCase() === name)?.[1];

/** The Message-ID that must be well formed and new, when the mail asks for that check ("Email headers", ACS docs). */
export const validatedMessageId = (request: EmailRequest): string | undefined =>
  header(request, 'x-ms-acsemail-validate-message-id')?.toLowerCase() === 'true'
    ? (header(request, 'message-id') ?? '')
    : undefined;

const isMessageId = (text: string): boolean => /^<[^\s<>@]+@[^\s<>@]+>$/.test(text);

/** The request, or its refusal. `owned`: addresses or domains that are linked; null: all. */
export function parseEmailRequest(
  body: unknown,
  operationId: string | undefined,
  owned: readonly string[] | null,
): { request: EmailRequest } | { refused: Answer } {
  if (operationId !== undefined && !isGuid(operationId)) {
    return { refused: refusal(400, 'BadRequest', 'Operation-Id must be a UUID.') };
  }
  const result = emailBody.safeParse(body);
  if (!result.success) {
    const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
    return { refused: refusal(400, 'BadRequest', `Request body validation error. ${faults.join('; ')}`) };
  }
  const request = result.data;
  const domain = request.senderAddress.slice(request.senderAddress.lastIndexOf('@') + 1);
  if (owned && !owned.includes(request.senderAddress) && !owned.includes(domain)) {
    return { refused: refusal(404, 'DomainNotLinked', 'The specified sender domain has not been linked.') };
  }
  const messageId = validatedMessageId(request);
  if (messageId !== undefined && !isMessageId(messageId)) {
    return { refused: refusal(400, 'BadRequest', 'The Message-ID header is missing or not well formed.') };
  }
  return { request };
}
