/** The setting that lists our senders: JSON, checked, every fault with its path. */
import { z } from 'zod';
import { nameOf } from './scopes.ts';
import { ANYWHERE, QUOTAS, type QuotaWindow, type Sender, type SenderKind } from './senders.ts';

/** How a sender of each kind is written. */
const SHAPES: Record<SenderKind, { expected: string; shape: RegExp }> = {
  'toll-free': { expected: '+1800…, +1833…, +1844…, …', shape: /^\+18(?:00|33|44|55|66|77|88)\d{7}$/ },
  'short-code': { expected: 'five or six digits', shape: /^\d{5,6}$/ },
  'long-code': { expected: '+ and 7 to 15 digits', shape: /^\+\d{7,15}$/ },
  alphanumeric: { expected: 'up to 11 letters, digits and spaces', shape: /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/ },
  'custom-domain': { expected: 'a mail address', shape: z.regexes.html5Email },
  'azure-managed-domain': { expected: 'an address at ….azurecomm.net', shape: /^[^@\s]+@[^@\s]+\.azurecomm\.net$/i },
};

/** Where the provider lets toll-free numbers write to. */
const TOLL_FREE_REACH = ['US', 'CA', 'PR'];

const country = z
  .string()
  .regex(/^([A-Z]{2}|\*)$/, `expected an ISO 3166 country of two capital letters, or ${ANYWHERE}`);
const quotaWindow = z.strictObject({
  limit: z.number('expected a number').int().positive(),
  seconds: z.number('expected a number').positive(),
});
const quota = z
  .array(quotaWindow, 'expected a list of windows')
  .min(1, 'expected at least one')
  .superRefine((windows, context) => {
    for (const [index, { seconds }] of windows.entries())
      if (windows.findIndex((other) => other.seconds === seconds) < index)
        context.addIssue({ code: 'custom', path: [index, 'seconds'], message: 'stands there twice' });
  });

const senders = <Kind extends SenderKind>(kinds: readonly [Kind, ...Kind[]], everywhere: boolean) => {
  const sender = z
    .strictObject(
      {
        sender: z.string('expected a text'),
        kind: z.enum(kinds, `expected ${kinds.join(', ')}`),
        countries: z.array(country, 'expected a list of countries').min(1, 'expected at least one').optional(),
        quota: quota.optional(),
      },
      'expected sender, kind, countries and quota',
    )
    .superRefine(({ sender, kind, countries }, context) => {
      const { expected, shape } = SHAPES[kind];
      if (!shape.test(sender))
        context.addIssue({ code: 'custom', path: ['sender'], message: `expected ${expected} for ${kind}` });
      if (!countries && !everywhere && kind !== 'toll-free')
        context.addIssue({ code: 'custom', path: ['countries'], message: 'missing; which countries does it reach?' });
      if (kind === 'toll-free' && countries?.some((one) => !TOLL_FREE_REACH.includes(one)))
        context.addIssue({ code: 'custom', path: ['countries'], message: `expected ${TOLL_FREE_REACH.join(', ')}` });
    });
  return z.array(sender, 'expected a list').superRefine((all, context) => {
    for (const [index, { sender }] of all.entries())
      if (all.findIndex((other) => other.sender === sender) < index)
        context.addIssue({ code: 'custom', path: [index, 'sender'], message: 'stands there twice' });
    for (const [index, one] of all.entries()) {
      const first = all.findIndex((other) => other.kind === one.kind && nameOf(other) === nameOf(one));
      if (quotaKey(all[first]!) !== quotaKey(one))
        context.addIssue({
          code: 'custom',
          path: [index, 'quota'],
          message: `expected the same as [${first}].quota: all senders of kind ${one.kind} share one`,
        });
    }
  });
};

/** The same for the same windows in any order. */
const quotaKey = ({ kind, quota: own }: { kind: SenderKind; quota?: readonly QuotaWindow[] | undefined }): string =>
  JSON.stringify((own ?? QUOTAS[kind]).map(({ limit, seconds }) => [seconds, limit]).toSorted((a, b) => a[0]! - b[0]!));

const schema = z
  .strictObject(
    {
      sms: senders(['toll-free', 'short-code', 'long-code', 'alphanumeric'], false).default([]),
      email: senders(['custom-domain', 'azure-managed-domain'], true).default([]),
    },
    'expected an object with sms and email',
  )
  .refine(({ sms, email }) => sms.length + email.length > 0, 'expected at least one sender')
  .transform(({ sms, email }): readonly Sender[] => [
    ...sms.map((one): Sender => ({
      channel: 'sms',
      ...one,
      countries: one.countries ?? TOLL_FREE_REACH,
      quota: one.quota ?? QUOTAS[one.kind],
    })),
    ...email.map((one): Sender => ({
      channel: 'email',
      ...one,
      countries: one.countries ?? [ANYWHERE],
      quota: one.quota ?? QUOTAS[one.kind],
    })),
  ]);

/** `{"sms": [{"sender": "+18005550100", "kind": "toll-free"}], "email": [{"sender": …, "kind": "custom-domain"}]}` */
export const SENDERS_SETTING = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'expected JSON' });
      return z.NEVER;
    }
  })
  .pipe(schema);
