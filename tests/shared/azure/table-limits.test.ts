import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Entity,
  TableLimitError,
  checkEntity,
  checkTransaction,
  splitIntoTransactions,
} from '../../../shared/azure/table-limits.ts';

const row = (columns: Record<string, Entity[string]> = {}): Entity => ({ partitionKey: 'p', rowKey: 'r', ...columns });
const bytes = (length: number) => Buffer.alloc(length);

describe('checkEntity', () => {
  it.each<[string, Entity]>([
    ['a text of 32 Ki characters', row({ text: 'ä'.repeat(32 * 1024) })],
    ['64 KiB of bytes', row({ body: bytes(64 * 1024) })],
    ['keys of 512 characters', { partitionKey: 'p'.repeat(512), rowKey: 'r'.repeat(512) }],
    ['an empty row key', { partitionKey: 'p', rowKey: '' }],
    ['15 columns of 64 KiB', row(Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`c${i}`, bytes(65_536)])))],
    ['252 columns, absent ones not counted', row({ ...columns(252), none: undefined })],
  ])('takes %s', (_, entity) => {
    expect(() => checkEntity(entity)).not.toThrow();
  });

  it.each<[string, Entity, RegExp]>([
    ['a longer text', row({ text: 'ä'.repeat(32 * 1024 + 1) }), /column text: 32769 characters/],
    ['more bytes', row({ body: bytes(64 * 1024 + 1) }), /column body: 65537 bytes/],
    ['a longer key', { partitionKey: 'p', rowKey: 'r'.repeat(513) }, /RowKey of 513 characters/],
    ['a slash in a key', { partitionKey: 'p', rowKey: 'a/b' }, /RowKey with one of/],
    ['a percent sign in a key', { partitionKey: '%2F', rowKey: 'r' }, /PartitionKey with one of/],
    ['a control character in a key', { partitionKey: 'p', rowKey: 'a\u0085' }, /RowKey with one of/],
    ['253 columns', row(columns(253)), /253 columns/],
    ['a column name with a space', row({ 'a b': 1 }), /column a b/],
    ['a time before 1601', row({ at: new Date('1600-12-31T23:59:59.999Z') }), /column at/],
    ['a time after 9999', row({ at: new Date(Date.parse('9999-12-31T23:59:59.999Z') + 1) }), /column at/],
    ['no time', row({ at: new Date(Number.NaN) }), /column at/],
    ['a number that is none', row({ n: Number.NaN }), /column n/],
    [
      'more than 1 MiB',
      row(Object.fromEntries(Array.from({ length: 16 }, (_, i) => [`c${i}`, bytes(65_536)]))),
      /entity of/,
    ],
  ])('refuses %s', (_, entity, message) => {
    expect(() => checkEntity(entity)).toThrow(TableLimitError);
    expect(() => checkEntity(entity)).toThrow(message);
  });

  it('never says a key or a value', () => {
    const secret = '+4915112345667/';
    expect(() => checkEntity({ partitionKey: 'p', rowKey: secret })).toThrow(/^(?!.*4915)/s);
    expect(() => checkEntity(row({ text: secret.repeat(5_000) }))).toThrow(/^(?!.*4915)/s);
  });
});

function columns(count: number): Record<string, number> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index}`, index]));
}

describe('splitIntoTransactions', () => {
  const entities = fc.array(
    fc.record({
      partitionKey: fc.constantFrom('a', 'b'),
      rowKey: fc.integer({ min: 0, max: 400 }).map(String),
      text: fc.constantFrom('', 'x'.repeat(1_000), 'ä'.repeat(30_000)),
    }),
    { maxLength: 300, size: 'max' },
  );

  it('keeps every row once, the last one, within one partition and 100 rows a transaction', () => {
    fc.assert(
      fc.property(entities, (all) => {
        const transactions = splitIntoTransactions(all);
        for (const transaction of transactions) {
          expect(transaction.length).toBeLessThanOrEqual(100);
          expect(new Set(transaction.map(({ partitionKey }) => partitionKey)).size).toBe(1);
        }
        const last = new Map(all.map((entity) => [`${entity.partitionKey} ${entity.rowKey}`, entity]));
        expect(new Set(transactions.flat())).toEqual(new Set(last.values()));
        expect(transactions.flat()).toHaveLength(last.size);
      }),
      { numRuns: 25 },
    );
  });

  it('stays below 4 MiB on the wire, where bytes take a third more', () => {
    const large = Array.from({ length: 100 }, (_, index) => ({
      partitionKey: 'p',
      rowKey: `${index}`,
      body: bytes(60_000),
    }));
    const transactions = splitIntoTransactions(large);
    expect(transactions.flat()).toHaveLength(100);
    for (const transaction of transactions)
      expect(transaction.reduce((sum, { body }) => sum + (body as Buffer).toString('base64').length, 0)).toBeLessThan(
        4 * 1024 * 1024,
      );
    expect(transactions.length).toBe(2);
  });
});

const rows = (count: number, text = '') =>
  Array.from({ length: count }, (_, index) => ({ partitionKey: 'p', rowKey: `${index}`, text }));

describe('checkTransaction', () => {
  it('takes 100 rows and refuses 101, two partitions, a row twice, and more than 4 MiB', () => {
    expect(() => checkTransaction(rows(100))).not.toThrow();
    for (const refused of [
      rows(101),
      [row(), { ...row(), partitionKey: 'q' }],
      [row(), row()],
      rows(99, 'ä'.repeat(30_000)),
    ])
      expect(() => checkTransaction(refused)).toThrow(TableLimitError);
  });
});
