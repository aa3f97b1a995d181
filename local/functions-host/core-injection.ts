import Module from 'node:module';

const coreModuleId = '@azure/functions-core';

/**
 * Answers `require('@azure/functions-core')` in this process, the one seam between an app and its host (the real worker does the same).
 * Has to come before the app is loaded: the library asks once and keeps the answer.
 */
export function injectCoreModule(coreModule: object): void {
  const original = Module.prototype.require;
  Module.prototype.require = new Proxy(original, {
    apply: (target, self, args: [string]) =>
      args[0] === coreModuleId ? coreModule : (Reflect.apply(target, self, args) as unknown),
  });
}
