/** Everything that `npm run bench` measures, in this order. */
import { drain } from './drain/drain.ts';
import { burst } from './burst.ts';
import { load } from './load/load.ts';
import type { Part } from './part.ts';
import { virtual } from './virtual/virtual.ts';

export const PARTS: readonly Part[] = [virtual, drain, burst, load];
