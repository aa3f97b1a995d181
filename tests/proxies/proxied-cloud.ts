import { type LaptopCloud, type LaptopCloudOptions, type Part, startLaptopCloud } from '../../demo/laptop-cloud.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };
import { portsOfItsOwn } from '../long/ports.ts';
import { startAmqpProxy } from './amqp-proxy.ts';
import { type Proxy, startHttpProxy } from './http-proxy.ts';
import type { Passes } from './seen.ts';

/** The laptop cloud, its functions host behind proxies; what is handed back reaches every part directly. */
export async function startProxiedCloud(
  options: Omit<LaptopCloudOptions, 'ports'>,
  passes: Passes,
): Promise<LaptopCloud> {
  const [tables, broker, provider] = await Promise.all([
    startHttpProxy('tables', passes),
    startAmqpProxy(passes),
    startHttpProxy('communication-services', passes),
  ]);
  const proxies: Partial<Record<Part, Proxy>> = {
    tables,
    'service-bus': broker,
    'communication-services': provider,
  };
  const closeAll = async (): Promise<void> => {
    await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
  };
  try {
    const cloud = await startLaptopCloud({
      ...options,
      ports: portsOfItsOwn(),
      settings: { ...options.settings, ...settingsAt(tables.port, broker.port, provider.port) },
      onReady: (part, address) => proxies[part]?.forwardTo(portIn(address)),
    });
    const { addresses } = cloud;
    const direct = settingsAt(
      portIn(addresses.tables),
      portIn(addresses['service-bus']),
      portIn(addresses['communication-services']),
    );
    return {
      ...cloud,
      settings: { ...cloud.settings, ...direct },
      stop: async () => {
        await cloud.stop();
        await closeAll();
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

const portIn = (address: string): number => Number(/:(\d+)/.exec(address)?.[1]);

function settingsAt(tables: number, broker: number, provider: number) {
  const at = (setting: string, port: number): string => setting.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
  const { Tables, ServiceBus, CommunicationServices } = sample.Values;
  return {
    Tables: at(Tables, tables),
    ServiceBus: at(ServiceBus, broker),
    CommunicationServices: at(CommunicationServices, provider),
  };
}
