import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sample from '../local.settings.sample.json' with { type: 'json' };
import { tableClient } from '../shared/azure/identity.ts';
import { createTables } from '../shared/azure/tables.ts';
import { LIMITS } from '../shared/limits.ts';
import { type Child, type ChildSpec, startChild } from './child.ts';
import { entitiesFor } from './entities.ts';
import { claimPort, HOST } from './ports.ts';

export const PARTS = ['tables', 'service-bus', 'communication-services', 'functions-host'] as const;
/** The telemetry receiver is there only when it is asked for. */
export type Part = (typeof PARTS)[number] | 'telemetry';
export type Ports = Record<(typeof PARTS)[number], number> & { telemetry?: number };
type Addresses = Record<(typeof PARTS)[number], string> & { telemetry?: string };

export const TITLES: Record<Part, string> = {
  tables: 'table storage (Azurite)',
  'service-bus': 'Service Bus stand-in',
  'communication-services': 'Communication Services stand-in',
  'functions-host': 'functions host',
  telemetry: 'telemetry receiver',
};

/** Those of `local.settings.sample.json`. */
export const USUAL_PORTS = {
  tables: 10_002,
  'service-bus': 5_672,
  'communication-services': 8_090,
  'functions-host': 7_071,
} satisfies Ports;

/** That of OTLP over HTTP. */
export const USUAL_TELEMETRY_PORT = 4_318;

export const FREE_PORTS = {
  tables: 0,
  'service-bus': 0,
  'communication-services': 0,
  'functions-host': 0,
} satisfies Ports;

export type LaptopCloudOptions = {
  /** Takes data, logs and generated configuration; what lies there already is gone on with. */
  folder: string;
  /** 0: any free one. Without one for telemetry there is none. */
  ports: Ports;
  /** On top of `local.settings.sample.json`. */
  settings?: Readonly<Record<string, string>>;
  /** Of the Communication Services stand-in; its access key is taken from the settings. */
  scenario?: Readonly<Record<string, unknown>>;
  /** A built functions app. */
  app?: string;
  /** Lines of the functions host; `json` tells which invocation wrote them. */
  hostLog?: 'text' | 'json';
  onReady?: (part: Part, address: string) => void;
};

export type LaptopCloud = {
  addresses: Addresses;
  /** Where the broker answers `GET /entities` with the counts of every entity. */
  brokerHealth: string;
  /** Everything that the app, the commands and a reader need to reach it. */
  settings: Record<string, string>;
  /** Resolves with a line for people when a part ends by itself. */
  died: Promise<string>;
  pidOf(part: Part): number;
  /** Ends one part as a crash would. */
  crash(part: Part): Promise<void>;
  stopPart(part: Part): Promise<void>;
  /** Starts a part again that was crashed or stopped, on the same port and data. */
  startPart(part: Part): Promise<void>;
  stop(): Promise<void>;
};

const ROOT = resolve(import.meta.dirname, '..');
const AZURITE = fileURLToPath(import.meta.resolve('azurite/dist/src/table/main.js'));

/** Table storage, broker, provider and functions host as children of this process. @throws StartError */
export async function startLaptopCloud(options: LaptopCloudOptions): Promise<LaptopCloud> {
  const ports = { ...options.ports };
  for (const part of PARTS) ports[part] = await claimPort(ports[part], TITLES[part]);
  if (ports.telemetry !== undefined) ports.telemetry = await claimPort(ports.telemetry, TITLES.telemetry);
  const healthPort = await claimPort(0, TITLES['service-bus']);
  const addresses = addressesOf(ports);
  const settings = settingsFor(ports, addresses, options.settings);
  const specs = specsFor(options, ports, healthPort, settings);

  const children = new Map<Part, Child>();
  let reportDeath: (line: string) => void;
  const died = new Promise<string>((tell) => (reportDeath = tell));
  const startPart = async (part: Part): Promise<void> => {
    const child = await startChild(specs[part]!);
    children.set(part, child);
    void child.died.then((line) => reportDeath(line));
    options.onReady?.(part, addresses[part]!);
  };
  const running = (part: Part): Child => {
    const child = children.get(part);
    if (!child) throw new Error(`the ${TITLES[part]} is not running`);
    return child;
  };
  const endPart = async (part: Part, how: 'stop' | 'crash'): Promise<void> => {
    await running(part)[how]();
    children.delete(part);
  };
  const stop = async (): Promise<void> => {
    for (const part of [...PARTS.toReversed(), 'telemetry' as const])
      if (children.has(part)) await endPart(part, 'stop');
  };

  try {
    const first = await Promise.allSettled([
      startPart('tables'),
      startPart('service-bus'),
      ...(ports.telemetry === undefined ? [] : [startPart('telemetry')]),
    ]);
    for (const outcome of first) if (outcome.status === 'rejected') throw outcome.reason;
    await createTables((name) => tableClient({ connectionString: settings['Tables']! }, name));
    await startPart('communication-services');
    await startPart('functions-host');
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    addresses,
    brokerHealth: `http://${HOST}:${healthPort}`,
    settings,
    died,
    pidOf: (part) => running(part).pid,
    crash: (part) => endPart(part, 'crash'),
    stopPart: (part) => endPart(part, 'stop'),
    startPart,
    stop,
  };
}

function addressesOf(ports: Ports): Addresses {
  return {
    tables: `http://${HOST}:${ports.tables}/devstoreaccount1`,
    'service-bus': `sb://${HOST}:${ports['service-bus']}`,
    'communication-services': `http://${HOST}:${ports['communication-services']}`,
    'functions-host': `http://${HOST}:${ports['functions-host']}`,
    ...(ports.telemetry === undefined ? {} : { telemetry: `http://${HOST}:${ports.telemetry}` }),
  };
}

function settingsFor(
  ports: Ports,
  { telemetry = '' }: Addresses,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const onPort = (text: string, part: (typeof PARTS)[number]): string =>
    text.replace(`${HOST}:${USUAL_PORTS[part]}`, `${HOST}:${ports[part]}`);
  return {
    ...sample.Values,
    ServiceBus: onPort(sample.Values.ServiceBus, 'service-bus'),
    Tables: onPort(sample.Values.Tables, 'tables'),
    CommunicationServices: onPort(sample.Values.CommunicationServices, 'communication-services'),
    // Whatever the environment or local.settings.json says about Azure, this stays on the laptop.
    ServiceBus__fullyQualifiedNamespace: '',
    Tables__serviceUri: '',
    CommunicationServices__endpoint: '',
    APPLICATIONINSIGHTS_CONNECTION_STRING: '',
    OTEL_EXPORTER_OTLP_ENDPOINT: telemetry,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_BSP_SCHEDULE_DELAY: '1000',
    TRACE_SHARE: '1',
    // A laptop cloud shows the same at every hour of the day.
    QUIET_HOURS: 'none',
    ...more,
  };
}

function specsFor(
  { folder, scenario, app = ROOT, hostLog = 'text' }: LaptopCloudOptions,
  ports: Ports,
  healthPort: number,
  settings: Readonly<Record<string, string>>,
): Partial<Record<Part, ChildSpec>> {
  const file = (name: string, content: unknown): string => {
    const path = join(folder, name);
    writeFileSync(path, JSON.stringify(content, undefined, 2));
    return path;
  };
  const data = (part: Part): string => {
    const path = join(folder, 'data', part);
    mkdirSync(path, { recursive: true });
    return path;
  };
  const part = (name: Part, script: string, words: readonly string[]): ChildSpec => ({
    title: TITLES[name],
    script,
    arguments: words,
    folder: ROOT,
    log: join(folder, 'logs', `${name}.log`),
  });
  const standIn = (name: Part, values: Readonly<Record<string, string>>): ChildSpec =>
    part(name, join(ROOT, 'local', name, 'main.ts'), flags({ port: ports[name] ?? 0, ...values }));

  mkdirSync(folder, { recursive: true });
  const limits = settings['LIMITS'] === 'short' ? LIMITS.short : LIMITS.real;
  const accessKey = /accesskey=([^;]+)/i.exec(settings['CommunicationServices'] ?? '')?.[1];
  const eventGrid = `http://${HOST}:${ports['functions-host']}/runtime/webhooks/EventGrid?functionName=delivery-reports&code=local`;
  return {
    tables: {
      ...part('tables', AZURITE, [
        ...flags({ tableHost: HOST, tablePort: ports.tables, location: data('tables') }),
        '--silent',
        '--loose',
        '--skipApiVersionCheck',
        '--disableTelemetry',
      ]),
      isReady: () => answers(`http://${HOST}:${ports.tables}/`),
      stopSignal: 'SIGINT',
    },
    'service-bus': standIn('service-bus', {
      'health-port': String(healthPort),
      config: file('entities.json', entitiesFor(limits)),
      data: data('service-bus'),
    }),
    'communication-services': standIn('communication-services', {
      scenario: file('scenario.json', { ...scenario, accessKey }),
      'event-grid': eventGrid,
    }),
    'functions-host': {
      ...standIn('functions-host', {
        app,
        'log-format': hostLog,
        durable: join(data('functions-host'), 'orchestrations.db'),
      }),
      environment: settings,
      watchesParent: true,
    },
    telemetry: standIn('telemetry', {}),
  };
}

const flags = (values: Readonly<Record<string, string | number>>): string[] =>
  Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);

async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url)).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}
