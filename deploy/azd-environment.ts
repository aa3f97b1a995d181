import type { Shell } from './shell.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What azd gives its hooks by itself, for a step that somebody starts alone. What is set in the shell wins. */
export async function azdEnvironment(shell: Shell, own: Environment): Promise<Environment> {
  if (own['AZURE_ENV_NAME']) return own;
  const values = await shell('reads', 'azd', ['env', 'get-values', '--output', 'json']);
  return { ...(JSON.parse(values) as Record<string, string>), ...own };
}
