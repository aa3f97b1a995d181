import { expect, it } from 'vitest';
import { deployed, type Outcome } from '../../deploy/deployed.ts';

const SMOKE = { subjects: ['order:smoke-1'], deliveries: [], passed: true };

/** What was kept, and how it ended. */
async function after(steps: Partial<Parameters<typeof deployed>[0]>): Promise<{ kept: Outcome[]; error: unknown }> {
  const kept: Outcome[] = [];
  const usual = { takeReports: async () => undefined, smokeTest: async () => SMOKE };
  const keep = async (outcome: Outcome) => void kept.push(outcome);
  const error: unknown = await deployed({ ...usual, ...steps, keep }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { kept, error };
}

it('keeps the evidence of a deployment that went well', async () => {
  expect(await after({})).toEqual({ kept: [{ smoke: SMOKE }], error: undefined });
  expect(await after({ smokeTest: async () => undefined })).toEqual({ kept: [{}], error: undefined });
});

it('keeps the evidence of one that failed, once, and still fails', async () => {
  const fails = async () => Promise.reject(new Error('refused'));
  for (const step of ['takeReports', 'smokeTest'])
    expect(await after({ [step]: fails })).toEqual({ kept: [{ failure: 'refused' }], error: new Error('refused') });
  const { kept, error } = await after({ smokeTest: async () => ({ ...SMOKE, passed: false }) });
  expect(kept).toMatchObject([{ smoke: { passed: false }, failure: expect.stringContaining('order:smoke-1') }]);
  expect(error).toMatchObject({ name: 'StepFailed' });
});
