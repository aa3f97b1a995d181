import rhea from 'rhea';

import { AmqpError, notAllowed, notImplemented } from './amqp-error.ts';
import { stampMessage } from './amqp-sections.ts';
import { entriesOf, plain, stringValue } from './amqp-values.ts';
import type { RawEntry, TypedValue } from './amqp-values.ts';
import type { Destination, Entity } from './broker.ts';
import type { RequestMap } from './management.ts';
import { mapOf } from './management.ts';
import { receivedStamp, stampOf } from './message.ts';
import type { Queue, Settlement } from './queue.ts';
import { ruleFromRequest, ruleForAnswer } from './rule-descriptions.ts';
import type { RuleSet } from './rule-set.ts';
import type { SessionLocks } from './session-locks.ts';
import { checkedEnvelope } from './sending-link.ts';

export interface OperationResult {
  /** 200 unless given. */
  readonly status?: number;
  readonly body?: Record<string, unknown>;
}

export type Operation = (entity: Entity, request: RequestMap) => OperationResult;

const { types } = rhea;
const [longCode, timestampCode] = [0x81, 0x83];

/** What `$management` can do, by the name after `com.microsoft:`. */
export const operations: Readonly<Record<string, Operation>> = {
  'renew-lock': (entity, request) => {
    const queue = queueOf(entity);
    const expirations = tokensOf(request).map((token) => queue.renew(token));
    return { body: { expirations: types.wrap_array(expirations, timestampCode, undefined) } };
  },

  'peek-message': (entity, request) => {
    const omitBody = value(request, 'omit-message-body') === true;
    const session = request.has('session-id') ? text(request, 'session-id') : undefined;
    const from = number(request, 'from-sequence-number');
    const found = queueOf(entity).peek(from, number(request, 'message-count'), session);
    if (found.length === 0) return { status: 204 };
    const messages = found.map((message) => ({
      message: stampMessage(message.content, { ...stampOf(message), lockedUntil: undefined }, omitBody),
    }));
    return { body: { messages } };
  },

  'schedule-message': (entity, request) => {
    const destination = destinationOf(entity);
    const envelopes = list(request, 'messages').map((one) =>
      checkedEnvelope(mapOf(one).get('message')?.value as Buffer, destination),
    );
    const numbers = envelopes.map((envelope) => destination.send(envelope));
    return { body: { 'sequence-numbers': types.wrap_array(numbers, longCode, undefined) } };
  },

  'cancel-scheduled-message': (entity, request) => {
    destinationOf(entity).cancelScheduled(numbers(request, 'sequence-numbers'));
    return {};
  },

  'receive-by-sequence-number': (entity, request) => {
    const locked = number(request, 'receiver-settle-mode') === 1;
    const found = queueOf(entity).takeDeferred(numbers(request, 'sequence-numbers'), locked);
    const messages = found.map((message) => ({
      message: stampMessage(message.content, receivedStamp(message)),
      'lock-token': types.wrap_uuid(Buffer.from(message.lock?.token ?? '0'.repeat(32), 'hex')),
    }));
    return { body: { messages } };
  },

  'update-disposition': (entity, request) => {
    const queue = queueOf(entity);
    const settlement = settlementOf(request);
    for (const token of tokensOf(request)) queue.settle(token, settlement);
    return {};
  },

  'renew-session-lock': (entity, request) => {
    const until = sessionsOf(entity).renew(text(request, 'session-id'));
    return { body: { expiration: types.wrap_timestamp(until) } };
  },

  'get-session-state': (entity, request) => {
    sessionsOf(entity).lockedUntil(text(request, 'session-id'));
    return { body: { 'session-state': entity.sessionStates?.get(text(request, 'session-id')) ?? null } };
  },

  'set-session-state': (entity, request) => {
    sessionsOf(entity).lockedUntil(text(request, 'session-id'));
    const state = value(request, 'session-state');
    entity.sessionStates?.set(text(request, 'session-id'), Buffer.isBuffer(state) ? state : undefined);
    return {};
  },

  'add-rule': (entity, request) => {
    rulesOf(entity).add(ruleFromRequest(text(request, 'rule-name'), mapOf(request.get('rule-description'))));
    return {};
  },

  'remove-rule': (entity, request) => {
    rulesOf(entity).remove(text(request, 'rule-name'));
    return {};
  },

  'enumerate-rules': (entity, request) => {
    const skip = number(request, 'skip');
    const page = rulesOf(entity)
      .list()
      .slice(skip, skip + number(request, 'top'));
    if (page.length === 0) return { status: 204 };
    return { body: { rules: page.map((rule) => ({ 'rule-description': ruleForAnswer(rule) })) } };
  },
};

function queueOf({ queue, name }: Entity): Queue {
  if (!queue) throw notAllowed(`'${name}' is a topic: ask one of its subscriptions.`);
  return queue;
}

function destinationOf({ destination, name }: Entity): Destination {
  if (!destination) throw notAllowed(`'${name}' cannot be sent to.`);
  return destination;
}

function sessionsOf({ queue, name }: Entity): SessionLocks {
  if (!queue?.sessions) throw notAllowed(`'${name}' requires no sessions.`);
  return queue.sessions;
}

function rulesOf({ rules, name }: Entity): RuleSet {
  if (!rules) throw notAllowed(`'${name}' is no subscription and has no rules.`);
  return rules;
}

function settlementOf(request: RequestMap): Settlement {
  const changes = entriesOf(request.get('properties-to-modify'));
  const status = text(request, 'disposition-status');
  switch (status) {
    case 'completed':
      return { kind: 'complete' };
    case 'abandoned':
      return { kind: 'abandon', changes };
    case 'defered':
      return { kind: 'defer', changes };
    case 'suspended':
      return { kind: 'deadLetter', changes: [...changes, ...reasonEntries(request)] };
    default:
      throw notImplemented(`The disposition status '${status}'`);
  }
}

function reasonEntries(request: RequestMap): RawEntry[] {
  const names = [
    ['DeadLetterReason', 'deadletter-reason'],
    ['DeadLetterErrorDescription', 'deadletter-description'],
  ] as const;
  return names.flatMap(([property, field]) => {
    const given = value(request, field);
    return typeof given === 'string' ? [[property, stringValue(given)] as const] : [];
  });
}

function value(request: RequestMap, name: string): unknown {
  const typed = request.get(name);
  return typed && plain(typed);
}

function text(request: RequestMap, name: string): string {
  const found = value(request, name);
  if (typeof found === 'string') return found;
  throw new AmqpError('amqp:decode-error', `The request lacks the text '${name}'.`);
}

function number(request: RequestMap, name: string): number {
  return integer(value(request, name), name);
}

function integer(found: unknown, name: string): number {
  // Beyond 2^53 an integer arrives as its eight bytes.
  if (Buffer.isBuffer(found)) return Number(found.readBigInt64BE());
  if (typeof found === 'number') return found;
  throw new AmqpError('amqp:decode-error', `The request lacks the number '${name}'.`);
}

function numbers(request: RequestMap, name: string): number[] {
  return list(request, name).map((one) => integer(plain(one), name));
}

function tokensOf(request: RequestMap): string[] {
  return list(request, 'lock-tokens').map((one) => (one.value as Buffer).toString('hex'));
}

function list(request: RequestMap, name: string): TypedValue[] {
  const found = request.get(name)?.value;
  if (!Array.isArray(found)) throw new AmqpError('amqp:decode-error', `The request lacks the list '${name}'.`);
  return found as TypedValue[];
}
