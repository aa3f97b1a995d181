import { existsSync, globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ConfigurationError } from './configuration-error.ts';

export type JsonObject = Record<string, unknown>;

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** One JSON file of the app folder; `undefined` when it is absent. */
export function readJsonFile(folder: string, name: string): JsonObject | undefined {
  const file = join(folder, name);
  if (!existsSync(file)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ConfigurationError(`${file} is not plain JSON: ${(error as Error).message}`, { cause: error });
  }
  if (!isJsonObject(value)) throw new ConfigurationError(`${file} must hold one JSON object.`);
  return value;
}

/** The files named by `main` of package.json, which may be a glob such as `dist/{index.js,functions/*.js}`, in the order of their names. */
export function entryFiles(folder: string): string[] {
  const packageJson = readJsonFile(folder, 'package.json');
  if (!packageJson) {
    throw new ConfigurationError(`${folder} has no package.json: give the folder of a built Functions app with --app.`);
  }
  const { main } = packageJson;
  if (typeof main !== 'string' || main === '') {
    throw new ConfigurationError(
      `${join(folder, 'package.json')} has no "main": name the built file (or a glob) there.`,
    );
  }
  if (existsSync(join(folder, main))) return [join(folder, main)];
  const matches = globSync(main, { cwd: folder }).sort();
  if (matches.length === 0) {
    throw new ConfigurationError(`No file matches "main": "${main}" in ${folder}. Is the app built?`);
  }
  return matches.map((match) => join(folder, match));
}

/** Loads every entry file, which registers the app's functions. CommonJS is required, modules are imported, as the real worker does. */
export async function loadApp(folder: string): Promise<void> {
  const require = createRequire(join(folder, 'package.json'));
  const isModulePackage = readJsonFile(folder, 'package.json')?.['type'] === 'module';
  for (const file of entryFiles(folder)) {
    const extension = extname(file);
    const isModule = extension === '.mjs' || (isModulePackage && extension !== '.cjs');
    try {
      if (isModule) await import(pathToFileURL(file).href);
      else require(file);
    } catch (error) {
      throw new ConfigurationError(`The app cannot be loaded from ${file}:\n${describeError(error)}`, { cause: error });
    }
  }
}

const describeError = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
