import { isJsonObject, readJsonFile } from './app-folder.ts';
import { ConfigurationError } from './configuration-error.ts';
import { parseTimeSpan } from './time-span.ts';

/** host.json with the overrides of the environment; a path such as `extensions.serviceBus.maxConcurrentCalls` reads case-insensitively. */
export interface HostJson {
  text(path: string, fallback: string): string;
  wholeNumber(path: string, fallback: number, minimum: number): number;
  flag(path: string, fallback: boolean): boolean;
  /** Milliseconds of a TimeSpan. */
  duration(path: string, fallbackMs: number): number;
  /** The text members below a path, keys in lower case. */
  texts(path: string): Record<string, string>;
}

type Values = Map<string, unknown>;

const overridePrefix = 'azurefunctionsjobhost__';

function flatten(value: unknown, path: string, into: Values): void {
  if (isJsonObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      flatten(member, path === '' ? key.toLowerCase() : `${path}.${key.toLowerCase()}`, into);
    }
  } else into.set(path, value);
}

/** Reads host.json of an app folder. `AzureFunctionsJobHost__a__b=value` in the environment beats its member a.b, as in the real host. */
export function readHostJson(folder: string, environment: NodeJS.ProcessEnv): HostJson {
  const file = readJsonFile(folder, 'host.json');
  if (!file) throw new ConfigurationError(`${folder} has no host.json: {"version": "2.0"} is the least it must hold.`);
  if (file['version'] !== '2.0') throw new ConfigurationError('host.json must say "version": "2.0".');
  const values: Values = new Map();
  flatten(file, '', values);
  for (const [name, value] of Object.entries(environment)) {
    if (!name.toLowerCase().startsWith(overridePrefix)) continue;
    values.set(name.slice(overridePrefix.length).toLowerCase().replaceAll('__', '.'), value);
  }

  const read = <T>(path: string, fallback: T, parse: (value: unknown) => T | undefined, wanted: string): T => {
    const value = values.get(path.toLowerCase());
    if (value === undefined || value === null) return fallback;
    const parsed = parse(value);
    if (parsed !== undefined) return parsed;
    throw new ConfigurationError(`host.json ${path} must be ${wanted}, not ${JSON.stringify(value)}.`);
  };

  return {
    text: (path, fallback) =>
      read(path, fallback, (value) => (typeof value === 'string' ? value : undefined), 'a text'),
    wholeNumber: (path, fallback, minimum) =>
      read(
        path,
        fallback,
        (value) => {
          const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
          return typeof number === 'number' && Number.isInteger(number) && number >= minimum ? number : undefined;
        },
        `a whole number of at least ${minimum}`,
      ),
    flag: (path, fallback) =>
      read(
        path,
        fallback,
        (value) => {
          const text = String(value).toLowerCase();
          return text === 'true' ? true : text === 'false' ? false : undefined;
        },
        'true or false',
      ),
    duration: (path, fallbackMs) =>
      read(
        path,
        fallbackMs,
        (value) => (typeof value === 'string' ? parseTimeSpan(value) : undefined),
        'a time span such as "00:05:00"',
      ),
    texts: (path) => {
      const prefix = `${path.toLowerCase()}.`;
      return Object.fromEntries(
        [...values].flatMap(([key, value]) =>
          key.startsWith(prefix) && typeof value === 'string' ? [[key.slice(prefix.length), value]] : [],
        ),
      );
    },
  };
}
