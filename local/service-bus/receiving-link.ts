import rhea from 'rhea';

import { AmqpError, entityNotFound, notAllowed, sessionLockLost } from './amqp-error.ts';
import type { OutgoingLink } from './amqp-links.ts';
import { stampMessage } from './amqp-sections.ts';
import type { Broker } from './broker.ts';
import { swapGuidBytes } from './lock-tokens.ts';
import { receivedStamp } from './message.ts';
import type { Outcome } from './outcomes.ts';
import type { Consumer, Queue, Settlement } from './queue.ts';
import type { SessionLock, SessionLocks } from './session-locks.ts';

const sessionFilter = 'com.microsoft:session-filter';
const noToken = Buffer.alloc(16);

/** A link on which a client receives from a queue, subscription or dead-letter queue, and settles. */
export function serveReceivingLink(link: OutgoingLink, broker: Broker): void {
  const address = link.address ?? '';
  const entity = broker.find(address);
  if (!entity) return link.refuse(entityNotFound(address));
  const { queue } = entity;
  if (!queue) return link.refuse(notAllowed(`'${address}' is a topic: receive from one of its subscriptions.`));
  const wantsSession = sessionFilter in link.filter;
  if (wantsSession && !queue.sessions)
    return link.refuse(notAllowed(`A session receiver cannot be created on '${address}', which requires no sessions.`));
  if (!wantsSession && queue.sessions)
    return link.refuse(
      notAllowed(`'${address}' requires sessions: it is not possible to create a non-sessionful receiver.`),
    );
  const consumer = consumerOf(link);
  link.onCredit(() => queue.pump());
  link.onClose(() => queue.detach(consumer));
  link.onOutcome((tag, outcome, answer) => {
    try {
      queue.settle(swapGuidBytes(tag).toString('hex'), settlementOf(outcome));
    } catch (error) {
      if (!(error instanceof AmqpError)) throw error;
      return answer(error);
    }
    broker.afterCommit(() => answer());
  });
  if (queue.sessions) return serveSession(link, queue, queue.sessions, consumer);
  link.accept();
  queue.attach(consumer);
}

function consumerOf(link: OutgoingLink): Consumer {
  return {
    removes: link.settled,
    credit: () => link.credit(),
    deliver(message, lock) {
      const tag = lock ? swapGuidBytes(Buffer.from(lock.token, 'hex')) : noToken;
      link.send(stampMessage(message.content, receivedStamp(message)), tag, link.settled);
    },
  };
}

/** Locks the session that the client names, or waits for the next one that has messages. */
function serveSession(link: OutgoingLink, queue: Queue, sessions: SessionLocks, consumer: Consumer): void {
  const lost = () => link.refuse(sessionLockLost());
  const serve = (lock: SessionLock) => {
    link.accept({
      filter: { [sessionFilter]: lock.sessionId },
      properties: { 'com.microsoft:locked-until-utc': rhea.types.wrap_long(dotNetTicks(lock.until)) },
    });
    link.onClose(() => {
      queue.detach(consumer);
      lock.release();
    });
    queue.attach(consumer, lock.sessionId);
  };
  const wanted = link.filter[sessionFilter];
  if (typeof wanted === 'string') return serve(sessions.lock(wanted, lost));

  const attach = link.hold();
  const finish = (giveUp: () => void) => {
    clearTimeout(timer);
    giveUp();
    attach();
  };
  const timer = setTimeout(
    () =>
      finish(() => {
        cancel();
        link.refuse(new AmqpError('com.microsoft:timeout', 'No session with messages was there in time.'));
      }),
    Number(link.properties['com.microsoft:timeout'] ?? 60_000),
  );
  link.onClose(() => {
    clearTimeout(timer);
    cancel();
  });
  const cancel = sessions.lockNext(lost, (lock) => finish(() => serve(lock)));
}

/** 100 ns since the year 1. */
function dotNetTicks(ms: number): number {
  return ms * 10_000 + 621_355_968_000_000_000;
}

function settlementOf(outcome: Outcome): Settlement {
  switch (outcome.kind) {
    case 'modified':
      return { kind: outcome.undeliverableHere ? 'defer' : 'abandon', changes: outcome.annotations };
    case 'rejected':
      return { kind: 'deadLetter', changes: outcome.info.filter(([, value]) => value[0] !== 0x40) };
    default:
      return outcome.kind === 'accepted' ? { kind: 'complete' } : { kind: 'abandon', changes: [] };
  }
}
