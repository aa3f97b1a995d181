/** Everything that `npm run bench` measures, in this order. */
import { burst } from './burst.ts';
import { busy } from './busy.ts';
import { drain } from './drain.ts';
import { load } from './load/load.ts';
import { operations } from './operations/operations.ts';
import type { Part } from './part.ts';
import { reminders } from './reminders/reminders.ts';
import { throughput } from './throughput.ts';
import { virtual } from './virtual/virtual.ts';

export const PARTS: readonly Part[] = [virtual, reminders, operations, drain, throughput, busy, burst, load];

export const aboutPart = (name: string): string => {
  const { about = '' } = PARTS.find((part) => part.name === name) ?? {};
  return `${about.charAt(0).toUpperCase()}${about.slice(1)}`;
};
