import type { Faults } from './faults.ts';

/** Every form in which a provider, or something in between, has been seen to say when to come again. */
export const RETRY_AFTERS = [
  'retry-after-seconds',
  'retry-after-date',
  'retry-after-ms',
  'retry-after-none',
  'retry-after-zero',
  'retry-after-negative',
  'retry-after-huge',
  'retry-after-text',
] as const;

export function drawRetryAfter(faults: Faults, now: number, pause: number): Record<string, string> {
  const form = faults.pick(RETRY_AFTERS);
  faults.met(form);
  const seconds = Math.ceil(pause / 1_000);
  switch (form) {
    case 'retry-after-seconds':
      return { 'retry-after': String(seconds) };
    case 'retry-after-date':
      return {
        'retry-after': new Date(now + seconds * 1_000).toUTCString(),
        date: new Date(now).toUTCString(),
      };
    case 'retry-after-ms':
      return { 'retry-after-ms': String(Math.ceil(pause)) };
    case 'retry-after-none':
      return {};
    case 'retry-after-zero':
      return { 'retry-after': '0' };
    case 'retry-after-negative':
      return { 'retry-after': '-5' };
    case 'retry-after-huge':
      return { 'retry-after': '1e9' };
    case 'retry-after-text':
      return { 'retry-after': 'soon' };
  }
}
