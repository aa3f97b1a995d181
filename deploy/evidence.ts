/** What was deployed, by what, and whether it worked: one file per deployment, kept for rollback and audit. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Parameters } from './parameters.ts';
import type { Outcome } from './deployed.ts';
import type { World } from './world.ts';

/** What azd's hook has left, of which environment and when. */
export type LeftWhatIf = { environment: string; at: string; changes: unknown };

export type Evidence = {
  at: string;
  environment: string;
  stage: string;
  commit: string;
  /** Files that differ from the commit; a rollback to it would not bring them back. */
  uncommitted: readonly string[];
  parameters: Record<string, unknown>;
  /** Undefined: it was not asked for before this deployment. */
  whatIf?: unknown;
} & Outcome;

/** What was foretold longer ago belongs to an earlier deployment. */
const OF_THIS_DEPLOYMENT = 3 * 3_600_000;

/** Whatever names people stays out of a file that is kept. */
const OF_PEOPLE = ['alertEmails'];

export async function evidenceOf(
  { shell, clock, environment }: World,
  { parameters, whatIf, outcome }: { parameters: Parameters; whatIf: LeftWhatIf | undefined; outcome: Outcome },
): Promise<Evidence> {
  const commit = (await shell('reads', 'git', ['rev-parse', 'HEAD'])).trim();
  const changed = await shell('reads', 'git', ['status', '--porcelain']);
  const kept = Object.entries(parameters).filter(([name]) => !OF_PEOPLE.includes(name));
  const name = environment['AZURE_ENV_NAME'] ?? '';
  const age = clock.now().getTime() - Date.parse(whatIf?.at ?? '');
  return {
    at: clock.now().toISOString(),
    environment: name,
    stage: environment['NOTIFY_STAGE'] ?? '',
    commit,
    uncommitted: changed
      .split('\n')
      .map((line) => line.slice(3))
      .filter((file) => file !== ''),
    parameters: Object.fromEntries(kept.map(([name, { value }]) => [name, value])),
    ...(whatIf?.environment === name && age < OF_THIS_DEPLOYMENT && { whatIf: whatIf.changes }),
    ...outcome,
  };
}

/** @returns the path of the file */
export async function keepEvidence(folder: string, evidence: Evidence): Promise<string> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, `${evidence.environment}-${evidence.at.replaceAll(':', '-')}.json`);
  await writeFile(file, `${JSON.stringify(evidence, null, 2)}\n`);
  return file;
}

/** What an earlier step has left in this folder; undefined when it was not run. */
export async function leftBy(folder: string, step: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(join(folder, `${step}.json`), 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export async function leave(folder: string, step: string, result: unknown): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${step}.json`), `${JSON.stringify(result, null, 2)}\n`);
}
