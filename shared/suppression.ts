import type { Cause } from './causes.ts';
import type { Suppression } from './ports.ts';

/** Is it in force at that instant? Without an end it is until somebody lifts it. */
export const isInForce = ({ since, until }: Suppression, now: Date): boolean =>
  since <= now && (until === undefined || now < until);

/**
 * Which suppression a reported failure brings: a recipient who opted out, a mailbox that does not exist. Everything else
 * may be tried again with the next message.
 */
export const suppressionFor = (cause: Cause): Suppression['cause'] | undefined =>
  cause === 'opted-out' || cause === 'hard-bounced' ? cause : undefined;
