import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { evidenceOf, keepEvidence, leave, leftBy } from '../../deploy/evidence.ts';
import type { Shell } from '../../deploy/shell.ts';
import { fakeWorld } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const git: Shell = async (_effect, _command, [first]) =>
  first === 'rev-parse' ? 'c0ffee\n' : ' M host.json\n?? new.txt\n';

it('says what was deployed, from which commit, what it changed and whether messages arrived', async () => {
  const environment = {
    AZURE_ENV_NAME: 'dev',
    NOTIFY_STAGE: 'dev',
  };
  const parameters = { retentionDays: { value: 30 }, alertEmails: { value: ['ops@example.com'] } };
  const smoke = { subjects: ['order:smoke-1-1'], deliveries: [], passed: false };
  const world = { ...fakeWorld({}, environment), shell: git };
  const whatIf = { environment: 'dev', at: '2026-11-20T12:30:00.000Z', changes: [1] };
  const evidence = await evidenceOf(world, { parameters, whatIf, outcome: { smoke } });
  expect(evidence).toEqual({
    at: '2026-11-20T13:00:00.000Z',
    environment: 'dev',
    stage: 'dev',
    commit: 'c0ffee',
    uncommitted: ['host.json', 'new.txt'],
    parameters: { retentionDays: 30 },
    whatIf: [1],
    smoke,
  });
  const file = await keepEvidence(folder, evidence);
  expect(file).toBe(join(folder, 'dev-2026-11-20T13-00-00.000Z.json'));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(evidence);
});

it.each([
  ['another environment', 'prod', '2026-11-20T12:30:00.000Z'],
  ['an earlier day', 'dev', '2026-11-19T12:30:00.000Z'],
])('keeps no what-if of %s', async (_, environment, at) => {
  const world = { ...fakeWorld({}, { AZURE_ENV_NAME: 'dev' }), shell: git };
  const evidence = await evidenceOf(world, { parameters: {}, whatIf: { environment, at, changes: [1] }, outcome: {} });
  expect(evidence).not.toHaveProperty('whatIf');
});

it('keeps what a step left for the next, and knows when it was not run', async () => {
  expect(await leftBy(folder, 'what-if')).toBeUndefined();
  await leave(folder, 'what-if', [1]);
  expect(await leftBy(folder, 'what-if')).toEqual([1]);
});
