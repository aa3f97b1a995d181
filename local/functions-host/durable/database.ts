import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ConfigurationError } from '../configuration-error.ts';

export interface Database extends Pick<DatabaseSync, 'prepare' | 'close'> {
  /** Runs `change` as one transaction; what it throws undoes everything. */
  transact<T>(change: () => T): T;
}

const schemaVersion = 2;

/**
 * `ready_at` of an instance is the time of its first message, null without one and while it is suspended: so a waiting instance costs nothing.
 * An entity is an instance too, named `@name@key`; its state is its `input`, null while it does not exist.
 * `owner` is the worker that runs a turn or an activity, until `leased_until`; `claim` counts how often a turn was taken. Times are ms since 1970, inputs and outputs JSON.
 */
const schema = `
  CREATE TABLE hub (name TEXT NOT NULL);
  CREATE TABLE instances (
    id TEXT PRIMARY KEY, execution TEXT NOT NULL, name TEXT NOT NULL, version TEXT NOT NULL, status TEXT NOT NULL,
    input TEXT, output TEXT, custom_status TEXT, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL,
    parent TEXT, parent_execution TEXT, parent_task INTEGER, ready_at INTEGER, owner TEXT, leased_until INTEGER,
    claim INTEGER NOT NULL DEFAULT 0);
  CREATE INDEX instances_ready ON instances (ready_at) WHERE owner IS NULL AND ready_at IS NOT NULL;
  CREATE INDEX instances_leased ON instances (leased_until) WHERE owner IS NOT NULL;
  CREATE INDEX instances_created ON instances (created_at);
  CREATE TABLE history (instance TEXT NOT NULL, position INTEGER NOT NULL, event TEXT NOT NULL, PRIMARY KEY (instance, position)) WITHOUT ROWID;
  CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, due_at INTEGER NOT NULL, timer INTEGER, event TEXT NOT NULL);
  CREATE INDEX messages_due ON messages (instance, due_at, id);
  CREATE TABLE activities (
    id INTEGER PRIMARY KEY AUTOINCREMENT, instance TEXT NOT NULL, execution TEXT NOT NULL, task INTEGER NOT NULL, name TEXT NOT NULL,
    input TEXT, owner TEXT, leased_until INTEGER);
  CREATE INDEX activities_waiting ON activities (id) WHERE owner IS NULL;
  CREATE INDEX activities_leased ON activities (leased_until) WHERE owner IS NOT NULL;
  PRAGMA user_version = ${schemaVersion};
`;

/**
 * Opens the file of a task hub, or memory. WAL with `synchronous=NORMAL`: a commit survives the death of the process, not a power cut.
 * Throws a ConfigurationError when the file is no such file, of another version or of another hub.
 */
export function openDatabase(file: string, hubName: string): Database {
  if (file !== ':memory:' && mkdirSync(dirname(file), { recursive: true }) !== undefined) {
    // A folder of our own: nothing in it belongs under version control.
    writeFileSync(join(dirname(file), '.gitignore'), '*\n');
  }
  const database = new DatabaseSync(file, { timeout: 20_000 });
  const transact = <T>(change: () => T): T => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const result = change();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
    transact(() => {
      const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
      if (version === 0) {
        database.exec(schema);
        database.prepare('INSERT INTO hub VALUES (?)').run(hubName);
      } else if (version !== schemaVersion) throw new Error(`it has the format ${version}, not ${schemaVersion}`);
      const { name } = database.prepare('SELECT name FROM hub').get() as { name: string };
      if (name !== hubName) throw new Error(`it belongs to the task hub ${name}, not to ${hubName}`);
    });
  } catch (error) {
    database.close();
    throw new ConfigurationError(`The durable file ${file} cannot be used: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  return { prepare: (sql) => database.prepare(sql), close: () => database.close(), transact };
}
