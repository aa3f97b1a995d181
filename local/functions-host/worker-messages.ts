import type { HostOptions } from './host.ts';

/** Supervisor to worker. With `connection` comes the accepted socket. */
export type ToWorker = { start: HostOptions } | { connection: true } | { drain: true };

/** Worker to supervisor. */
export type FromWorker = { started: { functions: string[] } } | { configurationError: string };
