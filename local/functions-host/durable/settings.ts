import { join } from 'node:path';
import { resolveSettings } from '../app-settings.ts';
import { ConfigurationError } from '../configuration-error.ts';
import type { HostJson } from '../host-json.ts';
import type { Limits } from './interpreter.ts';

/** `extensions.durableTask` of host.json, as far as it has an effect here. */
export interface DurableSettings {
  hubName: string;
  /** For instances that are started without a version. */
  defaultVersion: string;
  maxConcurrentTurns: number;
  maxConcurrentActivities: number;
  limits: Limits;
}

const day = 86_400_000;
const section = 'extensions.durableTask';

/** Throws a ConfigurationError for what this host does not serve. Defaults: DE `Options/DurableTaskOptions.cs`. */
export function durableSettings(hostJson: HostJson, settings: NodeJS.ProcessEnv, cores: number): DurableSettings {
  const hubName = resolveSettings(hostJson.text(`${section}.hubName`, 'TestHubName'), settings);
  if (!/^[a-z][a-z0-9]{2,44}$/i.test(hubName)) {
    throw new ConfigurationError(
      `host.json ${section}.hubName must be 3 to 45 letters and digits and begin with a letter, not "${hubName}".`,
    );
  }
  if (hostJson.flag(`${section}.extendedSessionsEnabled`, false)) {
    throw new ConfigurationError(`host.json ${section}.extendedSessionsEnabled is not served by this host.`);
  }
  return {
    hubName,
    defaultVersion: hostJson.text(`${section}.defaultVersion`, ''),
    maxConcurrentTurns: hostJson.wholeNumber(`${section}.maxConcurrentOrchestratorFunctions`, 10 * cores, 1),
    maxConcurrentActivities: hostJson.wholeNumber(`${section}.maxConcurrentActivityFunctions`, 10 * cores, 1),
    limits: { longestTimerMs: 6 * day, timerStepMs: 3 * day },
  };
}

/** Where the state is kept: the file named by --durable, by default one per task hub in the app's folder; `memory` keeps it in memory. */
export function durableFile(flag: string | undefined, appFolder: string, hubName: string): string {
  if (flag === 'memory') return ':memory:';
  return flag ?? join(appFolder, '.durable', `${hubName}.db`);
}
