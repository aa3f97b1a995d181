import type { World } from './world.ts';

const PAUSE = 15_000;
/** New rights take up to ten minutes. */
const LONGEST = 12 * 60_000;

/** Tries again while it fails for a reason that passes. @throws what the last try threw */
export async function patiently<Result>(
  what: string,
  action: () => Promise<Result>,
  passes: (error: unknown) => boolean,
  { clock, say }: Pick<World, 'clock' | 'say'>,
): Promise<Result> {
  const until = clock.monotonic() + LONGEST;
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (!passes(error) || clock.monotonic() >= until) throw error;
      say(`  ${what} is not possible yet; once more in ${PAUSE / 1_000} s`);
      await clock.wait(PAUSE);
    }
  }
}

/** As `az`, a table or the broker says it when a right was given a moment ago. */
export function isRefused(error: unknown): boolean {
  const { message = '', status } = error as { message?: string; status?: number };
  return (
    status === 403 || /Forbidden|AuthorizationFailed|AuthorizationPermissionMismatch|UnauthorizedAccess/.test(message)
  );
}
