/** What goes to Azure: the bundle, host.json, and a package.json that asks for nothing more. */
import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** @param to is emptied first */
export async function packageApp(from: string, to: string): Promise<void> {
  const { name, version, main } = JSON.parse(await readFile(join(from, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  await rm(to, { recursive: true, force: true });
  await mkdir(join(to, 'dist'), { recursive: true });
  await cp(join(from, 'host.json'), join(to, 'host.json'));
  for (const file of ['functions.cjs', 'functions.cjs.map', 'telemetry.cjs', 'telemetry.cjs.map'])
    await cp(join(from, 'dist', file), join(to, 'dist', file));
  await writeFile(join(to, 'package.json'), `${JSON.stringify({ name, version, main }, null, 2)}\n`);
}
