import { z } from 'zod';
import { type SmsSenderKind, isAzureManagedDomain, smsSenderKind } from './sender-kind.ts';

const window = {
  limit: z.int().positive(),
  seconds: z.number().positive(),
  /** Counts anew at every multiple of its length since 1970, instead of sliding. */
  fixed: z.boolean().optional(),
};
const quotaWindow = z.strictObject(window);

export type QuotaWindow = Readonly<z.output<typeof quotaWindow>>;

const windowsOf = (given: QuotaWindow & { also?: readonly QuotaWindow[] | undefined }) => {
  const { also = [], ...first } = given;
  return [first, ...also] as const;
};

const allDiffer = (windows: readonly QuotaWindow[]) =>
  new Set(windows.map(({ seconds, fixed = false }) => `${seconds} ${fixed}`)).size === windows.length;

/** One window, or several that hold at once; null: no quota. */
const quota = z
  .strictObject({ ...window, also: z.array(quotaWindow).optional() })
  .refine((given) => allDiffer(windowsOf(given)), 'two windows of the same length and sort')
  .nullable();

type Quota = z.output<typeof quota>;

/** The defaults are one window for each channel; `real-quotas.json` has all of the published ones. */
export const quotas = z
  .strictObject({
    /** Of each SMS sender that has none below. */
    sms: quota.default({ limit: 200, seconds: 60 }),
    /** Of all email of the subscription. */
    email: quota.default({ limit: 30, seconds: 60 }),
    /** Of all status reads of the subscription. */
    statusReads: quota.default(null),
    byKind: z
      .strictObject({
        tollFree: quota.optional(),
        shortCode: quota.optional(),
        longCode: quota.optional(),
        alphanumeric: quota.optional(),
        azureManagedDomain: quota.optional(),
        azureManagedStatusReads: quota.optional(),
      })
      .prefault({}),
    /** By SMS sender, such as a number whose quota was raised; goes before its kind. */
    bySender: z.record(z.string(), quota).default({}),
    refusalsCount: z.boolean().default(true),
  })
  .prefault({});

export type Quotas = z.output<typeof quotas>;

/** A quota with the scope it counts for. */
export interface ScopedQuota {
  readonly scope: string;
  readonly windows: readonly [QuotaWindow, ...QuotaWindow[]];
}

const scoped = (scope: string, given: Quota): ScopedQuota | null => given && { scope, windows: windowsOf(given) };

const firstGiven = (...quotas: (Quota | undefined)[]): Quota => quotas.find((given) => given !== undefined) ?? null;

/** A number, a short code, and a sender with a quota of its own count for themselves, all other names for the resource. */
export function smsQuota({ sms, byKind, bySender }: Quotas, from: string): ScopedQuota | null {
  const kind: SmsSenderKind = smsSenderKind(from);
  if (bySender[from] === undefined && kind === 'alphanumeric') {
    return scoped('sms *', firstGiven(byKind.alphanumeric, sms));
  }
  return scoped(`sms ${from}`, firstGiven(bySender[from], byKind[kind], sms));
}

/** Azure-managed domains count apart only where they have a quota of their own. */
export const emailQuota = ({ email, byKind }: Quotas, senderDomain: string): ScopedQuota | null =>
  isAzureManagedDomain(senderDomain) && byKind.azureManagedDomain !== undefined
    ? scoped('email azure-managed', byKind.azureManagedDomain)
    : scoped('email', email);

/** `senderDomain`: of the mail that is asked about; undefined: an operation we do not know. */
export const statusReadQuota = ({ statusReads, byKind }: Quotas, senderDomain = ''): ScopedQuota | null =>
  isAzureManagedDomain(senderDomain) && byKind.azureManagedStatusReads !== undefined
    ? scoped('status reads azure-managed', byKind.azureManagedStatusReads)
    : scoped('status reads', statusReads);
