import { AsyncLocalStorage } from 'node:async_hooks';
import type { TokenCredential } from '@azure/identity';
import type { HttpClient, PipelinePolicy, PipelineResponse } from '@azure/core-rest-pipeline';
import { isCode, withoutTexts } from '../answer-body.ts';
import type { ProviderAnswer } from '../ports.ts';

export type CommunicationServicesSettings =
  { connectionString: string } | { endpoint: string; credential: TokenCredential; httpClient?: HttpClient };

/** One call on its way through an SDK client, seen from below its retries and its parsing. */
type Call = { signal: AbortSignal; started: boolean; answer?: ProviderAnswer };

const calls = new AsyncLocalStorage<Call>();

const HEADERS = ['retry-after', 'retry-after-ms', 'x-ms-retry-after-ms', 'x-ms-error-code', 'ms-cv', 'date'];
const NOTHING_WRITTEN = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED']);

/** Keeps what really came over the wire, whatever the client makes of it. */
const keepAnswer: PipelinePolicy = {
  name: 'keepAnswer',
  async sendRequest(request, next) {
    const call = calls.getStore();
    if (!call) return next(request);
    call.signal.throwIfAborted();
    call.started = true;
    try {
      const response = await next(request);
      call.answer = answered(response);
      return response;
    } catch (error) {
      const code = codeOf(error);
      call.answer = { kind: NOTHING_WRITTEN.has(code) ? 'not-reached' : 'unanswered', code };
      throw error;
    }
  },
};

/** Client options for calls that are made once: no retry, no redirect, the answer kept. */
export const oneCallOptions = (
  { endpoint, httpClient }: Connection,
  policies: readonly { policy: PipelinePolicy; position: 'perCall' | 'perRetry' }[],
) => ({
  retryOptions: { maxRetries: 0 },
  redirectOptions: { maxRetries: 0 },
  ...(httpClient && { httpClient }),
  allowInsecureConnection: endpoint.startsWith('http:'),
  additionalPolicies: [...policies, { policy: keepAnswer, position: 'perRetry' as const }],
});

/**
 * Runs one call of a client and returns what came over the wire; how the client itself ends does not matter. Never
 * rejects. After the time-out nothing is written any more.
 */
export async function oneCall(
  timeout: number,
  request: (signal: AbortSignal) => Promise<unknown>,
): Promise<ProviderAnswer> {
  const call: Call = { signal: AbortSignal.timeout(timeout), started: false };
  let failure: unknown;
  const finished = calls
    .run(call, async () => request(call.signal))
    .catch((error: unknown) => {
      failure = error;
    });
  const timedOut = new Promise<void>((resolve) => {
    call.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await Promise.race([finished, timedOut]);
  if (call.signal.aborted && call.answer?.kind !== 'answered')
    return { kind: call.started ? 'unanswered' : 'not-reached', code: 'timeout' };
  return call.answer ?? { kind: 'not-reached', code: codeOf(failure) };
}

function answered({ status, headers, bodyAsText }: PipelineResponse): ProviderAnswer {
  const kept = HEADERS.map((name) => [name, headers.get(name)] as const).filter(
    (header): header is readonly [string, string] =>
      header[1] !== undefined && (header[0] !== 'x-ms-error-code' || isCode(header[1])),
  );
  return { kind: 'answered', status, headers: Object.fromEntries(kept), body: withoutTexts(parsed(bodyAsText)) };
}

function parsed(text: string | null | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return isCode(code) ? code : 'unknown';
}

type Connection = { endpoint: string; credential: TokenCredential | { key: string }; httpClient?: HttpClient };

/**
 * Where and as whom to call. A connection string is taken apart here, because the clients repeat a bad one in their
 * errors, key and all.
 */
export function connectionOf(settings: CommunicationServicesSettings): Connection {
  if (!('connectionString' in settings)) {
    const endpoint = origin(settings.endpoint);
    if (endpoint) return { ...settings, endpoint };
    throw new Error('The endpoint of Communication Services must look like https://<name>.communication.azure.com');
  }
  const part = (name: string) =>
    new RegExp(`(?:^|;)\\s*${name}=([^;\\s]+)`, 'i').exec(settings.connectionString)?.[1] ?? '';
  const [endpoint, key] = [origin(part('endpoint')), part('accesskey')];
  if (endpoint && /^[A-Za-z0-9+/]+={0,2}$/.test(key)) return { endpoint, credential: { key } };
  throw new Error('The connection string of Communication Services must look like endpoint=https://…/;accesskey=…');
}

/** Undefined for what cannot be an endpoint. Only this machine may be spoken to without TLS. */
function origin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.pathname !== '/') return undefined;
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)) ? url.origin : undefined;
}

const isLoopback = ({ hostname }: URL): boolean => ['localhost', '127.0.0.1', '[::1]'].includes(hostname);
