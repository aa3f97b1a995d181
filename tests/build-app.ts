import { execFileSync } from 'node:child_process';

/** The end-to-end tests run the app as it is deployed: bundled. */
export default function buildApp(): void {
  execFileSync(process.execPath, ['commands/build.ts'], { stdio: ['ignore', 'ignore', 'inherit'] });
}
