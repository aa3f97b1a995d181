import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HostedFunction } from './function-check.ts';
import { readBody } from './http/body.ts';
import { hasKey } from './http/keys.ts';
import { errorText } from './invoker.ts';
import type { Invocation, Invoker } from './invoker.ts';
import { isJsonObject } from './app-folder.ts';

export const eventGridPath = '/runtime/webhooks/eventgrid';

const header = (request: IncomingMessage, name: string): string | undefined => {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
};

/** The code of the handshake: in `data` of the first element, which may be an object or, with CloudEvents, a JSON text. */
function validationCode(body: unknown): string | undefined {
  const event: unknown = Array.isArray(body) ? body[0] : body;
  const data = isJsonObject(event) ? event['data'] : undefined;
  const parsed: unknown = typeof data === 'string' ? JSON.parse(data) : data;
  const code = isJsonObject(parsed) ? parsed['validationCode'] : undefined;
  return typeof code === 'string' ? code : undefined;
}

/** What a function with an Event Grid trigger is handed for one event, or for a whole delivery with `cardinality: 'many'`. */
export function eventGridInvocation(events: unknown): Pick<Invocation, 'input' | 'triggerMetadata'> {
  if (Array.isArray(events))
    return { input: { collectionString: { string: events.map((one) => JSON.stringify(one)) } } };
  const data = isJsonObject(events) ? events['data'] : undefined;
  return {
    input: { json: JSON.stringify(events) },
    triggerMetadata: data === undefined ? {} : { data: { json: JSON.stringify(data) } },
  };
}

/**
 * The webhook that Event Grid delivers to: `POST|OPTIONS /runtime/webhooks/EventGrid?functionName=…&code=…`.
 * Answers: Azure/azure-sdk-for-net `Microsoft.Azure.WebJobs.Extensions.EventGrid/src/TriggerBinding/HttpRequestProcessor.cs`.
 */
export function createEventGridWebhook(functions: HostedFunction[], invoker: Invoker, key: string, now: () => Date) {
  const byName = new Map(functions.map((definition) => [definition.name.toLowerCase(), definition]));

  const notify = async (definition: HostedFunction, body: unknown): Promise<string | undefined> => {
    const deliveries = definition.trigger['cardinality'] === 'many' ? [[body].flat()] : [body].flat();
    const outcomes = await Promise.allSettled(
      deliveries.map((events) =>
        invoker.invoke(definition, {
          reason: `EventGrid trigger fired at ${now().toISOString()}`,
          ...eventGridInvocation(events),
        }),
      ),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    return failed && errorText(failed.reason);
  };

  return async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const answer = (status: number, text = '', headers: Record<string, string> = {}): void => {
      response.writeHead(status, headers).end(text);
    };
    if (!hasKey(request, url, key)) return answer(401);
    const name = [...url.searchParams].find(([parameter]) => parameter.toLowerCase() === 'functionname')?.[1] ?? '';
    const definition = byName.get(name.toLowerCase());
    if (!definition) return answer(404, `cannot find function: '${name}'`);
    if (request.method === 'OPTIONS') {
      return answer(200, '', { 'Webhook-Allowed-Origin': 'eventgrid.azure.net' });
    }
    if (request.method !== 'POST') return answer(404);
    const eventType = header(request, 'aeg-event-type')?.toLowerCase();
    if (eventType === 'unsubscribe') return answer(202);
    if (eventType !== 'subscriptionvalidation' && eventType !== 'notification') return answer(400);

    let body: unknown;
    let code: string | undefined;
    try {
      body = JSON.parse((await readBody(request)).toString('utf8'));
      if (eventType === 'subscriptionvalidation') code = validationCode(body);
    } catch (error) {
      return answer(400, `The body is not JSON: ${errorText(error)}`);
    }
    if (eventType === 'subscriptionvalidation') {
      if (code === undefined) return answer(400, 'The event carries no data.validationCode.');
      return answer(200, JSON.stringify({ validationResponse: code }), { 'content-type': 'application/json' });
    }
    const failure = await notify(definition, body);
    if (failure === undefined) answer(202);
    else answer(500, failure);
  };
}
