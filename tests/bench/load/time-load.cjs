// Loads an app as the Functions worker does, and prints the milliseconds that took.
'use strict';
const Module = require('node:module');
const { pathToFileURL } = require('node:url');

const registrations = [];
const core = new Proxy(
  { version: '4.0.0' },
  {
    get(target, name) {
      if (name in target) return target[name];
      return (...words) => {
        registrations.push([name, words[0]]);
        return { dispose() {} };
      };
    },
  },
);
const { require: plain } = Module.prototype;
Module.prototype.require = function requireOrInject(id) {
  return id === '@azure/functions-core' ? core : plain.call(this, id);
};

const app = process.argv[2];
const started = performance.now();
const loaded = app.endsWith('.cjs') ? Promise.resolve(require(app)) : import(pathToFileURL(app).href);
void loaded.then(() => {
  const took = performance.now() - started;
  const functions = registrations.filter(([name]) => name === 'registerFunction').length;
  process.stdout.write(JSON.stringify({ took, functions }));
  process.exit(0);
});
