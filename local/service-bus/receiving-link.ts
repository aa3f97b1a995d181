import { AmqpError, entityNotFound, notAllowed, notImplemented } from './amqp-error.ts';
import { stampMessage } from './amqp-sections.ts';
import type { Broker } from './broker.ts';
import { swapGuidBytes } from './lock-tokens.ts';
import { receivedStamp } from './message.ts';
import type { Consumer, Queue, Settlement } from './queue.ts';
import type { OutgoingLink, Outcome } from './rhea-adapter.ts';

const sessionFilter = 'com.microsoft:session-filter';
const noToken = Buffer.alloc(16);

/** A link on which a client receives from a queue, subscription or dead-letter queue, and settles. */
export function serveReceivingLink(link: OutgoingLink, broker: Broker): void {
  const address = link.address ?? '';
  const entity = broker.find(address);
  if (!entity) return link.refuse(entityNotFound(address));
  const { queue } = entity;
  if (!queue) return link.refuse(notAllowed(`'${address}' is a topic: receive from one of its subscriptions.`));
  if (sessionFilter in link.filter) return link.refuse(notImplemented('A session receiver'));
  link.accept();
  const consumer: Consumer = {
    removes: link.settled,
    credit: () => link.credit(),
    deliver(message, lock) {
      const tag = lock ? swapGuidBytes(Buffer.from(lock.token, 'hex')) : noToken;
      link.send(stampMessage(message.content, receivedStamp(message)), tag, link.settled);
    },
  };
  link.onCredit(queue.pump);
  link.onClose(() => queue.detach(consumer));
  link.onOutcome((tag, outcome, answer) => {
    try {
      settleByTag(queue, tag, outcome);
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error;
      return answer(error);
    }
    broker.afterCommit(() => answer());
  });
  queue.attach(consumer);
}

function settleByTag(queue: Queue, tag: Buffer, outcome: Outcome): void {
  queue.settle(swapGuidBytes(tag).toString('hex'), settlementOf(outcome));
}

function settlementOf(outcome: Outcome): Settlement {
  switch (outcome.kind) {
    case 'accepted':
      return { kind: 'complete' };
    case 'released':
      return { kind: 'abandon', changes: [] };
    case 'modified':
      return { kind: outcome.undeliverableHere ? 'defer' : 'abandon', changes: outcome.annotations };
    case 'rejected':
      return { kind: 'deadLetter', changes: outcome.info.filter(([, value]) => value[0] !== 0x40) };
  }
}
