import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody } from '../http/body.ts';
import { managementUrls } from './client-binding.ts';
import type { ClientAddresses } from './client-binding.ts';
import { entityIdOf } from './entity-request.ts';
import { historyView } from './history-view.ts';
import { activeStates } from './inbox.ts';
import { filterOf } from './instance-filter.ts';
import { idFault } from './instance-id.ts';
import { instanceView } from './instance-view.ts';
import type { Missing } from './turn.ts';
import type { Instances } from './instances.ts';

export interface HttpApiOptions {
  addresses: ClientAddresses;
  instances: Instances;
  defaultVersion: string;
  missing: Missing;
  now: () => number;
  /** Something was written. */
  wake: () => void;
}

interface Answer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

const refused = (status: number, message: string): Answer => ({ status, body: { Message: message } });
const pageSize = 100;

/** `undefined` for no text at all; throws a SyntaxError for what is no JSON. */
async function jsonText(request: IncomingMessage): Promise<string | undefined> {
  const text = (await readBody(request)).toString('utf8');
  if (text.trim() === '') return undefined;
  JSON.parse(text);
  return text;
}

/** The HTTP API of Durable Functions. Source: DE `HttpApiHandler.cs`. `path` is what follows its base address. */
export function createHttpApi({ addresses, instances, defaultVersion, missing, now, wake }: HttpApiOptions) {
  const start = async (
    request: IncomingMessage,
    query: URLSearchParams,
    name: string,
    id?: string,
  ): Promise<Answer> => {
    const instanceId = id ?? randomUUID().replaceAll('-', '');
    const fault = idFault(instanceId) ?? missing('subOrchestration', name);
    if (fault !== undefined) return refused(400, fault);
    if (query.has('timeout')) return refused(501, 'Waiting for the end of an instance is not served by this host.');
    const input = await jsonText(request);
    const version = query.get('version') ?? defaultVersion;
    if (!instances.start({ instanceId, name, version, input }, now())) {
      return refused(409, `An orchestration with the instance id ${instanceId} is already under way.`);
    }
    const urls = managementUrls(addresses, instanceId);
    return {
      status: 202,
      body: urls,
      headers: { location: urls['statusQueryGetUri'] ?? '', 'retry-after': '10' },
    };
  };

  const status = (url: URL, instanceId: string): Answer => {
    const found = instances.status(instanceId);
    if (!found) return { status: 404 };
    const shows = (name: string, fallback: boolean): boolean =>
      (url.searchParams.get(name) ?? String(fallback)).toLowerCase() === 'true';
    const body = {
      ...instanceView(found, shows('showInput', true)),
      ...(shows('showHistory', false) && {
        historyEvents: historyView(instances.history(instanceId), shows('showHistoryOutput', false)),
      }),
    };
    if (['Completed', 'Terminated'].includes(found.status)) return { status: 200, body };
    if (found.status === 'Failed') {
      return { status: shows('returnInternalServerErrorOnFailure', false) ? 500 : 200, body };
    }
    return { status: 202, body, headers: { location: url.href, 'retry-after': '5' } };
  };

  const list = (request: IncomingMessage, query: URLSearchParams): Answer => {
    const size = Number(query.get('pageSize') ?? pageSize) || pageSize;
    const after = Number(request.headers['x-ms-continuation-token'] ?? 0) || 0;
    const page = instances.list(filterOf(query), size, after);
    const more = page.length === size;
    const showInput = query.get('showInput')?.toLowerCase() === 'true';
    return {
      status: 200,
      body: page.map((instance) => instanceView(instance, showInput)),
      ...(more && { headers: { 'x-ms-continuation-token': String(after + size) } }),
    };
  };

  const purge = (query: URLSearchParams): Answer => {
    const filter = filterOf(query);
    if (filter.createdFrom === undefined) return refused(400, `Please provide value for 'createdTimeFrom' parameter.`);
    const instancesDeleted = instances.purge(filter);
    return instancesDeleted === 0 ? { status: 404 } : { status: 200, body: { instancesDeleted } };
  };

  const purgeOne = (instanceId: string): Answer => {
    const outcome = instances.purgeOne(instanceId);
    if (outcome === 'unknown') return { status: 404 };
    if (outcome === 'active') return refused(412, 'Only orchestrations in a terminal state can be purged.');
    return { status: 200, body: { instancesDeleted: 1 } };
  };

  const entity = async (
    request: IncomingMessage,
    query: URLSearchParams,
    name: string,
    key: string,
  ): Promise<Answer> => {
    const fault = missing('entity', name);
    if (fault !== undefined) return refused(400, fault);
    if (request.method === 'GET') {
      const state = instances.status(entityIdOf(name, key))?.input;
      return typeof state === 'string' ? { status: 200, body: JSON.parse(state) } : { status: 404 };
    }
    if (request.method !== 'POST') return { status: 404 };
    const asked = { id: randomUUID(), op: query.get('op') ?? '', input: await jsonText(request), signal: true };
    instances.signal(entityIdOf(name, key), asked, now());
    return { status: 202 };
  };

  const isActive = (id: string): boolean => activeStates.includes(instances.status(id)?.status ?? '');
  const changed = { done: 202, unknown: 404, ended: 410 };

  const operate = async (
    request: IncomingMessage,
    url: URL,
    id: string,
    operation: string,
    event?: string,
  ): Promise<Answer> => {
    const reason = url.searchParams.get('reason') ?? '';
    switch (operation) {
      case 'raiseevent':
        if (event === undefined) return { status: 404 };
        if (isActive(id) && !/^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '')) {
          return refused(400, 'Only application/json request content is supported');
        }
        return { status: changed[instances.raiseEvent(id, event, (await jsonText(request)) ?? 'null', now())] };
      case 'terminate':
        return { status: changed[instances.terminate(id, reason, now())] };
      case 'suspend':
        return { status: changed[instances.suspend(id, now())] };
      case 'resume':
        return { status: changed[instances.resume(id, now())] };
      case 'rewind':
      case 'restart':
        return refused(501, `"${operation}" is not served by this host.`);
      default:
        return { status: 404 };
    }
  };

  const answer = async (request: IncomingMessage, url: URL, path: string): Promise<Answer> => {
    const hub = url.searchParams.get('taskHub') ?? addresses.hubName;
    if (hub !== addresses.hubName) return refused(400, `The task hub ${hub} is not served by this host.`);
    const [area, first, operation, event] = path
      .split('/')
      .map(decodeURIComponent)
      .map((part) => (part === '' ? undefined : part));
    const { method } = request;
    switch (area?.toLowerCase()) {
      case 'orchestrators':
        if (method !== 'POST' || first === undefined) return { status: 404 };
        return start(request, url.searchParams, first, operation);
      case 'instances':
        if (first === undefined) {
          if (method === 'GET') return list(request, url.searchParams);
          return method === 'DELETE' ? purge(url.searchParams) : { status: 404 };
        }
        if (operation !== undefined) {
          return method === 'POST' ? operate(request, url, first, operation.toLowerCase(), event) : { status: 404 };
        }
        if (method === 'GET') return status(url, first);
        return method === 'DELETE' ? purgeOne(first) : { status: 404 };
      case 'entities':
        if (first === undefined || operation === undefined)
          return refused(501, 'Listing entities is not served by this host.');
        return entity(request, url.searchParams, first, operation);
      default:
        return { status: 404 };
    }
  };

  return async (request: IncomingMessage, response: ServerResponse, url: URL, path: string): Promise<void> => {
    let result: Answer;
    try {
      result = await answer(request, url, path);
    } catch (error) {
      if (!(error instanceof SyntaxError) && !(error instanceof URIError)) throw error;
      result = refused(400, `Invalid JSON content or path: ${error.message}`);
    }
    const { status: code, body, headers = {} } = result;
    if (body === undefined) response.writeHead(code, headers).end();
    else response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
    if (request.method !== 'GET') wake();
  };
}
