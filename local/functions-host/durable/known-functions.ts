import type { HostedFunction } from '../function-check.ts';
import type { Missing } from './turn.ts';

export interface KnownFunctions {
  orchestrator(name: string): HostedFunction | undefined;
  activity(name: string): HostedFunction | undefined;
  entity(name: string): HostedFunction | undefined;
  missing: Missing;
}

/** The enabled functions of the app; names compare without case. Texts: DE `DurableTaskExtension.cs` GetInvalidActivityFunctionMessage. */
export function knownFunctions(enabled: HostedFunction[]): KnownFunctions {
  const ofKind = (wanted: HostedFunction['kind']): HostedFunction[] => enabled.filter(({ kind }) => kind === wanted);
  const find = (kind: HostedFunction['kind'], name: string): HostedFunction | undefined =>
    ofKind(kind).find((each) => each.name.toLowerCase() === name.toLowerCase());
  return {
    orchestrator: (name) => find('orchestration', name),
    activity: (name) => find('activity', name),
    entity: (name) => find('entity', name),
    missing: (task, name) => {
      const kind = task === 'subOrchestration' ? 'orchestration' : task;
      if (find(kind, name)) return undefined;
      const what = task === 'subOrchestration' ? 'orchestrator' : task;
      const known = ofKind(kind).map((each) => `'${each.name}'`);
      const others =
        known.length === 0
          ? `No ${what} functions are currently registered!`
          : `The following are the known ${what} functions: ${known.join(', ')}.`;
      return `The function '${name}' doesn't exist, is disabled, or is not an ${what} function. Additional info: ${others}`;
    },
  };
}
