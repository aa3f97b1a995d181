/**
 * Bundles every trigger into one file: `npm run build`. One file loads in less than half the time of the packages. What
 * exports telemetry is a second one, which the first loads when settings say where to.
 */
import { readdirSync } from 'node:fs';
import { type BuildOptions, build } from 'esbuild';

const files = readdirSync('functions').filter((file) => file.endsWith('.ts'));

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  sourcemap: true,
  logLevel: 'warning',
};

await build({
  ...common,
  stdin: {
    contents: files.map((file) => `import './functions/${file}';`).join('\n'),
    resolveDir: '.',
    sourcefile: 'functions.ts',
  },
  outfile: 'dist/functions.cjs',
  external: ['@azure/functions-core'],
  plugins: [
    {
      name: 'telemetry-apart',
      setup(bundle) {
        bundle.onResolve({ filter: /\/azure\/telemetry\.ts$/ }, () => ({ path: './telemetry.cjs', external: true }));
      },
    },
  ],
});
await build({ ...common, entryPoints: ['shared/azure/telemetry.ts'], outfile: 'dist/telemetry.cjs' });
console.log(`dist/functions.cjs: ${files.length} files of functions/`);
