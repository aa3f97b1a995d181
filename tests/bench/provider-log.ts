/** What the Communication Services stand-in saw. */
import { setTimeout as wait } from 'node:timers/promises';
import type { LaptopCloud } from '../../demo/laptop-cloud.ts';

/** Milliseconds since 1970. */
export type Send = { at: number; to: string; attemptId: string | null };
export type Request = { at: number; endedAt: number; status: number | null };

type Page<Item> = { items: Item[]; next: number; more: boolean };

async function all<Item>({ addresses }: LaptopCloud, list: string): Promise<Item[]> {
  const found: Item[] = [];
  for (let page: Page<Item> = { items: [], next: 0, more: true }; page.more;) {
    const response = await fetch(
      `${addresses['communication-services']}/control/${list}?since=${page.next}&limit=5000`,
    );
    page = (await response.json()) as Page<Item>;
    found.push(...page.items);
  }
  return found;
}

export async function effectiveSends(cloud: LaptopCloud): Promise<Send[]> {
  const sends = await all<{ at: string; to: [string]; attemptId: string | null }>(cloud, 'sends');
  return sends.map(({ at, to: [to], attemptId }) => ({ at: Date.parse(at), to, attemptId }));
}

export async function requests(cloud: LaptopCloud): Promise<Request[]> {
  const found = await all<{ at: string; endedAt: string; status: number | null }>(cloud, 'requests');
  return found.map(({ at, endedAt, status }) => ({ at: Date.parse(at), endedAt: Date.parse(endedAt), status }));
}

/** Everything as at the start, the quota unused. */
export async function resetProvider({ addresses }: LaptopCloud): Promise<void> {
  const response = await fetch(`${addresses['communication-services']}/control/reset`, { method: 'POST' });
  if (!response.ok) throw new Error(await response.text());
}

/** Resolves when so many have been sent, or nothing has been for `patience` ms; `told` hears of it every ten seconds. */
export async function untilSent(
  { addresses }: LaptopCloud,
  count: number,
  patience: number,
  told: (sent: number, refused: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  let [last, moved, said] = [0, performance.now(), performance.now()];
  for (;;) {
    if (signal?.aborted) return;
    const response = await fetch(`${addresses['communication-services']}/control/summary`);
    const { sends, requests: asked } = (await response.json()) as {
      sends: { total: number };
      requests: { byStatus: Record<string, number> };
    };
    const now = performance.now();
    if (sends.total > last) [last, moved] = [sends.total, now];
    if (sends.total >= count || now - moved > patience) return;
    if (now - said > 10_000) {
      said = now;
      told(sends.total, asked.byStatus['429'] ?? 0);
    }
    await wait(200);
  }
}
