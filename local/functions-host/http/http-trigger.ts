import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigurationError } from '../configuration-error.ts';
import { resolveSettings } from '../app-settings.ts';
import type { HostedFunction } from '../function-check.ts';
import type { Invoker } from '../invoker.ts';
import { readBody } from './body.ts';
import { joinHeaders, joinQuery, toHttpAnswer, toHttpData } from './http-data.ts';
import type { HttpAnswer } from './http-data.ts';
import { forwardToApp } from './http-stream.ts';
import { hasKey } from './keys.ts';
import { parseRoute } from './route.ts';
import type { Route } from './route.ts';

export interface HttpRoute {
  definition: HostedFunction;
  /** With the prefix: `api/orders/{id}`. */
  template: string;
  methods: string[];
  authLevel: string;
  route: Route;
}

const authLevels = ['anonymous', 'function', 'admin'];

/** `prefix` is `extensions.http.routePrefix` of host.json. */
export function httpRoute(definition: HostedFunction, prefix: string, settings: NodeJS.ProcessEnv): HttpRoute {
  const { route, methods, authLevel } = definition.trigger;
  const own = resolveSettings(typeof route === 'string' ? route : definition.name, settings).replace(/^\//, '');
  const template = [prefix.replace(/^\/|\/$/g, ''), own].filter((part) => part !== '').join('/');
  if (/^(admin|runtime)(\/|$)/i.test(template)) {
    throw new ConfigurationError(`the route "${template}" belongs to the host.`);
  }
  const level = (typeof authLevel === 'string' ? authLevel : 'anonymous').toLowerCase();
  if (!authLevels.includes(level)) throw new ConfigurationError(`authLevel is one of ${authLevels.join(', ')}.`);
  const allowed = Array.isArray(methods) ? methods.map(String) : ['GET', 'POST'];
  return {
    definition,
    template,
    methods: allowed.map((method) => method.toUpperCase()),
    authLevel: level,
    route: parseRoute(template),
  };
}

const byPrecedence = (a: HttpRoute, b: HttpRoute): number =>
  a.route.precedence < b.route.precedence ? -1 : a.route.precedence > b.route.precedence ? 1 : 0;

export interface HttpTriggerOptions {
  routes: HttpRoute[];
  invoker: Invoker;
  /** Opens functions of every level; checked only with `enforceKeys`. */
  key: string;
  enforceKeys: boolean;
  /** Where the library listens when the app called `app.setup({ enableHttpStream: true })`. */
  streamUri: string | undefined;
}

interface Matched {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  found: HttpRoute;
  params: Record<string, string>;
}

const describe = ({ request, found }: Matched, headers: Record<string, string>) => ({
  reason: 'This function was programmatically called via the host APIs.',
  details: `${request.method} /${found.template}`,
  traceParent: headers['traceparent'],
});

/** Serves a request when a function's route and method match; `false` when none does. */
export function createHttpTrigger({ routes, invoker, key, enforceKeys, streamUri }: HttpTriggerOptions) {
  const serveBuffered = async (matched: Matched): Promise<void> => {
    const { request, response, url, found, params } = matched;
    const headers = joinHeaders(request.headers);
    const body = await readBody(request);
    const input = toHttpData({ method: request.method ?? 'GET', url: url.href, headers, params, body });
    const outcome = await invoker
      .invoke(found.definition, { ...describe(matched, headers), input })
      .catch(() => undefined);
    if (outcome) writeAnswer(response, toHttpAnswer(outcome.response.returnValue));
    else response.writeHead(500).end();
  };

  const serveStream = async (matched: Matched, uri: string): Promise<void> => {
    const { request, response, url, found, params } = matched;
    const headers = joinHeaders(request.headers);
    const invocationId = randomUUID();
    const invoked = invoker.invoke(found.definition, {
      ...describe(matched, headers),
      invocationId,
      input: { http: {} },
      triggerMetadata: {
        Headers: { json: JSON.stringify(headers) },
        Query: { json: JSON.stringify(joinQuery(url.href)) },
        ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { string: value }])),
      },
    });
    let failed = false;
    invoked.catch(() => {
      failed = true;
    });
    try {
      await forwardToApp({ request, response, url, streamUri: uri, invocationId, invoked });
    } catch (error) {
      if (!failed) throw error;
      if (response.headersSent) response.destroy();
      else response.writeHead(500).end();
    }
  };

  const mostSpecificFirst = routes.toSorted(byPrecedence);
  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> => {
    const method = request.method ?? 'GET';
    for (const found of mostSpecificFirst) {
      // The method is part of the route, so a wrong one is 404 like a wrong path.
      const params = found.methods.includes(method) ? found.route.match(url.pathname) : undefined;
      if (!params) continue;
      const matched = { request, response, url, found, params };
      if (enforceKeys && found.authLevel !== 'anonymous' && !hasKey(request, url, key)) response.writeHead(401).end();
      else if (streamUri === undefined) await serveBuffered(matched);
      else await serveStream(matched, streamUri);
      return true;
    }
    return false;
  };
}

function writeAnswer(response: ServerResponse, { status, headers, cookies, body }: HttpAnswer): void {
  if (cookies.length > 0) response.setHeader('set-cookie', cookies);
  const hasBody = status !== 204 && status !== 304;
  response.writeHead(status, { ...headers, ...(hasBody && { 'content-length': body.length }) }).end(body);
}
