import { randomBytes, randomUUID } from 'node:crypto';
import type {
  Binding,
  CoreInvocationContext,
  FunctionCallback,
  FunctionMetadata,
  InvocationResponse,
  LogCategory,
  LogLevel,
  RetryContext,
  TypedData,
} from './library.ts';
import { createInFlight } from './in-flight.ts';
import type { Log } from './log.ts';
import type { RegisteredFunction, Registry } from './registry.ts';

export interface Invocation {
  /** Why it runs, for the log. */
  reason: string;
  /** More for the log: `MessageId: 42, DeliveryCount: 1`. */
  details?: string;
  input: TypedData;
  triggerMetadata?: Record<string, TypedData>;
  /** W3C `traceparent` of the sender, when there is one. */
  traceParent?: string | undefined;
  retryContext?: RetryContext;
  invocationId?: string;
}

interface InvocationOutcome {
  /** What the handler returned, or a hook put in its place. */
  result: unknown;
  response: InvocationResponse;
}

export interface Invoker {
  /** Runs one function, hooks included; rejects with what the handler (or a hook) threw. */
  invoke(definition: RegisteredFunction, invocation: Invocation): Promise<InvocationOutcome>;
  /** Resolves once nothing runs. */
  idle(): Promise<void>;
}

const traceParentPattern = /^00-([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})$/;

/** A child of the sender's trace, or a new trace. */
function childTraceParent(parent: string | undefined): string {
  const match = traceParentPattern.exec(parent ?? '');
  const span = randomBytes(8).toString('hex');
  return match ? `00-${match[1]}-${span}-${match[2]}` : `00-${randomBytes(16).toString('hex')}-${span}-01`;
}

export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The form in which an error of the app reaches the host: HOST `Workers/Rpc/RpcException.cs`. */
export const failureText = (error: unknown): string =>
  `Result: Failure\nException: ${errorText(error)}\nStack: ${error instanceof Error ? error.stack : ''}`;

/** Order of steps: Azure/azure-functions-nodejs-worker `eventHandlers/InvocationHandler.ts`. `appHookData` is one object for the whole app. */
export function createInvoker(
  registry: Registry,
  appHookData: object,
  log: Log,
  now: () => number,
  /** The data of an input binding other than the trigger. */
  extraInput: (binding: Binding) => TypedData | undefined,
): Invoker {
  const inFlight = createInFlight();

  const logHooks = (level: LogLevel, category: LogCategory, message: string, invocationContext: unknown) => {
    const context = { level, message, category, hookData: {}, appHookData, invocationContext };
    for (const hook of registry.hooks('log')) hook(context);
    return category === 'user' ? context : { level, message };
  };

  const extraInputs = ({ bindings }: FunctionMetadata, trigger: Binding): { name: string; data: TypedData }[] =>
    Object.values(bindings).flatMap((binding) => {
      const data = binding === trigger ? undefined : extraInput(binding);
      return data ? [{ name: binding.name, data }] : [];
    });

  const run = async (
    definition: RegisteredFunction,
    invocation: Invocation,
    invocationId: string,
  ): Promise<InvocationOutcome> => {
    const { metadata, trigger } = definition;
    const coreContext: CoreInvocationContext = {
      invocationId,
      metadata,
      state: undefined,
      request: {
        invocationId,
        functionId: metadata.functionId ?? metadata.name,
        inputData: [{ name: trigger.name, data: invocation.input }, ...extraInputs(metadata, trigger)],
        triggerMetadata: invocation.triggerMetadata ?? {},
        traceContext: { traceParent: childTraceParent(invocation.traceParent), traceState: '', attributes: {} },
        ...(invocation.retryContext && { retryContext: invocation.retryContext }),
      },
      log: (level, category, message) => {
        const shown = logHooks(level, category, message, invocationContext);
        log({
          level: shown.level,
          category: `Function.${definition.name}${category === 'user' ? '.User' : ''}`,
          message: shown.message,
          function: definition.name,
          invocationId,
        });
      },
    };
    const model = registry.programmingModel().getInvocationModel(coreContext);
    let invocationContext: unknown;
    const { context, inputs } = await model.getArguments();
    invocationContext = context;
    const hookContext: Record<string, unknown> & { inputs: unknown[]; functionCallback: FunctionCallback } = {
      hookData: {},
      appHookData,
      invocationContext,
      inputs,
      functionCallback: definition.callback,
    };
    coreContext.state = 'preInvocationHooks';
    for (const hook of registry.hooks('preInvocation')) await hook(hookContext);

    coreContext.state = 'invocation';
    const outcome: Record<string, unknown> & { result: unknown } = { ...hookContext, result: null, error: null };
    try {
      outcome.result = await model.invokeFunction(context, hookContext.inputs, hookContext.functionCallback);
    } catch (error) {
      outcome['error'] = error;
    }

    coreContext.state = 'postInvocationHooks';
    for (const hook of registry.hooks('postInvocation')) await hook(outcome);
    coreContext.state = undefined;
    const error = outcome['error'];
    if (error !== null && error !== undefined) throw error;
    const { result } = outcome;
    return { result, response: await model.getResponse(context, result) };
  };

  return {
    invoke: async (definition, invocation) => {
      const invocationId = invocation.invocationId ?? randomUUID();
      const name = definition.name;
      const say = (level: LogLevel, message: string): void => {
        log({ level, category: `Function.${name}`, message, function: name, invocationId });
      };
      say('information', `Executing 'Functions.${name}' (Reason='${invocation.reason}', Id=${invocationId})`);
      if (invocation.details !== undefined) say('information', `Trigger Details: ${invocation.details}`);
      const started = now();
      const duration = (): string => `Duration=${Math.round(now() - started)}ms`;
      inFlight.enter();
      try {
        const outcome = await run(definition, invocation, invocationId);
        say('information', `Executed 'Functions.${name}' (Succeeded, Id=${invocationId}, ${duration()})`);
        return outcome;
      } catch (error) {
        say('error', `Executed 'Functions.${name}' (Failed, Id=${invocationId}, ${duration()})\n${failureText(error)}`);
        throw error;
      } finally {
        inFlight.leave();
      }
    },
    idle: () => inFlight.idle(),
  };
}
