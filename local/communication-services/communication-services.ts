import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, stoppable, systemClock } from './clock.ts';
import { createControlApi } from './control-api.ts';
import { createEmails } from './emails.ts';
import { createEventGrid } from './event-grid.ts';
import { createFaults } from './faults.ts';
import { createLedger } from './ledger.ts';
import { isOutboxPath, serveOutbox } from './outbox.ts';
import { createOptOuts } from './opt-outs.ts';
import type { Provider } from './provider.ts';
import { createProviderServer } from './provider-server.ts';
import { createQuotaScopes } from './quota-scopes.ts';
import { createRecipients } from './recipients.ts';
import { createReporting } from './reporting.ts';
import { type Scenario, mergeScenario, parseScenario } from './scenario.ts';
import { createSms } from './sms.ts';

export interface StartOptions {
  /** 0: any free port. */
  readonly port: number;
  /** As in a scenario file. */
  readonly scenario?: unknown;
  /** Base64; goes before the scenario's. */
  readonly accessKey?: string;
  /** Urls that get the events, besides those of the scenario. */
  readonly eventGridEndpoints?: readonly string[];
  readonly clock?: Clock;
}

export interface CommunicationServices {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  readonly connectionString: string;
  close(): Promise<void>;
}

/** Long, so that no client meets a connection that closes just as it is used again: cuts come from the scenario only. */
const idleConnectionMs = 600_000;

/** @throws ScenarioError, or the server's error when the port is taken. */
export async function startCommunicationServices(options: StartOptions): Promise<CommunicationServices> {
  const clock = stoppable(options.clock ?? systemClock);
  const initial = parseScenario(options.scenario ?? {});
  const start: Scenario =
    options.accessKey === undefined ? initial : mergeScenario(initial, { accessKey: options.accessKey });
  let scenario = start;
  let address = '';
  const currentScenario = () => scenario;
  const now = () => clock.now();

  const ledger = createLedger();
  const faults = createFaults(now, currentScenario);
  const quotaScopes = createQuotaScopes();
  const recipients = createRecipients(now);
  const eventGrid = createEventGrid({ clock, settings: () => scenario.eventGrid, ownAddress: () => address });
  const reporting = createReporting({ clock, scenario: currentScenario, ledger, eventGrid });
  const provider: Provider = {
    clock,
    scenario: currentScenario,
    ledger,
    faults,
    quotaScopes,
    recipients,
    eventGrid,
    reporting,
  };
  const sms = createSms(provider);
  const emails = createEmails(provider, () => address);
  const optOuts = createOptOuts({ recipients, faults, owned: () => scenario.senders.sms });
  faults.set(start.faults);

  function reset() {
    scenario = start;
    faults.set(start.faults);
    faults.forget();
    ledger.clear();
    quotaScopes.clear();
    recipients.clear();
    eventGrid.clear();
    reporting.forget();
    sms.forget();
    emails.forget();
  }

  function change(input: unknown) {
    scenario = mergeScenario(scenario, input);
    if (typeof input === 'object' && input !== null && 'faults' in input) faults.set(scenario.faults);
    for (const { url, schema } of scenario.eventGrid.endpoints) void eventGrid.register(url, schema);
  }

  const serveProvider = createProviderServer(provider, { sms, emails, optOuts });
  const serveControl = createControlApi(provider, { scenario: currentScenario, change, reset });

  const server = createServer((request, response) => {
    const target = request.url ?? '/';
    if (!URL.canParse(target, address)) {
      response.writeHead(400).end();
      return;
    }
    const { pathname } = new URL(target, address);
    const serve = pathname.startsWith('/control/')
      ? serveControl
      : isOutboxPath(pathname)
        ? serveOutbox
        : serveProvider;
    serve(request, response).catch((error: unknown) => {
      const clientLeft = !request.complete;
      if (clientLeft) return;
      console.error(`${request.method} ${pathname} failed:`, error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'Content-Type': 'application/json' }).end('{"error":"fault of the stand-in"}');
    });
  });
  server.requestTimeout = 0;
  server.keepAliveTimeout = idleConnectionMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const { url, schema } of start.eventGrid.endpoints) void eventGrid.register(url, schema);
  for (const url of options.eventGridEndpoints ?? []) void eventGrid.register(url);

  return {
    endpoint: address,
    connectionString: `endpoint=${address}/;accesskey=${start.accessKey}`,
    close: () =>
      new Promise((resolve) => {
        eventGrid.close();
        clock.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
