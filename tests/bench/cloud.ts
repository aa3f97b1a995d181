import { setTimeout as wait } from 'node:timers/promises';
import { FREE_PORTS, type LaptopCloud, type LaptopCloudOptions, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { publishAll } from '../../demo/publish.ts';
import type { Stream } from '../../demo/expectation.ts';

/** A laptop cloud for as long as `run` takes. */
export async function withCloud<Result>(
  options: Pick<LaptopCloudOptions, 'folder' | 'settings' | 'scenario' | 'hostLog'>,
  run: (cloud: LaptopCloud) => Promise<Result>,
): Promise<Result> {
  const cloud = await startLaptopCloud({ ...options, ports: FREE_PORTS });
  try {
    const died = cloud.died.then((line) => Promise.reject(new Error(line)));
    return await Promise.race([run(cloud), died]);
  } finally {
    await cloud.stop();
  }
}

export const publish = (cloud: LaptopCloud, publications: Stream['publications']): Promise<void> =>
  publishAll(cloud.settings['ServiceBus']!, publications, () => undefined, new AbortController().signal);

/** Resolves when every event on the broker has been taken in. */
export async function untilTakenIn({ brokerHealth }: LaptopCloud): Promise<void> {
  for (let waiting = 1; waiting > 0; await wait(50)) {
    const entities = (await (await fetch(`${brokerHealth}/entities`)).json()) as Record<string, { active?: number }>;
    const events = Object.entries(entities).filter(([name]) => /(?:order|appointment|retried)-events/.test(name));
    waiting = events.reduce((sum, [name, { active = 0 }]) => (/deadletter/i.test(name) ? sum : sum + active), 0);
  }
}
