import type { Limits } from '../shared/limits.ts';
import real from './entities.json' with { type: 'json' };

/** The broker's entities in the format of the official emulator, with the numbers of one set of limits. */
export function entitiesFor({ lock, maxDeliveryCount, duplicateDetection }: Limits): typeof real {
  const entities = structuredClone(real);
  for (const { Queues, Topics } of entities.UserConfig.Namespaces) {
    const lockDuration = `PT${lock / 1_000}S`;
    for (const { Properties } of [...Queues, ...Topics.flatMap(({ Subscriptions }) => Subscriptions)]) {
      Properties.LockDuration = lockDuration;
      Properties.MaxDeliveryCount = maxDeliveryCount;
    }
    for (const { Properties } of Queues)
      if (Properties.RequiresDuplicateDetection)
        Properties.DuplicateDetectionHistoryTimeWindow = `PT${duplicateDetection / 1_000}S`;
  }
  return entities;
}
