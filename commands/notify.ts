/** The command line: `npm run notify -- --help`. */
import { hostname, userInfo } from 'node:os';
import { connectionsOf } from './connections.ts';
import { runNotify } from './program.ts';
import { commandEnvironment } from './settings.ts';
import { processTerminal } from './terminal.ts';

// Whoever reads our output, such as `head`, has seen enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

process.exitCode = await runNotify(process.argv.slice(2), {
  now: () => new Date(),
  connections: connectionsOf(commandEnvironment()),
  terminal: processTerminal(process),
  user: `${userInfo().username}@${hostname()}`,
});
