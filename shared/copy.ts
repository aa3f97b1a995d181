import { z } from 'zod';
import { parseAttemptId } from './delivery-id.ts';
import type { Copy } from './ports.ts';

const COPY = z.looseObject({
  delivery: z.string().refine((text) => parseAttemptId(text)?.delivery === text),
  copy: z.int().min(0),
});

/** Throws for whatever is not a message of ours: the broker dead-letters it, and a row says so to a person. */
export function parseCopy(body: unknown): Copy {
  const parsed = COPY.safeParse(body);
  if (parsed.success) return parsed.data as unknown as Copy;
  throw new Error(
    `not a copy of a delivery: ${parsed.error.issues.map(({ path }) => path.join('.') || '$').join(', ')}`,
  );
}
