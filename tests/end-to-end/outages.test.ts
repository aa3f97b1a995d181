import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { runTablesOutage, runWrongKey } from '../long/outages.ts';

const folder = mkdtempSync(join(tmpdir(), 'outages-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Each on a laptop cloud of its own, which mostly waits.
describe.concurrent('fifteen seconds', { timeout: 120_000 }, () => {
  it('without tables: every event is planned once, nothing is dead-lettered, no command is typed', async () => {
    const result = await runTablesOutage({
      events: 100,
      length: 15_000,
      limits: 'short',
      folder: join(folder, 'tables'),
    });
    expect(result.felt).toBeGreaterThan(0);
    expect(result.account.mismatches).toEqual([]);
    expect(result.books.deadLetters).toBe(0);
    expect(result).toMatchObject({ lost: 0, doubled: 0, uncertain: 0 });
  });

  it('with a wrong key: nothing fails, and all is sent once the key is right again', async () => {
    const result = await runWrongKey({ events: 60, length: 15_000, limits: 'short', folder: join(folder, 'key') });
    expect(result.felt).toBeGreaterThan(0);
    expect(result.account.mismatches).toEqual([]);
    expect(result).toMatchObject({ lost: 0, doubled: 0, uncertain: 0 });
  });
});
