import type { Database } from './database.ts';

/** For how long a worker may keep what it has taken. Times in ms. */
export interface Leases {
  renew(now: number): void;
  /** Frees what others hold whose lease is over or who are dead. */
  releaseAbandoned(now: number, isDead: (owner: string) => boolean): void;
}

export function createLeases(database: Database, owner: string, leaseMs: number): Leases {
  const holders = database.prepare(
    `SELECT owner, max(leased_until) AS until FROM (
       SELECT owner, leased_until FROM instances WHERE owner IS NOT NULL UNION ALL
       SELECT owner, leased_until FROM activities WHERE owner IS NOT NULL) GROUP BY owner`,
  );
  const tables = ['instances', 'activities'].map((table) => ({
    renew: database.prepare(`UPDATE ${table} SET leased_until = ? WHERE owner = ?`),
    // A lease that was renewed meanwhile ends later.
    release: database.prepare(
      `UPDATE ${table} SET owner = NULL, leased_until = NULL WHERE owner = ? AND leased_until <= ?`,
    ),
  }));
  return {
    renew: (now) => {
      for (const { renew } of tables) renew.run(now + leaseMs, owner);
    },
    releaseAbandoned: (now, isDead) => {
      for (const holder of holders.all() as { owner: string; until: number }[]) {
        if (holder.owner === owner || (holder.until >= now && !isDead(holder.owner))) continue;
        for (const { release } of tables) release.run(holder.owner, holder.until);
      }
    },
  };
}
