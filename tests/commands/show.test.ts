import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tableClient } from '../../shared/azure/identity.ts';
import { createTables, openTables } from '../../shared/azure/tables.ts';
import { type Azurite, startAzurite } from '../shared/azure/azurite.ts';
import { ARRIVED, MAIL, PHONE, planOf } from '../shared/stored-delivery.ts';

const COMMAND = fileURLToPath(new URL('../../commands/notify.ts', import.meta.url));
const PLANS = [planOf({ subject: 'order:2026/1042' }), planOf({ subject: 'order:2026/1042', channel: 'email' })];

describe('show', () => {
  let azurite: Azurite;
  let folder: string;

  beforeAll(async () => {
    azurite = await startAzurite();
    folder = await mkdtemp(join(tmpdir(), 'show-'));
    const open = (name: string) => tableClient({ connectionString: azurite.connectionString }, name);
    await createTables(open);
    const { subjects, deliveries } = openTables(open);
    const [{ source, subject, eventId, eventType }] = PLANS as [(typeof PLANS)[0]];
    await deliveries.plan(PLANS);
    await subjects.take(
      {
        source,
        subject,
        id: eventId,
        type: eventType,
        arrived: ARRIVED,
        time: ARRIVED,
        contentHash: 'a'.repeat(64),
        deliveries: PLANS.map(({ id }) => id),
      },
      await subjects.current(source, subject),
    );
  });

  afterAll(async () => {
    await azurite?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  async function run(flags: string[], environment: Record<string, string> = { Tables: azurite.connectionString }) {
    const child = spawn(process.execPath, [COMMAND, 'show', ...flags], {
      cwd: folder,
      env: { PATH: process.env['PATH'], ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 20_000,
    });
    const code = new Promise<number | null>((resolve) => child.once('close', resolve));
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, out, err };
  }

  it('prints every delivery of an order, masked and without colours when nobody looks', async () => {
    const { code, out } = await run(['order:2026/1042']);
    expect(code).toBe(0);
    expect(out).toContain('order:2026/1042 · Nordlicht · 2 deliveries: 2 planned');
    expect(out.indexOf('SMS to +49*********67')).toBeGreaterThan(0);
    expect(out.indexOf('Email to a***@example.com')).toBeGreaterThan(out.indexOf('SMS to'));
    expect(out).not.toMatch(new RegExp(`${MAIL}|\\${PHONE}|\\u001b`));
  });

  it('takes an order number for what it is', async () => {
    expect((await run(['2026/1042'])).out).toContain('2 deliveries');
  });

  it('prints JSON for programs, masked or revealed', async () => {
    const masked = JSON.parse((await run(['order:2026/1042', '--json'])).out) as { deliveries: object[] };
    expect(masked.deliveries).toMatchObject([
      { id: PLANS[0]?.id, recipient: '+49*********67', status: 'planned', cause: 'waiting', timeline: [] },
      { id: PLANS[1]?.id, recipient: 'a***@example.com' },
    ]);
    expect(JSON.stringify(masked)).not.toMatch(/"content"|anna\.muster/);
    const { out } = await run(['order:2026/1042', '--json', '--reveal']);
    expect(JSON.parse(out)).toMatchObject({ deliveries: [{ recipient: PHONE }, { recipient: MAIL }] });
  });

  it('says in a line that it knows nothing of an order', async () => {
    const { code, out, err } = await run(['order:7']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^Nothing is known of order:7\..*\n$/);
  });

  it('says what to do when there are no tables', async () => {
    const away = azurite.connectionString.replace(/:\d+\//, ':1/');
    const [unset, unreachable] = [await run(['order:7'], {}), await run(['order:7'], { Tables: away })];
    expect([unset.code, unreachable.code]).toEqual([2, 1]);
    for (const { err } of [unset, unreachable]) {
      expect(err).toContain('npm start');
      expect(err).not.toContain('AccountKey');
    }
  });
});
