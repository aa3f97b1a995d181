/** After the code: reports come to the app, canaries are written to, and the evidence is kept, of a failure as well. */
import type { SmokeResult } from './smoke-test.ts';
import { StepFailed } from './world.ts';

export type Outcome = { smoke?: SmokeResult; failure?: string };

/** @throws whatever a step throws, and StepFailed when not every message arrived */
export async function deployed(steps: {
  takeReports: () => Promise<void>;
  /** Undefined: there was nobody to write to. */
  smokeTest: () => Promise<SmokeResult | undefined>;
  keep: (outcome: Outcome) => Promise<void>;
}): Promise<void> {
  const outcome: Outcome = {};
  try {
    await steps.takeReports();
    const smoke = await steps.smokeTest();
    if (smoke) outcome.smoke = smoke;
    if (smoke) requirePassed(smoke);
  } catch (error) {
    outcome.failure = error instanceof Error ? error.message : 'unknown';
    throw error;
  } finally {
    await steps.keep(outcome);
  }
}

/** @throws StepFailed */
export function requirePassed({ passed, subjects }: SmokeResult): void {
  if (!passed) throw new StepFailed(`Not everything arrived: npm run notify -- show ${subjects.join(', or ')}`);
}
