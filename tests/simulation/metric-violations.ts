import type { DeliveryId } from '../../shared/delivery-id.ts';
import { type InstrumentName, measurementsOf } from '../../shared/measurements.ts';
import type { World } from './violations.ts';

/** Each of these happens once to a delivery, however often steps are run again; a process that dies may not tell it. */
const ONCE: readonly InstrumentName[] = ['deliveries.planned', 'deliveries.handed_over'];

/** No metric counts a thing twice, whatever went wrong; and every hand-over that is counted stands in its row. */
export function metricViolations({ fakes: { entries, deliveries } }: World): string[] {
  const byDelivery = Map.groupBy(entries, ({ fields }) => fields['delivery']);
  return [...byDelivery].flatMap(([delivery, lines]) => {
    if (typeof delivery !== 'string') return [];
    const measured = lines.flatMap(({ event, fields }) => measurementsOf(event, fields));
    const counts = ONCE.map((name) => [name, measured.filter((one) => one.name === name).length] as const);
    const standing = new Map<string, number>();
    for (const { attributes } of measured.filter(({ name }) => name === 'deliveries.settled')) {
      const { status = '', before = '' } = attributes;
      standing.set(status, (standing.get(status) ?? 0) + 1);
      standing.set(before, (standing.get(before) ?? 0) - 1);
    }
    const row = deliveries.rows.get(delivery as DeliveryId);
    const isOut = row?.progress.accepted ?? row?.progress.reported;
    return [
      ...counts.flatMap(([name, count]) => (count > 1 ? [`${delivery}: ${name} is counted ${count} times`] : [])),
      ...[...standing].flatMap(([status, count]) =>
        count > 1 ? [`${delivery}: ${status} is counted ${count} times`] : [],
      ),
      ...(counts[1]![1] > 0 && !isOut ? [`${delivery}: a hand-over is counted that no row has`] : []),
    ];
  });
}
