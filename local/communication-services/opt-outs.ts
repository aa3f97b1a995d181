import { z } from 'zod';
import { type Answer, answer, refusal } from './answer.ts';
import type { Faults } from './faults.ts';
import type { Recipients } from './recipients.ts';
import { invalidSender, isPhoneNumber, isSmsSender, problem } from './sms-request.ts';

const optOutBody = z.strictObject({
  from: z.string().min(1),
  recipients: z
    .array(z.strictObject({ to: z.string().min(1) }))
    .min(1)
    .max(100),
});

export const optOutActions = ['add', 'remove', 'check'] as const;

export type OptOutAction = (typeof optOutActions)[number];

/** One element of the answer's `value`; `isOptedOut` only where it was checked. */
interface OptOutResult {
  readonly to: string;
  readonly httpStatusCode: number;
  readonly isOptedOut?: boolean;
  readonly errorMessage?: string;
}

export interface OptOutsOptions {
  readonly recipients: Recipients;
  readonly faults: Faults;
  /** Senders that are ours; null: all. */
  readonly owned: () => readonly string[] | null;
}

/**
 * `POST /sms/optouts:add | :remove | :check`: the records that STOP and START write too, by sender and recipient.
 * Source: azure-rest-api-specs, Sms/stable/2025-09-17 and 2026-01-23.
 */
export function createOptOuts({ recipients, faults, owned }: OptOutsOptions) {
  function resultOf(action: OptOutAction, from: string, to: string): OptOutResult {
    if (!isPhoneNumber(to)) {
      return { to, httpStatusCode: 400, errorMessage: 'Invalid recipient phone number format' };
    }
    const fault = faults.ofRecipient(to, 'opt-outs');
    if (fault) return { to, httpStatusCode: fault.status, errorMessage: fault.message };
    if (action === 'check') return { to, httpStatusCode: 200, isOptedOut: recipients.isOptedOut(from, to) };
    if (action === 'add') recipients.optOut(from, to);
    else recipients.optIn(from, to);
    return { to, httpStatusCode: 200 };
  }

  return function handle(action: OptOutAction, body: unknown): Answer {
    const parsed = optOutBody.safeParse(body);
    if (!parsed.success) return problem(parsed.error);
    const { from } = parsed.data;
    if (!isSmsSender(from)) return invalidSender;
    if (owned()?.includes(from) === false) return refusal(401, 'Unauthorized', '');
    return answer(200, { value: parsed.data.recipients.map(({ to }) => resultOf(action, from, to)) });
  };
}

export type OptOuts = ReturnType<typeof createOptOuts>;
