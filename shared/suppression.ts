import type { Suppression } from './ports.ts';

/** Is it in force at that instant? Without an end it is until somebody lifts it. */
export const isInForce = ({ until }: Suppression, now: Date): boolean => until === undefined || now < until;
