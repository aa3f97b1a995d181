/** Limits of the real Table service, which its local stand-in does not all hold. */

type Value = string | number | boolean | Date | Uint8Array;
export type Entity = { partitionKey: string; rowKey: string; [column: string]: Value | undefined };

export const BYTES_PER_PROPERTY = 64 * 1024;
const CHARACTERS_PER_PROPERTY = 32 * 1024;
const CHARACTERS_PER_KEY = 512;
const PROPERTIES = 252;
const CHARACTERS_PER_NAME = 255;
export const EARLIEST = new Date('1601-01-01T00:00:00Z');
const LATEST = new Date('+010000-01-01T00:00:00Z');
const BYTES_PER_ENTITY = 1024 * 1024;
export const OPERATIONS_PER_TRANSACTION = 100;
const BYTES_PER_TRANSACTION = 4 * 1024 * 1024;
/** Request line, headers and boundary of one operation in a transaction, rounded up. */
const BYTES_PER_OPERATION = 2 * 1024;

/** What was to be written cannot stand in the table, now or later. Never holds a key or a value. */
export class TableLimitError extends Error {
  override name = 'TableLimitError';
}

export function checkEntity(entity: Entity): void {
  checkKey('PartitionKey', entity.partitionKey);
  checkKey('RowKey', entity.rowKey);
  const { partitionKey, rowKey, ...columns } = entity;
  const properties = Object.entries(columns).filter(
    (property): property is [string, Value] => property[1] !== undefined,
  );
  if (properties.length > PROPERTIES)
    throw new TableLimitError(`${properties.length} columns; an entity takes ${PROPERTIES}`);
  let size = 4 + 2 * (partitionKey.length + rowKey.length);
  for (const [name, value] of properties) {
    checkProperty(name, value);
    size += 8 + 2 * name.length + sizeOf(value);
  }
  if (size > BYTES_PER_ENTITY) throw new TableLimitError(`entity of ${size} bytes; at most ${BYTES_PER_ENTITY}`);
}

function checkKey(name: string, key: string): void {
  if (key.length > CHARACTERS_PER_KEY)
    throw new TableLimitError(`${name} of ${key.length} characters; at most ${CHARACTERS_PER_KEY}`);
  // eslint-disable-next-line no-control-regex -- these are the characters that the service forbids
  if (/[/\\#?%\u0000-\u001f\u007f-\u009f]/.test(key))
    throw new TableLimitError(`${name} with one of / \\ # ? % or a control character; encode its parts`);
}

function checkProperty(name: string, value: Value): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || name.length > CHARACTERS_PER_NAME)
    throw new TableLimitError(`column ${name.slice(0, CHARACTERS_PER_NAME)}: not a name for a column`);
  if (typeof value === 'string' && value.length > CHARACTERS_PER_PROPERTY)
    throw new TableLimitError(`column ${name}: ${value.length} characters; at most ${CHARACTERS_PER_PROPERTY}`);
  if (value instanceof Uint8Array && value.length > BYTES_PER_PROPERTY)
    throw new TableLimitError(`column ${name}: ${value.length} bytes; at most ${BYTES_PER_PROPERTY}`);
  if (value instanceof Date && !(value >= EARLIEST && value < LATEST))
    throw new TableLimitError(`column ${name}: not a time between the years 1601 and 9999`);
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TableLimitError(`column ${name}: not a number`);
}

/** Bytes that the service counts. */
function sizeOf(value: Value): number {
  if (typeof value === 'string') return 4 + 2 * value.length;
  if (value instanceof Uint8Array) return 4 + value.length;
  return typeof value === 'boolean' ? 1 : 8;
}

/** Entities by partition, in transactions that the service takes. Each row key stands once: the last one counts. */
export function splitIntoTransactions(entities: readonly Entity[]): Entity[][] {
  const partitions = Map.groupBy(entities, ({ partitionKey }) => partitionKey);
  return [...partitions.values()].flatMap((partition) => {
    const rows = new Map(partition.map((entity) => [entity.rowKey, entity]));
    const transactions: Entity[][] = [];
    let size = 0;
    for (const entity of rows.values()) {
      const bytes = sizeOnTheWire(entity);
      const open = transactions.at(-1);
      if (open && open.length < OPERATIONS_PER_TRANSACTION && size + bytes <= BYTES_PER_TRANSACTION) {
        open.push(entity);
        size += bytes;
      } else {
        transactions.push([entity]);
        size = bytes;
      }
    }
    return transactions;
  });
}

export function checkTransaction(entities: readonly Entity[]): void {
  const [one = [], ...others] = splitIntoTransactions(entities);
  if (others.length > 0 || one.length !== entities.length)
    throw new TableLimitError(`${entities.length} operations do not fit one transaction`);
}

function sizeOnTheWire(entity: Entity): number {
  let size = BYTES_PER_OPERATION;
  for (const [name, value] of Object.entries(entity)) {
    const bytes =
      value instanceof Uint8Array ? (value.length * 4) / 3 + 4 : Buffer.byteLength(JSON.stringify(value) ?? '');
    size += bytes + name.length + 64;
  }
  return size;
}
