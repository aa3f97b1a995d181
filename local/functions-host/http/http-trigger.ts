import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ConfigurationError } from '../configuration-error.ts';
import { resolveSettings } from '../app-settings.ts';
import type { HostedFunction } from '../function-check.ts';
import type { Invoker } from '../invoker.ts';
import { readBody } from './body.ts';
import { joinHeaders, joinQuery, toHttpAnswer, toHttpData } from './http-data.ts';
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

/** The routes of all HTTP functions, the most specific first. `prefix` is `extensions.http.routePrefix` of host.json. */
export function httpRoutes(functions: HostedFunction[], prefix: string, settings: NodeJS.ProcessEnv): HttpRoute[] {
  return functions
    .filter((definition) => definition.kind === 'http' && !definition.disabled)
    .map((definition) => {
      const { route, methods, authLevel } = definition.trigger;
      const own = resolveSettings(typeof route === 'string' ? route : definition.name, settings).replace(/^\//, '');
      const template = [prefix.replace(/^\/|\/$/g, ''), own].filter((part) => part !== '').join('/');
      if (/^(admin|runtime)(\/|$)/i.test(template)) {
        throw new ConfigurationError(`function "${definition.name}": the route "${template}" belongs to the host.`);
      }
      const level = (typeof authLevel === 'string' ? authLevel : 'anonymous').toLowerCase();
      if (!authLevels.includes(level)) {
        throw new ConfigurationError(`function "${definition.name}": authLevel is one of ${authLevels.join(', ')}.`);
      }
      const allowed = Array.isArray(methods) ? methods.map(String) : ['GET', 'POST'];
      return {
        definition,
        template,
        methods: allowed.map((method) => method.toUpperCase()),
        authLevel: level,
        route: parseRoute(template),
      };
    })
    .sort((a, b) => (a.route.precedence < b.route.precedence ? -1 : a.route.precedence > b.route.precedence ? 1 : 0));
}

export interface HttpTriggerOptions {
  routes: HttpRoute[];
  invoker: Invoker;
  /** Opens functions of every level; checked only with `enforceKeys`. */
  key: string;
  enforceKeys: boolean;
  /** Where the library listens when the app called `app.setup({ enableHttpStream: true })`. */
  streamUri: string | undefined;
}

/** Serves a request when a function's route and method match; `false` when none does. */
export function createHttpTrigger({ routes, invoker, key, enforceKeys, streamUri }: HttpTriggerOptions) {
  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<boolean> => {
    const method = request.method ?? 'GET';
    for (const { definition, template, route, methods, authLevel } of routes) {
      const params = methods.includes(method) ? route.match(url.pathname.slice(1)) : undefined;
      if (!params) continue;
      if (enforceKeys && authLevel !== 'anonymous' && !hasKey(request, url, key)) {
        response.writeHead(401).end();
        return true;
      }
      const invocation = {
        reason: 'This function was programmatically called via the host APIs.',
        details: `${method} /${template}`,
        traceParent: joinHeaders(request.headers)['traceparent'],
      };
      const headers = joinHeaders(request.headers);
      try {
        if (streamUri === undefined) {
          const body = await readBody(request);
          const input = toHttpData({ method, url: url.href, headers, params, body });
          const outcome = await invoker.invoke(definition, { ...invocation, input });
          const answer = toHttpAnswer(outcome.response.returnValue);
          if (answer.cookies.length > 0) response.setHeader('set-cookie', answer.cookies);
          response.writeHead(answer.status, answer.headers).end(answer.body);
        } else {
          const invocationId = randomUUID();
          const invoked = invoker.invoke(definition, {
            ...invocation,
            invocationId,
            input: { http: {} },
            triggerMetadata: {
              Headers: { json: JSON.stringify(headers) },
              Query: { json: JSON.stringify(joinQuery(url.href)) },
              ...Object.fromEntries(Object.entries(params).map(([name, value]) => [name, { string: value }])),
            },
          });
          await forwardToApp({ request, response, url, streamUri, invocationId, invoked });
        }
      } catch (error) {
        // The real host answers a failed handler with an empty 500; the invoker has logged it.
        if (response.headersSent) response.destroy();
        else response.writeHead(error instanceof Error && error.name === 'BodyTooLarge' ? 413 : 500).end();
      }
      return true;
    }
    return false;
  };
}
