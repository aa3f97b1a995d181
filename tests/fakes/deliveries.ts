import { type Delivery, type Outline, untouched } from '../../shared/delivery.ts';
import { type DeliveryId, hourOf } from '../../shared/delivery-id.ts';
import type { Deliveries } from '../../shared/ports.ts';
import { type OnCall, callsOf } from './calls.ts';
import { copied } from './copied.ts';

/** `rows` is the table itself: look at it, or put a row there. */
export function fakeDeliveries(onCall: OnCall): Deliveries & { rows: Map<DeliveryId, Delivery> } {
  const { call, each } = callsOf('deliveries', onCall);
  const rows = new Map<DeliveryId, Delivery>();
  let writes = 0;
  const nextEtag = () => `W/"${(writes += 1)}"`;

  return {
    rows,
    read: (id) => call('read', () => rows.get(id)),
    plan: (plans) =>
      call('plan', () => {
        for (const plan of copied(plans)) {
          const progress = rows.get(plan.id)?.progress ?? untouched(plan);
          rows.set(plan.id, { plan, progress, etag: nextEtag() });
        }
      }),
    rewrite: ({ plan: { id }, etag }, plan) =>
      call('rewrite', () => {
        const row = rows.get(id);
        if (row?.etag !== etag) return false;
        rows.set(id, { plan: copied(plan), progress: row.progress, etag: nextEtag() });
        return true;
      }),
    record: ({ plan: { id }, etag }, progress) =>
      call('record', () => {
        const row = rows.get(id);
        if (row?.etag !== etag) return undefined;
        const written = { plan: row.plan, progress: copied(progress), etag: nextEtag() };
        rows.set(id, written);
        return written;
      }),
    ofHour: (hour) => each('ofHour', () => [...rows.values()].filter(({ plan }) => hourOf(plan.id) === hour)),
    outlinesOfHour: (hour) =>
      each('outlinesOfHour', () => [...rows.values()].filter(({ plan }) => hourOf(plan.id) === hour).map(outlineOf)),
    nextHour: (from) =>
      call('nextHour', () =>
        [...rows.keys()]
          .map(hourOf)
          .filter((hour) => hour >= from)
          .toSorted()
          .at(0),
      ),
  };
}

const outlineOf = ({ plan, progress: { status, cause, accepted, reported } }: Delivery): Outline => ({
  id: plan.id,
  subject: plan.subject,
  eventTime: plan.eventTime,
  arrived: plan.arrived,
  message: plan.message,
  version: plan.version,
  locale: plan.locale,
  channel: plan.channel,
  address: plan.address,
  shop: plan.shop,
  country: plan.country,
  region: plan.region,
  mailHost: plan.mailHost,
  status,
  cause,
  ...(accepted ? { accepted } : {}),
  ...(reported ? { reported } : {}),
  ...(plan.resend ? { resendOf: plan.resend.of } : {}),
});
