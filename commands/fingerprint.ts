import { createHash } from 'node:crypto';
import type { Connection, Settings } from '../shared/config.ts';
import { hostOf } from './connections.ts';

/**
 * Twelve hex digits that are the same wherever the settings are: tells whether two places run alike. Of connections only
 * the host counts, of keys only the name, so that nothing secret goes into it.
 */
export function fingerprintOf(settings: Settings): string {
  const plain = JSON.stringify(settings, (_, value: unknown) => {
    if (value instanceof Uint8Array) return undefined;
    if (isConnection(value)) return hostOf(value);
    return isRecord(value) ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value;
  });
  return createHash('sha256').update(plain).digest('hex').slice(0, 12);
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isConnection = (value: unknown): value is Connection =>
  isRecord(value) && (typeof value['connectionString'] === 'string' || typeof value['endpoint'] === 'string');
