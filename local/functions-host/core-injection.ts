import Module from 'node:module';

const coreModuleId = '@azure/functions-core';

/**
 * Answers `require('@azure/functions-core')` in this process, the one seam between an app and its host (the real worker does the same).
 * Has to come before the app is loaded: the library asks once and keeps the answer.
 */
export function injectCoreModule(coreModule: object): void {
  const prototype: { require: (id: string) => unknown } = Module.prototype;
  const { require } = prototype;
  prototype.require = function requireOrInject(this: unknown, id: string) {
    return id === coreModuleId ? coreModule : require.call(this, id);
  };
}
