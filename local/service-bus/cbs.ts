import { createHmac, timingSafeEqual } from 'node:crypto';

import rhea from 'rhea';

import { AmqpError, entityNotFound, statusOf } from './amqp-error.ts';
import type { Broker } from './broker.ts';
import { entityAddress, entityKey } from './addresses.ts';
import type { Client, IncomingLink } from './amqp-links.ts';

/** Claims-based security: the client shows a token before it opens a link (`$cbs`, operation `put-token`). */

interface PutToken {
  readonly message_id: string;
  readonly reply_to: string;
  readonly application_properties: { operation?: string; type?: string; name?: string };
  readonly body: unknown;
}

export interface CbsParts {
  readonly broker: Broker;
  /** The accepted SharedAccessKey, used as text as Azure does; any key name is taken. */
  readonly key: string;
  readonly now: () => number;
  readonly log: (line: string) => void;
}

export function serveCbs(link: IncomingLink, client: Client, parts: CbsParts): void {
  link.onMessage((payload, _format, settle) => {
    const request = rhea.message.decode(payload) as unknown as PutToken;
    settle();
    const address = entityAddress(request.application_properties.name ?? '');
    const refusal = checkToken(request, address, parts);
    if (!refusal) client.granted.add(entityKey(address));
    if (refusal?.condition === 'amqp:unauthorized-access') parts.log(`token refused: ${refusal.message}`);
    const answer = rhea.message.encode({
      correlation_id: request.message_id,
      application_properties: {
        'status-code': rhea.types.wrap_int(refusal ? statusOf(refusal) : 202),
        'status-description': refusal?.message ?? 'Accepted',
        ...(refusal && { 'error-condition': rhea.types.wrap_symbol(refusal.condition) }),
      },
      body: null,
    });
    client.replyLink(request.reply_to)?.send(answer, Buffer.from('cbs'), true);
  });
}

function checkToken(
  { application_properties: asked, body }: PutToken,
  address: string,
  parts: CbsParts,
): AmqpError | undefined {
  if (asked.operation !== 'put-token')
    return new AmqpError('amqp:not-implemented', `$cbs knows put-token only, not '${asked.operation}'.`);
  if (asked.type !== 'servicebus.windows.net:sastoken')
    return unauthorized(`Tokens of type '${asked.type}' are not supported by this stand-in: use a connection string.`);
  const why = tokenFault(String(body), parts.key, parts.now());
  if (why) return unauthorized(why);
  return parts.broker.find(address) ? undefined : entityNotFound(address);
}

function tokenFault(token: string, key: string, now: number): string | undefined {
  const raw = new Map<string, string>();
  for (const part of token.replace(/^SharedAccessSignature\s+/, '').split('&')) {
    const at = part.indexOf('=');
    raw.set(part.slice(0, at), part.slice(at + 1));
  }
  const [resource, signature, expiry] = [raw.get('sr'), raw.get('sig'), raw.get('se')];
  if (!resource || !signature || !expiry) return 'InvalidSignature: the token lacks sr, sig or se.';
  const wanted = createHmac('sha256', key).update(`${resource}\n${expiry}`).digest();
  const given = Buffer.from(decodeURIComponent(signature), 'base64');
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted))
    return 'InvalidSignature: The token has an invalid signature. Check the SharedAccessKey of the connection string.';
  return Number(expiry) * 1000 < now ? 'ExpiredToken: The token is expired.' : undefined;
}

function unauthorized(why: string): AmqpError {
  return new AmqpError('amqp:unauthorized-access', why);
}
