import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningHost } from '../running-host.ts';
import { clientOf, createDurableApp, run, statusOf } from './durable-app.ts';
import type { Client } from './durable-app.ts';

const app = createDurableApp();
let host: RunningHost;
let client: Client;

beforeAll(async () => {
  host = await app.start();
  client = clientOf(host);
});
afterAll(() => app.end());

describe('a wait with a timeout', () => {
  it('ends with the event when it comes first, and the cancelled timer keeps nothing open', async () => {
    const id = await client('startNew', 'escalate', { input: { patienceMs: 60_000 } });
    await client('raiseEvent', id, 'answer', { yes: true });
    expect(await statusOf(client, id)).toMatchObject({
      runtimeStatus: 'Completed',
      output: { answered: { yes: true } },
    });
  });

  it('ends with the timer when no event comes, and calls an activity', async () => {
    expect(await run(client, 'escalate', { patienceMs: 50 })).toMatchObject({
      runtimeStatus: 'Completed',
      output: { escalated: { to: 'manager' } },
    });
    expect(app.effects()).toEqual([{ to: 'manager' }]);
  });
});
