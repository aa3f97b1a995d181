import { createHash } from 'node:crypto';
import type { Connection, Settings } from '../shared/config.ts';
import { hostOf } from './connections.ts';

/**
 * Twelve hex digits that are the same wherever the settings are: tells whether two places run alike. Of connections only
 * the host counts, of keys only the name, so that nothing secret goes into it.
 */
export const fingerprintOf = (settings: Settings): string =>
  createHash('sha256')
    .update(JSON.stringify(withoutSecrets(settings)))
    .digest('hex')
    .slice(0, 12);

function withoutSecrets(value: unknown): unknown {
  if (value instanceof Uint8Array) return undefined;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (isConnection(value)) return hostOf(value);
  if (!isRecord(value)) return value;
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, withoutSecrets(field)]));
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const isConnection = (value: unknown): value is Connection =>
  isRecord(value) && (typeof value['connectionString'] === 'string' || typeof value['endpoint'] === 'string');
