import { ConfigurationError } from './configuration-error.ts';
import type {
  Binding,
  FunctionCallback,
  FunctionMetadata,
  HookCallback,
  HookName,
  LogCategory,
  LogLevel,
  ProgrammingModel,
} from './library.ts';

export interface RegisteredFunction {
  name: string;
  metadata: FunctionMetadata;
  trigger: Binding;
  callback: FunctionCallback;
}

export interface Registry {
  /** The object that the app's `require('@azure/functions-core')` gets. */
  coreModule: object;
  functions(): RegisteredFunction[];
  programmingModel(): ProgrammingModel;
  hooks(name: HookName): HookCallback[];
  /** From now on functions cannot be added; hooks can. */
  lock(): void;
}

const hookNames: readonly string[] = ['preInvocation', 'postInvocation', 'appStart', 'appTerminate', 'log'];

class Disposable {
  readonly #callOnDispose: () => void;
  constructor(callOnDispose: () => void) {
    this.#callOnDispose = callOnDispose;
  }
  dispose(): void {
    this.#callOnDispose();
  }
  static from(...disposables: { dispose(): void }[]): Disposable {
    return new Disposable(() => {
      for (const disposable of disposables) disposable.dispose();
    });
  }
}

const isHookName = (name: string): name is HookName => hookNames.includes(name);

/** Takes down what an app registers while it loads. Contract: Azure/azure-functions-nodejs-worker `setupCoreModule.ts`. */
export function createRegistry(
  hostVersion: string,
  log: (level: LogLevel, category: LogCategory, message: string) => void,
): Registry {
  const functions = new Map<string, RegisteredFunction>();
  const hooks = new Map<HookName, HookCallback[]>();
  let model: ProgrammingModel | undefined;
  let locked = false;

  const registerFunction = (metadata: FunctionMetadata, callback: FunctionCallback): Disposable => {
    if (locked) throw new Error('A function can only be registered during app startup.');
    const id = (metadata.functionId ?? metadata.name).toLowerCase();
    if (functions.has(id)) throw new Error(`A function named "${metadata.name}" is already registered.`);
    if (!/^[a-z][a-z0-9_-]{0,127}$/i.test(metadata.name) || id === 'host') {
      throw new Error(
        `"${metadata.name}" is not a legal function name: a letter, then up to 127 letters, digits, "_" or "-".`,
      );
    }
    const trigger = Object.values(metadata.bindings).find((binding) => /trigger$/i.test(binding.type));
    if (!trigger) throw new Error(`Function "${metadata.name}" has no trigger.`);
    functions.set(id, { name: metadata.name, metadata, trigger, callback });
    return new Disposable(() => {
      if (locked) throw new Error('A function can only be disposed during app startup.');
      functions.delete(id);
    });
  };

  const registerHook = (name: string, callback: HookCallback): Disposable => {
    if (!isHookName(name)) {
      throw Object.assign(new RangeError(`Unrecognized hook "${name}"`), { isAzureFunctionsSystemError: true });
    }
    hooks.set(name, [...(hooks.get(name) ?? []), callback]);
    return new Disposable(() => {
      hooks.set(
        name,
        (hooks.get(name) ?? []).filter((other) => other !== callback),
      );
    });
  };

  return {
    coreModule: {
      version: '3.12.0',
      hostVersion,
      registerFunction,
      registerHook,
      setProgrammingModel: (next: ProgrammingModel) => {
        model = next;
      },
      getProgrammingModel: () => model,
      log,
      Disposable,
    },
    functions: () => [...functions.values()],
    programmingModel: () => {
      if (!model) {
        throw new ConfigurationError(
          'The app registered no functions: load "@azure/functions" (v4 model) from the files named by "main" in package.json.',
        );
      }
      return model;
    },
    hooks: (name) => hooks.get(name) ?? [],
    lock: () => {
      locked = true;
    },
  };
}
