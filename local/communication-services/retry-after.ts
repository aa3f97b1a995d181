/** How a 429 says when to come again; the last four are absurd. */
export const retryAfterForms = [
  'seconds',
  'date',
  'retry-after-ms',
  'x-ms-retry-after-ms',
  'none',
  'zero',
  'negative',
  'huge',
  'text',
] as const;

export type RetryAfterForm = (typeof retryAfterForms)[number];

/** The headers for a wait; seconds and dates are rounded up to whole seconds. Waiting as told is long enough, but for the absurd ones. */
export function retryAfterHeaders(form: RetryAfterForm, waitMs: number, now: number): Record<string, string> {
  switch (form) {
    case 'seconds':
      return { 'Retry-After': String(Math.ceil(waitMs / 1000)) };
    case 'date':
      return { 'Retry-After': new Date(Math.ceil((now + waitMs) / 1000) * 1000).toUTCString() };
    case 'retry-after-ms':
    case 'x-ms-retry-after-ms':
      return { [form]: String(Math.ceil(waitMs)) };
    case 'none':
      return {};
    case 'zero':
      return { 'Retry-After': '0' };
    case 'negative':
      return { 'Retry-After': '-30' };
    case 'huge':
      return { 'Retry-After': '1000000000' };
    case 'text':
  }
  return { 'Retry-After': 'soon' };
}
