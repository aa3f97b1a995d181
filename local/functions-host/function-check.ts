import { isDisabled } from './app-settings.ts';
import { ConfigurationError } from './configuration-error.ts';
import type { Binding } from './library.ts';
import type { RegisteredFunction } from './registry.ts';

export type TriggerKind = 'http' | 'timer' | 'serviceBus' | 'eventGrid' | 'orchestration' | 'activity' | 'entity';

const kinds: Record<string, TriggerKind> = {
  httptrigger: 'http',
  timertrigger: 'timer',
  servicebustrigger: 'serviceBus',
  eventgridtrigger: 'eventGrid',
  orchestrationtrigger: 'orchestration',
  activitytrigger: 'activity',
  entitytrigger: 'entity',
};

/** Whether it is the input that hands a function the durable client. */
export const isDurableClient = ({ type, direction }: Binding): boolean =>
  direction === 'in' && ['durableclient', 'orchestrationclient'].includes(type.toLowerCase());

export interface HostedFunction extends RegisteredFunction {
  kind: TriggerKind;
  disabled: boolean;
}

function bindingFault(binding: Binding, trigger: Binding, kind: TriggerKind | undefined): string | undefined {
  const type = binding.type.toLowerCase();
  if (isDurableClient(binding)) return undefined;
  if (binding === trigger && !kind) {
    return `the trigger "${binding.type}" is not served by this host (it serves HTTP, timer, Service Bus, Event Grid and Durable Functions)`;
  }
  if (binding !== trigger && !(kind === 'http' && type === 'http' && binding.direction === 'out')) {
    return `the ${binding.direction === 'out' ? 'output' : 'input'} binding "${binding.type}" is not served by this host: use the service's SDK in the handler`;
  }
  if (binding.properties?.['supportsDeferredBinding'] === 'true') {
    return `"sdkBinding: true" on "${binding.type}" is not served by this host`;
  }
  return undefined;
}

function faults({ metadata, trigger }: RegisteredFunction, kind: TriggerKind | undefined): string[] {
  const found = Object.values(metadata.bindings).flatMap((binding) => bindingFault(binding, trigger, kind) ?? []);
  if (metadata.retryOptions && kind !== undefined && kind !== 'timer') {
    found.push(
      `a retry policy does not work on "${trigger.type}": only timers have it here (and no Service Bus or Event Grid trigger in Azure)`,
    );
  }
  return found;
}

/** Says of every function how it is triggered and whether it is disabled; throws one error with everything that this host cannot serve. */
export function checkFunctions(functions: RegisteredFunction[], settings: NodeJS.ProcessEnv): HostedFunction[] {
  if (functions.length === 0) {
    throw new ConfigurationError(
      'The app registered no functions. Does "main" in package.json name the files that call app.http(…), app.timer(…) and so on?',
    );
  }
  const problems: string[] = [];
  const hosted: HostedFunction[] = [];
  for (const definition of functions) {
    const kind = kinds[definition.trigger.type.toLowerCase()];
    const found = faults(definition, kind);
    problems.push(...found.map((fault) => `function "${definition.name}": ${fault}.`));
    if (kind && found.length === 0)
      hosted.push({ ...definition, kind, disabled: isDisabled(definition.name, settings) });
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join('\n'));
  return hosted;
}
