/** What only the real rows can show: damage, newer versions, races between two requests, the service's own clock. */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableClient } from '../../../shared/azure/identity.ts';
import { senderCalendarsIn } from '../../../shared/azure/sender-calendars.ts';
import { storageTimeIn } from '../../../shared/azure/storage-time.ts';
import { type Table, openTable } from '../../../shared/azure/table.ts';
import type { SenderCalendar } from '../../../shared/bookings.ts';
import { EMPTY_CALENDAR } from '../../../shared/calendar.ts';
import { OPEN_GATE } from '../../../shared/gate.ts';
import type { Scope } from '../../../shared/scopes.ts';
import { type Azurite, startAzurite } from './azurite.ts';
import { fresh } from './contract-rows.ts';

let azurite: Azurite | undefined;
let table: Table;
let other: Table;

beforeAll(async () => {
  azurite = await startAzurite();
  const open = () => tableClient({ connectionString: azurite!.connectionString }, 'SenderCalendars');
  await open().createTable();
  [table, other] = [openTable(open()), openTable(open())];
});
afterAll(() => azurite?.stop());

const EMPTY: SenderCalendar = { calendar: EMPTY_CALENDAR, gate: OPEN_GATE };
const scope = (): Scope => ({
  channel: 'sms',
  kind: 'toll-free',
  name: fresh('number'),
  windows: [{ limit: 200, seconds: 60 }],
});

describe('a sender calendar in a table', () => {
  it('gives the first writer the etag of its own write, though another has written since', async () => {
    const own = scope();
    const second = senderCalendarsIn(other);
    const overtaken: Table = {
      ...table,
      async insert(entity) {
        const inserted = await table.insert(entity);
        const seen = await second.read(own);
        expect(await second.write(own, EMPTY, seen!.etag)).toBeDefined();
        return inserted;
      },
    };
    const first = senderCalendarsIn(overtaken);
    const etag = await first.write(own, EMPTY, undefined);
    expect(await first.write(own, EMPTY, etag)).toBeUndefined();
  });

  it('is not put back by who had seen it when it is gone', async () => {
    const own = scope();
    const calendars = senderCalendarsIn(table);
    const etag = await calendars.write(own, EMPTY, undefined);
    await table.remove(own.kind, own.name, etag!);
    expect(await calendars.write(own, EMPTY, etag)).toBeUndefined();
    expect(await calendars.read(own)).toBeUndefined();
  });

  it.each([
    ['cut off', (bytes: Buffer) => bytes.subarray(0, bytes.length - 9)],
    ['turned over', (bytes: Buffer) => Buffer.from(bytes.map((byte, index) => (index === 20 ? byte ^ 255 : byte)))],
    ['not packed', () => Buffer.from('{}')],
    ['of another shape', () => gzipSync('{"normal":[]}')],
    ['empty', () => Buffer.alloc(0)],
  ])('that is %s is damaged, and still says until when it was booked', async (_, damage) => {
    const own = scope();
    const calendars = senderCalendarsIn(table);
    const calendar = { ...EMPTY_CALENDAR, urgent: { last: 1_795_179_600_000, runs: {} } };
    const etag = await calendars.write(own, { ...EMPTY, calendar }, undefined);
    const row = (await table.get(own.kind, own.name))!;
    const bytes = damage(Buffer.from(row['calendar'] as Uint8Array));
    const damaged = await table.merge({ partitionKey: own.kind, rowKey: own.name, calendar: bytes }, etag!);
    expect(await calendars.read(own)).toEqual({
      etag: damaged,
      unreadable: 'damaged',
      bookedUntil: new Date(1_795_179_600_000),
    });
    expect(await calendars.write(own, EMPTY, damaged)).toBeDefined();
    expect(await calendars.read(own)).toMatchObject({ state: EMPTY });
  });

  it('that people have emptied, or written letters into, is damaged too', async () => {
    const own = scope();
    const calendars = senderCalendarsIn(table);
    await table.put({ partitionKey: own.kind, rowKey: own.name });
    expect(await calendars.read(own)).toEqual({ etag: expect.any(String), unreadable: 'damaged' });
    const etag = await calendars.write(scope(), EMPTY, undefined);
    expect(etag).toBeDefined();
    const wrong = scope();
    const written = await calendars.write(wrong, EMPTY, undefined);
    await table.merge({ partitionKey: wrong.kind, rowKey: wrong.name, silent: 'three' }, written!);
    expect(await calendars.read(wrong)).toMatchObject({ unreadable: 'damaged' });
  });

  it('of a newer version is newer, whatever else stands in it', async () => {
    const own = scope();
    await table.put({ partitionKey: own.kind, rowKey: own.name, version: 2, calendar: Buffer.from('?') });
    expect(await senderCalendarsIn(table).read(own)).toEqual({ etag: expect.any(String), unreadable: 'newer' });
  });
});

describe('the time of a table', () => {
  it('is the Timestamp of a row of its own', async () => {
    const storage = storageTimeIn(table);
    const told = await storage.read(await storage.write());
    const rows: string[] = [];
    for await (const row of table.query({ partition: 'clock' })) rows.push(String(row['timestamp']));
    expect(rows.map((text) => new Date(text).getTime())).toContain(told!.getTime());
  });
});
