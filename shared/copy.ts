import { z } from 'zod';
import { LAST_ATTEMPT, parseAttemptId } from './delivery-id.ts';
import type { Copy } from './ports.ts';

const instant = z.iso.datetime();
const answer = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answered'),
    status: z.int(),
    headers: z.record(z.string(), z.string()),
    body: z.unknown(),
  }),
  z.object({ kind: z.enum(['not-reached', 'unanswered']), code: z.string() }),
]);

const COPY = z.object({
  delivery: z.string().refine((text) => parseAttemptId(text)?.delivery === text),
  copy: z.int().min(0),
  slot: instant.optional(),
  answer: z
    .object({
      run: z.string().min(1),
      call: z.enum(['first', 'repeat', 'ask']),
      at: instant,
      attempt: z.int().min(0).max(LAST_ATTEMPT),
      answer,
    })
    .optional(),
  parked: z.int().min(0).optional(),
});

/** Throws for whatever is not a message of ours: the broker dead-letters it, and a row says so to a person. */
export function parseCopy(body: unknown): Copy {
  const parsed = COPY.safeParse(body);
  if (parsed.success) return parsed.data as Copy;
  throw new Error(
    `not a copy of a delivery: ${parsed.error.issues.map(({ path }) => path.join('.') || '$').join(', ')}`,
  );
}
