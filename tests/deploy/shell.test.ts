import { describe, expect, it } from 'vitest';
import { processShell } from '../../deploy/shell.ts';

describe('a command', () => {
  it('is said before it runs, with what it does', async () => {
    const said: string[] = [];
    const version = await processShell((line) => void said.push(line))('reads', 'git', ['--version']);
    expect(version).toMatch(/^git version/);
    expect(said).toEqual(['  reads     git --version']);
  });

  it('ends with what it says is wrong', async () => {
    const shell = processShell(() => undefined);
    await expect(shell('reads', 'git', ['rev-parse', 'no such thing'])).rejects.toThrow(/^git failed: fatal: /);
  });
});
