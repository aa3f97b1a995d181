/** Why an orchestration cannot have the id, if it cannot. Rules: DE `ContextImplementations/DurableClient.cs`. */
export function idFault(id: string): string | undefined {
  if (id.startsWith('@')) return 'Orchestration instance ids must not start with "@".';
  // eslint-disable-next-line no-control-regex
  if (/[/\\#?\u0000-\u001f\u007f-\u009f]/.test(id))
    return 'Orchestration instance ids must not contain /, \\, #, ? or control characters.';
  if (id.length > 100) return 'Orchestration instance ids must not be longer than 100 characters.';
  return undefined;
}
