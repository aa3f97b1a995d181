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
export const isSmsSender = (text: string): boolean =>
  isPhoneNumber(text) || /^\d{5,6}$/.test(text) || /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/.test(text);

/** Repeatability ids are 36-character GUIDs of any version. */
export const isGuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

/** IMF-fixdate, such as `Fri, 20 Nov 2026 13:12:07 GMT`. */
export const isHttpDate = (text: string): boolean =>
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text) && !Number.isNaN(Date.parse(text));

/** The refusal of a body, as ProblemDetails with the faults by path. */
export function problem({ issues }: z.ZodError): Answer {
  const errors: Record<string, string[]> = {};
  for (const issue of issues) (errors[issue.path.join('.') || 'body'] ??= []).push(issue.message);
  return answer(400, {
    type: 'https://tools.ietf.org/html/rfc7231#section-6.5.1',
    title: 'One or more validation errors occurred.',
    status: 400,
    errors,
  });
}

export const invalidSender: Answer = answer(400, { From: ['Invalid from phone number format.'] });

/** The request, or the refusal of all of it. A bad recipient is refused by itself later. */
export function parseSmsRequest(
  body: unknown,
  owned: readonly string[] | null,
): { request: SmsRequest } | { refused: Answer } {
  const result = smsBody.safeParse(body);
  if (!result.success) return { refused: problem(result.error) };
  const request = result.data;
  if (!isSmsSender(request.from)) return { refused: invalidSender };
  if (owned && !owned.includes(request.from)) return { refused: refusal(401, 'Unauthorized', '') };
  return { request };
}
