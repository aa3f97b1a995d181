import { z } from 'zod';
import { type Answer, answer, refusal } from './answer.ts';

const recipient = z.strictObject({
  to: z.string(),
  repeatabilityRequestId: z.string().optional(),
  repeatabilityFirstSent: z.string().optional(),
});

const smsBody = z.strictObject({
  from: z.string(),
  smsRecipients: z.array(recipient).min(1).max(100),
  message: z.string().min(1).max(2048),
  smsSendOptions: z.strictObject({ enableDeliveryReport: z.boolean(), tag: z.string().optional() }).optional(),
});

export type SmsRequest = z.output<typeof smsBody>;
export type SmsRecipient = z.output<typeof recipient>;

export const isPhoneNumber = (text: string): boolean => /^\+[1-9]\d{6,14}$/.test(text);

/** An E.164 number, a short code of 5 or 6 digits, or an alphanumeric name of at most 11 characters with a letter. */
const isSmsSender = (text: string): boolean =>
  isPhoneNumber(text) || /^\d{5,6}$/.test(text) || /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(text);

/** Repeatability ids are 36-character GUIDs of any version. */
export const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** IMF-fixdate, such as `Fri, 20 Nov 2026 13:12:07 GMT`. */
export const isHttpDate = (text: string): boolean =>
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) && !Number.isNaN(Date.parse(text));

const problem = (errors: Record<string, string[]>): Answer =>
  answer(400, {
    type: 'https://tools.ietf.org/html/rfc7231#section-6.5.1',
    title: 'One or more validation errors occurred.',
    status: 400,
    errors,
  });

/** The request, or the refusal of all of it. A bad recipient is refused by itself later. */
export function parseSmsRequest(
  body: unknown,
  owned: readonly string[] | null,
): { request: SmsRequest } | { refused: Answer } {
  const result = smsBody.safeParse(body);
  if (!result.success) {
    const errors: Record<string, string[]> = {};
    for (const issue of result.error.issues) (errors[issue.path.join('.') || 'body'] ??= []).push(issue.message);
    return { refused: problem(errors) };
  }
  const request = result.data;
  if (!isSmsSender(request.from)) {
    return { refused: answer(400, { From: ['Invalid from phone number format.'] }) };
  }
  if (owned && !owned.includes(request.from)) return { refused: refusal(401, 'Unauthorized', '') };
  return { request };
}
