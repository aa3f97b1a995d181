import { azJson, type Shell } from './shell.ts';

/** Whoever az is signed in as, in the variables that azd fills the template in with and keeps nowhere. */
export async function principalOf(shell: Shell): Promise<Record<string, string>> {
  const type = await azJson(shell, 'reads', ['account', 'show', '--query', 'user.type']);
  // The token says it without a right in the directory, which a pipeline has not.
  const token = (await azJson(shell, 'reads', ['account', 'get-access-token', '--query', 'accessToken'])) as string;
  const { oid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { oid: string };
  return { AZURE_PRINCIPAL_ID: oid, AZURE_PRINCIPAL_TYPE: type === 'user' ? 'User' : 'ServicePrincipal' };
}
