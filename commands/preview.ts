/** `notify preview`: what customers get to see, before anybody sends it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Command } from 'commander';
import { CommandError, defineCommand, type World } from './command.ts';
import { previewPage } from './preview-page.ts';

export const previewCommand = (world: World): Command =>
  defineCommand(world, {
    name: 'preview',
    effect: 'reads',
    about: 'Writes every message, in every language, as SMS and mail, into one HTML page.',
    examples: ['preview', 'preview --out messages.html'],
    json: false,
  })
    .option('--out <file>', 'where to', '.local/preview.html')
    .action(async ({ out }: { out: string }) => {
      const file = resolve(out);
      try {
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, await previewPage());
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        throw new CommandError(`Cannot write ${file}: ${code}.`);
      }
      world.terminal.print(`Wrote ${pathToFileURL(file).href}`);
    });
