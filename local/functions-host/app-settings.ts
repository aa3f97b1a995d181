import { isJsonObject, readJsonFile } from './app-folder.ts';
import { ConfigurationError } from './configuration-error.ts';

/** Settings as environment variables: `Values` and `ConnectionStrings` of local.settings.json, beaten by what the environment says. */
export function readAppSettings(folder: string, environment: NodeJS.ProcessEnv): Record<string, string> {
  const file = readJsonFile(folder, 'local.settings.json') ?? {};
  if (file['IsEncrypted'] === true) {
    throw new ConfigurationError(
      'local.settings.json is encrypted: run "func settings decrypt" or set the variables instead.',
    );
  }
  const settings: Record<string, string> = {};
  const take = (section: string, prefix: string): void => {
    const members = file[section] ?? {};
    if (!isJsonObject(members)) throw new ConfigurationError(`local.settings.json: "${section}" must be an object.`);
    for (const [name, value] of Object.entries(members)) {
      if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
        throw new ConfigurationError(`local.settings.json: "${section}.${name}" must be a text.`);
      }
      settings[prefix + name] = String(value);
    }
  };
  take('Values', '');
  take('ConnectionStrings', 'ConnectionStrings__');
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) settings[name] = value;
  return settings;
}

/** Puts settings in the place of `%NAME%`; throws when one is missing. */
export function resolveSettings(text: string, settings: NodeJS.ProcessEnv): string {
  return text.replaceAll(/%([^%]+)%/g, (_, name: string) => {
    const value = settings[name];
    if (value === undefined) throw new ConfigurationError(`the setting ${name} (for "%${name}%") is missing.`);
    return value;
  });
}

const unresolvedNames = (connection: string): string[] =>
  connection === ''
    ? ['AzureWebJobsServiceBus']
    : [`AzureWebJobs${connection}`, connection, `ConnectionStrings__${connection}`];

/** The Service Bus connection string behind the `connection` of a trigger, looked up in the order of the real host. */
export function serviceBusConnection(connection: string, settings: NodeJS.ProcessEnv): string {
  const names = unresolvedNames(connection);
  for (const name of names) {
    const value = settings[name];
    if (value !== undefined && value !== '') return value;
  }
  const identity = names.find((name) => (settings[`${name}__fullyQualifiedNamespace`] ?? '') !== '');
  if (identity !== undefined) {
    throw new ConfigurationError(
      `${identity}__fullyQualifiedNamespace asks for an identity, which only works against Azure: set ${identity} to a connection string.`,
    );
  }
  throw new ConfigurationError(`the connection string ${names.join(' or ')} is missing.`);
}

/** Whether `AzureWebJobs.<name>.Disabled` (or its Linux spelling with underscores) is set to true or 1. */
export function isDisabled(functionName: string, settings: NodeJS.ProcessEnv): boolean {
  const names = [`AzureWebJobs.${functionName}.Disabled`, `AzureWebJobs_${functionName}_Disabled`].map((name) =>
    name.toLowerCase(),
  );
  return Object.entries(settings).some(
    ([name, value]) => names.includes(name.toLowerCase()) && ['true', '1'].includes((value ?? '').toLowerCase()),
  );
}
