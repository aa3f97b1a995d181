/** What a deployment would change, as Azure foretells it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Parameters } from './parameters.ts';
import { azJson } from './shell.ts';
import { outputOf, type World } from './world.ts';

const CHANGES = ['Create', 'Delete'];

/** `Modify` with the paths that would change. */
export type Change = { resourceId: string; changeType: string; paths: readonly string[] };

type Foretold = {
  resourceId: string;
  changeType: string;
  delta?: { path: string; propertyChangeType: string }[] | null;
};

/** Each resource that would not stay as it is; what Azure cannot foretell is none. */
export async function whatIf(world: World, parameters: Parameters): Promise<readonly Change[]> {
  const folder = await mkdtemp(join(tmpdir(), 'notify-'));
  try {
    const file = join(folder, 'parameters.json');
    const head = { $schema: SCHEMA, contentVersion: '1.0.0.0' };
    await writeFile(file, JSON.stringify({ ...head, parameters }));
    const where = ['--location', outputOf(world, 'AZURE_LOCATION')];
    const what = ['--template-file', 'bicep/main.bicep', '--parameters', `@${file}`];
    // Whoever only looks may not be allowed what he asks about.
    const how = [
      '--validation-level',
      'ProviderNoRbac',
      '--result-format',
      'FullResourcePayloads',
      '--no-pretty-print',
    ];
    const foretell = ['deployment', 'sub', 'what-if', ...where, ...what, ...how];
    const { changes } = (await azJson(world.shell, 'reads', foretell)) as { changes: Foretold[] };
    return changes
      .map(({ resourceId, changeType, delta }) => ({
        resourceId,
        changeType,
        paths: (delta ?? [])
          .filter(({ propertyChangeType }) => propertyChangeType !== 'NoEffect')
          .map(({ path }) => path),
      }))
      .filter(({ changeType, paths }) => CHANGES.includes(changeType) || (changeType === 'Modify' && paths.length > 0));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#';
