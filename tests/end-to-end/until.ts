import { setTimeout as wait } from 'node:timers/promises';

/** Polls until it holds. */
export async function until(holds: () => Promise<boolean>, patience = 45_000): Promise<void> {
  const started = performance.now();
  while (!(await holds())) {
    if (performance.now() - started > patience) throw new Error(`it did not come true within ${patience} ms`);
    await wait(200);
  }
}
