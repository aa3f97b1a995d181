import type { InstanceStatus } from './instances.ts';

/** Seconds are the finest that this API tells. */
const seconds = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

const parsed = (json: string | null): unknown => JSON.parse(json ?? 'null');

/** An instance as the HTTP API tells of it. Source: DE `HttpApiHandler.cs` ConvertFrom. */
export function instanceView(instance: InstanceStatus, showInput: boolean): object {
  return {
    name: instance.name,
    instanceId: instance.instanceId,
    runtimeStatus: instance.status,
    input: showInput ? parsed(instance.input) : null,
    customStatus: parsed(instance.customStatus),
    output: parsed(instance.output),
    createdTime: seconds(instance.createdAt),
    lastUpdatedTime: seconds(instance.updatedAt),
  };
}
