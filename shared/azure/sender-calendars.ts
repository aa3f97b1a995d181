import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { SenderCalendar, SenderCalendars, StoredCalendar } from '../bookings.ts';
import type { Calendar } from '../calendar.ts';
import type { Cause } from '../causes.ts';
import type { Gate } from '../gate.ts';
import { encodeKeyPart } from '../keys.ts';
import type { Scope } from '../scopes.ts';
import type { Runs, Sequence } from '../slot-sequence.ts';
import { columnsOf, orNone } from './columns.ts';
import type { StoredEntity, Table } from './table.ts';

/** A row of a later version is left alone. */
const VERSION = 1;

const keyOf = ({ kind, name }: Scope) => ({ partitionKey: kind, rowKey: encodeKeyPart(name) });

/** Table `SenderCalendars`: one row per scope. The plain columns are for people, and for what is left if `calendar` is damaged. */
export function senderCalendarsIn(table: Table): SenderCalendars {
  return {
    async read(scope) {
      const { partitionKey, rowKey } = keyOf(scope);
      const entity = await table.get(partitionKey, rowKey);
      return entity && toStored(entity);
    },
    async write(scope, state, seen) {
      const entity = { ...keyOf(scope), ...columns(state) };
      return seen === undefined ? table.insert(entity) : table.merge(entity, seen);
    },
  };
}

function columns({ calendar, gate: { blockedUntil, silent, closed, strangers, lastStranger } }: SenderCalendar) {
  return {
    version: VERSION,
    calendar: gzipSync(JSON.stringify(packed(calendar))),
    bookedUntil: new Date(Math.max(calendar.normal.last, calendar.urgent.last, calendar.lent.last)),
    blockedUntil: orNone(blockedUntil),
    silent,
    closedCause: closed?.cause ?? '',
    closedSince: orNone(closed?.since),
    closedNext: orNone(closed?.next),
    probes: closed?.probes ?? 0,
    strangers,
    lastStranger: orNone(lastStranger),
  };
}

function toStored(entity: StoredEntity): StoredCalendar {
  const { etag } = entity;
  if (typeof entity['version'] === 'number' && entity['version'] > VERSION) return { etag, unreadable: 'newer' };
  try {
    const bytes = entity['calendar'];
    if (!(bytes instanceof Uint8Array)) throw new Error('no calendar');
    const calendar = unpacked(PACKED.parse(JSON.parse(gunzipSync(bytes).toString())));
    return { etag, state: { calendar, gate: gateOf(entity) } };
  } catch {
    // Whoever reads it is told, and says so: nothing in the row's own error would help a person more.
    const { bookedUntil } = entity;
    return { etag, unreadable: 'damaged', ...(bookedUntil instanceof Date && { bookedUntil }) };
  }
}

function gateOf(entity: StoredEntity): Gate {
  const { text, number, instant, maybeInstant } = columnsOf(entity);
  const cause = text('closedCause') as Cause | '';
  return {
    ...maybeInstant('blockedUntil'),
    silent: number('silent'),
    strangers: number('strangers'),
    ...maybeInstant('lastStranger'),
    ...(cause && {
      closed: { cause, since: instant('closedSince'), probes: number('probes'), next: instant('closedNext') },
    }),
  };
}

/** Cells as steps from one to the next, each followed by its units: small numbers that pack well. */
const SEQUENCE = z.object({ last: z.number(), runs: z.record(z.string(), z.array(z.int()).readonly()) });
const PACKED = z.object({
  normal: SEQUENCE,
  urgent: SEQUENCE,
  lent: SEQUENCE,
  loans: z.array(z.int()).readonly(),
  voids: z.array(z.int()).readonly(),
  lendFrom: z.number(),
  urgentShares: z.object({ least: z.number(), most: z.number(), until: z.number() }).optional(),
});

type Packed = z.infer<typeof PACKED>;

const packed = ({ normal, urgent, lent, ...rest }: Calendar): Packed => ({
  ...rest,
  normal: packedSequence(normal),
  urgent: packedSequence(urgent),
  lent: packedSequence(lent),
});

const unpacked = ({ normal, urgent, lent, urgentShares, ...rest }: Packed): Calendar => ({
  ...rest,
  urgentShares,
  normal: unpackedSequence(normal),
  urgent: unpackedSequence(urgent),
  lent: unpackedSequence(lent),
});

const packedSequence = ({ last, runs }: Sequence): Packed['normal'] => ({
  last,
  runs: Object.fromEntries(
    Object.entries(runs).map(([key, cells]) => [
      key,
      cells.flatMap(([cell, units], index) => [cell - (cells[index - 1]?.[0] ?? 0), units]),
    ]),
  ),
});

function unpackedSequence({ last, runs }: Packed['normal']): Sequence {
  const cellsOf = (steps: readonly number[]): Runs => {
    const cells: [number, number][] = [];
    for (let index = 0, cell = 0; index < steps.length; index += 2) {
      cell += steps[index]!;
      cells.push([cell, steps[index + 1] ?? 0]);
    }
    return cells;
  };
  return {
    last,
    runs: Object.fromEntries(Object.entries(runs).map(([key, steps]) => [key, cellsOf(steps)])),
  };
}
