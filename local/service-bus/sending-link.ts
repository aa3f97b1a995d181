import { randomUUID } from 'node:crypto';

import { AmqpError, entityNotFound, notAllowed, notImplemented } from './amqp-error.ts';
import { readEnvelope, splitBatch } from './amqp-sections.ts';
import type { Envelope } from './amqp-sections.ts';
import type { Broker, Destination } from './broker.ts';
import type { IncomingLink } from './amqp-links.ts';

/** 256 KB, the limit of the Standard tier. */
export const maxMessageSize = 262_144;
const batchFormat = 0x80013700;

/** A link on which a client sends to a queue or topic. A message is acknowledged once it is on disk. */
export function serveSendingLink(link: IncomingLink, broker: Broker): void {
  const address = link.address;
  if (!address) return link.refuse(notImplemented('A transaction'));
  if (link.properties['com.microsoft:transfer-destination-address'])
    return link.refuse(notImplemented('Sending via another entity'));
  const entity = broker.find(address);
  if (!entity) return link.refuse(entityNotFound(address));
  const { destination } = entity;
  if (!destination) return link.refuse(notAllowed(`'${address}' cannot be sent to: it is no queue and no topic.`));
  link.accept({ maxMessageSize });
  link.onMessage((payload, format, settle) => {
    try {
      if (payload.length > maxMessageSize) throw tooLarge(payload.length);
      for (const envelope of readTransfer(payload, format, destination)) destination.send(envelope);
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error;
      return settle(error);
    }
    broker.afterCommit(() => settle());
  });
}

function readTransfer(payload: Buffer, format: number, destination: Destination): Envelope[] {
  if (format !== 0 && format !== batchFormat) throw notImplemented(`Message format 0x${format.toString(16)}`);
  const messages = format === batchFormat ? splitBatch(payload) : [payload];
  return messages.map((message) => checkedEnvelope(message, destination));
}

/** Reads one message for a destination; throws an AmqpError when it cannot be taken. */
export function checkedEnvelope(message: Buffer, destination: Destination): Envelope {
  if (message.length > maxMessageSize) throw tooLarge(message.length);
  const envelope = readEnvelope(message, () => randomUUID().replaceAll('-', ''));
  if (destination.requiresSession && envelope.sessionId === undefined)
    throw notAllowed(
      'The SessionId was not set on a message, and it cannot be sent to the entity, which requires sessions.',
    );
  return envelope;
}

function tooLarge(size: number): AmqpError {
  return new AmqpError(
    'amqp:link:message-size-exceeded',
    `The received message (size:${size} bytes) exceeds the limit (${maxMessageSize} bytes).`,
  );
}
