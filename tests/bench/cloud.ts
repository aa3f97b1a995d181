import { FREE_PORTS, type LaptopCloud, type LaptopCloudOptions, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import { publishAll } from '../../demo/publish.ts';
import type { Stream } from '../../demo/expectation.ts';

/** A laptop cloud for as long as `run` takes. */
export async function withCloud<Result>(
  options: Pick<LaptopCloudOptions, 'folder' | 'settings' | 'scenario'>,
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

export const publish = (cloud: LaptopCloud, { publications }: Stream): Promise<void> =>
  publishAll(cloud.settings['ServiceBus']!, publications, () => undefined, new AbortController().signal);
