import { existsSync, readFileSync } from 'node:fs';

/**
 * The environment that a command runs with: what is set in the shell, and below it the `Values` of local.settings.json,
 * as the Functions host reads them. `npm start` writes that file while it is up.
 */
export function commandEnvironment(file = 'local.settings.json'): Record<string, string | undefined> {
  if (!existsSync(file)) return process.env;
  const { Values } = JSON.parse(readFileSync(file, 'utf8')) as { Values?: Record<string, string> };
  return { ...Values, ...process.env };
}
