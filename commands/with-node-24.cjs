// Plain old JavaScript on purpose: it has to run, and to explain itself, on a Node that is too old for everything else.
'use strict';
const { existsSync } = require('node:fs');
const { join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  const installed = existsSync(join(__dirname, '..', 'node_modules'));
  console.error(
    'This needs Node 24 and runs on ' +
      process.version +
      '. ' +
      (installed
        ? 'Start it with "npm run …" or "npm start": npm then uses the Node 24 in node_modules. If it already was, there is no Node 24 package for ' +
          process.platform +
          '-' +
          process.arch +
          ': install Node 24 from https://nodejs.org.'
        : 'Run "npm ci" first: it brings Node 24 along.'),
  );
  process.exit(1);
}
const script = resolve(process.argv[2]);
if (!existsSync(script)) {
  console.error(script + ' is missing. Run "npm ci" first.');
  process.exit(1);
}
process.argv.splice(1, 2, script);
void import(pathToFileURL(script).href);
