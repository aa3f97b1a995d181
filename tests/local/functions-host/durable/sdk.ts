import * as df from 'durable-functions';
import type { ActivityHandler, OrchestrationHandler } from 'durable-functions';
import { injectCoreModule } from '../../../../local/functions-host/core-injection.ts';
import { checkFunctions } from '../../../../local/functions-host/function-check.ts';
import type { HostedFunction } from '../../../../local/functions-host/function-check.ts';
import { createInvoker } from '../../../../local/functions-host/invoker.ts';
import type { Invoker } from '../../../../local/functions-host/invoker.ts';
import { createRegistry } from '../../../../local/functions-host/registry.ts';

const registry = createRegistry('4.0', () => undefined);
injectCoreModule(registry.coreModule);

/** Registers functions with the real SDK in this process. Once per test file: the SDK keeps the first host it meets. */
export function registerWithSdk(
  orchestrators: Record<string, OrchestrationHandler>,
  activities: Record<string, ActivityHandler>,
): { functions: HostedFunction[]; invoker: Invoker } {
  for (const [name, handler] of Object.entries(orchestrators)) df.app.orchestration(name, handler);
  for (const [name, handler] of Object.entries(activities)) df.app.activity(name, { handler });
  const invoker = createInvoker(
    registry,
    {},
    () => undefined,
    () => 0,
    () => undefined,
  );
  return { functions: checkFunctions(registry.functions(), {}), invoker };
}
