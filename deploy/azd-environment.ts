import type { Shell } from './shell.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The variables that azd deploys with: what it keeps wins, then the shell. Asked anew in a hook, too, because the step before
 * may have set one.
 */
export async function azdEnvironment(shell: Shell, own: Environment): Promise<Environment> {
  const name = own['AZURE_ENV_NAME'];
  const which = name ? ['--environment', name] : [];
  const values = await shell('reads', 'azd', ['env', 'get-values', ...which, '--output', 'json']);
  return { ...own, ...(JSON.parse(values) as Record<string, string>) };
}
