import rhea from 'rhea';

import { AmqpError, notImplemented, statusOf } from './amqp-error.ts';
import type { Broker, Entity } from './broker.ts';
import { plain, readTyped, valueEnd } from './amqp-values.ts';
import type { TypedValue } from './amqp-values.ts';
import { operations } from './management-operations.ts';
import type { OperationResult } from './management-operations.ts';
import type { Client, IncomingLink } from './amqp-links.ts';

/** The `$management` node of an entity: requests with a map, answers with a status and a map. */

interface Request {
  readonly message_id: string;
  readonly reply_to: string;
  readonly application_properties: { operation?: string };
}

/** The typed values of a request map by name. */
export type RequestMap = ReadonlyMap<string, TypedValue>;

export interface ManagementParts {
  readonly entity: Entity;
  readonly broker: Broker;
}

export function serveManagement(link: IncomingLink, client: Client, { entity, broker }: ManagementParts): void {
  link.onMessage((payload, _format, settle) => {
    const request = rhea.message.decode(payload) as unknown as Request;
    settle();
    const answer = (properties: Record<string, unknown>, body: unknown) => {
      const bytes = rhea.message.encode({
        correlation_id: request.message_id,
        application_properties: properties,
        body,
      });
      client.replyLink(request.reply_to)?.send(bytes, Buffer.from('mgmt'), true);
    };
    try {
      const result = perform(entity, request.application_properties.operation ?? '', requestMap(payload));
      const statusCode = rhea.types.wrap_int(result.status ?? 200);
      broker.afterCommit(() => answer({ statusCode, statusDescription: 'OK' }, result.body ?? {}));
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error;
      answer(
        {
          statusCode: rhea.types.wrap_int(statusOf(error)),
          statusDescription: error.message,
          errorCondition: rhea.types.wrap_symbol(error.condition),
        },
        {},
      );
    }
  });
}

function perform(entity: Entity, operation: string, request: RequestMap): OperationResult {
  const known = operations[operation.replace(/^com\.microsoft:/, '')];
  if (!known || !operation.startsWith('com.microsoft:'))
    throw notImplemented(`The management operation '${operation}'`);
  return known(entity, request);
}

/** The body section (amqp-value, 0x77) with its types: rhea's own decoding drops them. */
function requestMap(payload: Buffer): RequestMap {
  let at = 0;
  while (at < payload.length) {
    const valueAt = valueEnd(payload, at + 1);
    const end = valueEnd(payload, valueAt);
    if (Number(plain(readTyped(payload.subarray(at + 1, valueAt)))) === 0x77)
      return mapOf(readTyped(payload.subarray(valueAt, end)));
    at = end;
  }
  return new Map();
}

export function mapOf(typed: TypedValue | undefined): RequestMap {
  const items = Array.isArray(typed?.value) ? (typed.value as TypedValue[]) : [];
  const map = new Map<string, TypedValue>();
  for (let n = 0; n + 1 < items.length; n += 2) {
    const [key, value] = [items[n], items[n + 1]];
    if (key && value) map.set(String(key.value), value);
  }
  return map;
}
