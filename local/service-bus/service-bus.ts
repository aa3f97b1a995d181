import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';

import { entityKey, isManagement, withoutManagement } from './addresses.ts';
import { entityNotFound, tokenMissing } from './amqp-error.ts';
import { serveSocket } from './amqp-links.ts';
import type { LinkHandlers } from './amqp-links.ts';
import { createBroker } from './broker.ts';
import type { Broker } from './broker.ts';
import { serveCbs } from './cbs.ts';
import type { NamespaceConfig } from './config.ts';
import { startHealth } from './health.ts';
import { createTokenSource } from './lock-tokens.ts';
import { serveManagement } from './management.ts';
import { serveReceivingLink } from './receiving-link.ts';
import { checkRhea } from './rhea-internals.ts';
import { serveSendingLink } from './sending-link.ts';
import { createMemoryStore, openStore } from './store.ts';

export interface ServiceBusOptions {
  readonly config: NamespaceConfig;
  /** Where the messages are kept; undefined keeps them in memory. */
  readonly dataDirectory?: string | undefined;
  /** AMQP; 0 takes a free one. */
  readonly port: number;
  /** HTTP; 0 takes a free one. */
  readonly healthPort: number;
  /** The SharedAccessKey that is accepted. Default `local`. */
  readonly key?: string | undefined;
  /** Default: silent. */
  readonly log?: (line: string) => void;
  /** ms since 1970. Default: the machine's clock. */
  readonly now?: () => number;
}

export interface ServiceBus {
  /** `sb://127.0.0.1:PORT` */
  readonly address: string;
  /** `http://127.0.0.1:PORT` */
  readonly healthAddress: string;
  readonly connectionString: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts a namespace on the loopback. Rejects with the system's error when a port is taken, with a StoreError when the directory is. */
export async function startServiceBus(options: ServiceBusOptions): Promise<ServiceBus> {
  checkRhea();
  const { config, key = 'local', log = () => undefined, now = Date.now } = options;
  const store = options.dataDirectory === undefined ? createMemoryStore() : openStore(options.dataDirectory);
  const broker = createBroker({ config, store, now, newToken: createTokenSource(), log });
  const sockets = new Set<Socket>();
  const handlers = linkHandlers(broker, { key, now, log });
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveSocket(socket, handlers, log);
  });
  try {
    const port = await listen(server, options.port);
    const health = await startHealth({ host, port: options.healthPort, counts: () => broker.counts() });
    const address = `sb://${host}:${port}`;
    return {
      address,
      healthAddress: health.address,
      connectionString: `Endpoint=${address};SharedAccessKeyName=local;SharedAccessKey=${key};UseDevelopmentEmulator=true`,
      async close() {
        server.close();
        const closed = [...sockets].map((socket) => new Promise((resolve) => socket.destroy().once('close', resolve)));
        // Links that close give back what they hold, which is written down: the broker goes last.
        await Promise.all([...closed, health.close()]);
        broker.close();
      },
    };
  } catch (error) {
    server.close();
    broker.close();
    throw error;
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

function linkHandlers(
  broker: Broker,
  access: { key: string; now: () => number; log: (line: string) => void },
): LinkHandlers {
  return {
    incoming(link, client) {
      const address = link.address ?? '';
      if (address === '$cbs') return serveCbs(link, client, { broker, ...access });
      if (!client.granted.has(entityKey(address))) return link.refuse(tokenMissing(address));
      if (!isManagement(address)) return serveSendingLink(link, broker);
      const entity = broker.find(withoutManagement(address));
      if (!entity) return link.refuse(entityNotFound(address));
      return serveManagement(link, client, { entity, broker });
    },
    outgoing(link, client) {
      const address = link.address ?? '';
      // Answers find these links by name; there is nothing to start.
      if (address === '$cbs' || isManagement(address)) return;
      if (!client.granted.has(entityKey(address))) return link.refuse(tokenMissing(address));
      serveReceivingLink(link, broker);
    },
  };
}
