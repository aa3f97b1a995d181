import { setTimeout as wait } from 'node:timers/promises';
import type { LaptopCloud } from '../../demo/laptop-cloud.ts';

export type ProviderState = {
  unanswered: number;
  acceptedLast: number;
  sends: { total: number };
  requests: { byStatus: Record<string, number> };
};

/** @param within milliseconds that count as "just" accepted */
export async function providerState({ addresses }: LaptopCloud, within: number): Promise<ProviderState> {
  const response = await fetch(`${addresses['communication-services']}/control/summary?window=${within}`);
  return (await response.json()) as ProviderState;
}

/** Calls under an id whose first-sent is older than the provider's memory: it refused them, ACS might send once more. */
export async function repeatedTooLate({ addresses }: LaptopCloud): Promise<number> {
  type Page = { items: { answers: { status: number | null }[] }[]; next: number; more: boolean };
  let count = 0;
  for (let page: Page = { items: [], next: 0, more: true }; page.more;) {
    const url = `${addresses['communication-services']}/control/requests?since=${page.next}&limit=5000`;
    page = (await (await fetch(url)).json()) as Page;
    count += page.items.flatMap(({ answers }) => answers).filter(({ status }) => status === 412).length;
  }
  return count;
}

export async function untilProvider(
  cloud: LaptopCloud,
  within: number,
  holds: (state: ProviderState) => boolean,
  patience: number,
): Promise<ProviderState> {
  const started = performance.now();
  for (;;) {
    const state = await providerState(cloud, within);
    if (holds(state)) return state;
    if (performance.now() - started > patience)
      throw new Error(`the provider never got there: ${JSON.stringify(state)}`);
    await wait(10);
  }
}

export async function setScenario({ addresses }: LaptopCloud, scenario: Record<string, unknown>): Promise<void> {
  const response = await fetch(`${addresses['communication-services']}/control/scenario`, {
    method: 'PUT',
    body: JSON.stringify(scenario),
  });
  if (!response.ok) throw new Error(await response.text());
}
