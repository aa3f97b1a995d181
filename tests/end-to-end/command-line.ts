import { connectionsOf } from '../../commands/connections.ts';
import { runNotify } from '../../commands/program.ts';
import type { LaptopCloud } from '../../demo/laptop-cloud.ts';

/** One command line of `notify` against a laptop cloud, by somebody who says yes; all that it printed and said. */
export async function notify({ settings }: LaptopCloud, ...args: string[]): Promise<{ code: number; output: string }> {
  let output = '';
  const write = (text: string): void => void (output += `${text}\n`);
  const code = await runNotify(args, {
    now: () => new Date(),
    connections: connectionsOf(settings),
    user: 'ada@desk',
    terminal: {
      print: write,
      say: write,
      hint: write,
      progress: write,
      interactive: true,
      ask: async () => true,
      width: 200,
      paint: (_, text) => text,
    },
  });
  return { code, output };
}
