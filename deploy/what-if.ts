/** What a deployment would change, as Azure foretells it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { filledIn, type ParametersFile } from './parameters.ts';
import { azJson } from './shell.ts';
import { outputOf, type World } from './world.ts';

/** `Modify` with the paths that would change; some of them are noise that Azure adds by itself. */
export type Change = { resourceId: string; changeType: string; paths: readonly string[] };

type Foretold = {
  resourceId: string;
  changeType: string;
  delta?: { path: string; propertyChangeType: string }[] | null;
};

/** Each resource that would not stay as it is. */
export async function whatIf(world: World, main: ParametersFile): Promise<readonly Change[]> {
  const folder = await mkdtemp(join(tmpdir(), 'notify-'));
  try {
    const file = join(folder, 'parameters.json');
    const head = { $schema: SCHEMA, contentVersion: '1.0.0.0' };
    await writeFile(file, JSON.stringify({ ...head, parameters: filledIn(main, world.environment) }));
    const where = ['--location', outputOf(world, 'AZURE_LOCATION')];
    const what = ['--template-file', 'bicep/main.bicep', '--parameters', `@${file}`];
    const how = ['--result-format', 'FullResourcePayloads', '--no-pretty-print'];
    const foretell = ['deployment', 'sub', 'what-if', ...where, ...what, ...how];
    const { changes } = (await azJson(world.shell, 'reads', foretell)) as { changes: Foretold[] };
    return changes
      .filter(({ changeType }) => !['NoChange', 'Ignore'].includes(changeType))
      .map(({ resourceId, changeType, delta }) => ({
        resourceId,
        changeType,
        paths: (delta ?? [])
          .filter(({ propertyChangeType }) => propertyChangeType !== 'NoEffect')
          .map(({ path }) => path),
      }));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const SCHEMA = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#';
