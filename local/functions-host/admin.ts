import type { IncomingMessage, ServerResponse } from 'node:http';
import { isJsonObject } from './app-folder.ts';
import type { HostedFunction } from './function-check.ts';
import { readBody } from './http/body.ts';
import { hasKey } from './http/keys.ts';
import { errorText } from './invoker.ts';

export interface AdminOptions {
  functions: HostedFunction[];
  key: string;
  hostId: string;
  hostVersion: string;
  state(): 'Running' | 'Stopping';
  /** Address under which Azure Functions tools expect to call a function. */
  invokeUrl(definition: HostedFunction): string;
  /** Runs a function with the text as its input; resolves when it is started. */
  fire(definition: HostedFunction, input: string | undefined): void;
  uptimeMs(): number;
}

/** `/admin/…`: HOST `Controllers/HostController.cs` and `FunctionsController.cs`, the few routes that scripts use. */
export function createAdmin(options: AdminOptions) {
  const describe = (definition: HostedFunction): object => ({
    name: definition.name,
    language: 'node',
    isDisabled: definition.disabled,
    invoke_url_template: options.invokeUrl(definition),
    config: { name: definition.name, bindings: Object.values(definition.metadata.bindings) },
  });

  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const answer = (status: number, body?: unknown): void => {
      if (body === undefined) response.writeHead(status).end();
      else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    const [, , area, name] = url.pathname.split('/');
    if (area === 'host' && name === 'status' && request.method === 'GET') {
      return answer(200, {
        id: options.hostId,
        state: options.state(),
        version: options.hostVersion,
        processUptime: Math.round(options.uptimeMs()),
      });
    }
    if (area !== 'functions') return answer(404);
    if (name === undefined || name === '') {
      return request.method === 'GET' ? answer(200, options.functions.map(describe)) : answer(404);
    }
    const definition = options.functions.find(
      (one) => one.name.toLowerCase() === decodeURIComponent(name).toLowerCase(),
    );
    if (!definition) return answer(404);
    if (request.method === 'GET') return answer(200, describe(definition));
    if (request.method !== 'POST') return answer(404);
    if (!hasKey(request, url, options.key)) return answer(401);
    if (definition.disabled) return answer(404, { message: `Function "${definition.name}" is disabled.` });
    if (definition.kind === 'http') {
      return answer(400, { message: `Call the HTTP function itself: ${options.invokeUrl(definition)}` });
    }
    if (definition.kind === 'orchestration' || definition.kind === 'entity') {
      return answer(400, { message: `The function is reached by a POST to ${options.invokeUrl(definition)}` });
    }
    let input: unknown;
    try {
      const text = (await readBody(request)).toString('utf8');
      const body: unknown = text.trim() === '' ? {} : JSON.parse(text);
      if (!isJsonObject(body)) return answer(400, { message: 'The body must be {"input": …}.' });
      input = body['input'];
    } catch (error) {
      return answer(400, { message: `The body is not JSON: ${errorText(error)}` });
    }
    options.fire(definition, input === undefined || typeof input === 'string' ? input : JSON.stringify(input));
    answer(202);
  };
}
