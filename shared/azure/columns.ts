import { EARLIEST, type Entity } from './table-limits.ts';

/** Reads columns of a row that we wrote ourselves; a row that people have damaged says which column is wrong. */
export function columnsOf(entity: Entity) {
  function read<Value>(column: string, isValue: (value: unknown) => value is Value): Value {
    const value = entity[column];
    if (!isValue(value)) throw new Error(`column ${column} of a row does not hold what we wrote there`);
    return value;
  }
  const instant = (column: string): Date | undefined => {
    const value = entity[column];
    return value instanceof Date ? value : undefined;
  };
  return {
    /** Empty when the column is absent. */
    text: (column: string): string => (entity[column] === undefined ? '' : read(column, isText)),
    number: (column: string): number => read(column, isNumber),
    flag: (column: string): boolean => entity[column] === true,
    instant: (column: string): Date => read(column, isDate),
    /** Under the name of the column when it holds an instant, for a field that may be absent. */
    maybeInstant: <Column extends string>(column: Column): { [name in Column]?: Date } => {
      const value = instant(column);
      return (value ? { [column]: value } : {}) as { [name in Column]?: Date };
    },
    json: (column: string): unknown => JSON.parse(read(column, isText)),
    /** Undefined when the column is absent. */
    maybeJson: (column: string): unknown =>
      entity[column] === undefined ? undefined : JSON.parse(read(column, isText)),
  };
}

/** A merge cannot clear a column: no instant is written as an empty text. */
export const orNone = (instant: Date | undefined): Date | '' => instant ?? '';

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number';
const isDate = (value: unknown): value is Date => value instanceof Date;

/** The service knows no time before 1601; upstream may name one. */
export const storable = (instant: Date): Date => (instant < EARLIEST ? EARLIEST : instant);

/** For columns that people read and nobody limits upstream. */
export const shortened = (text: string, longest = 1_000): string =>
  text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
