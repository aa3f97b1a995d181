/** A refusal as it stands on the wire: an AMQP condition and a text. `statusOf` gives the number that `$management` and `$cbs` answers carry beside it. */
export class AmqpError extends Error {
  readonly condition: string;

  constructor(condition: string, description: string) {
    super(description);
    this.condition = condition;
  }
}

const statuses: Record<string, number> = {
  'com.microsoft:message-lock-lost': 410,
  'com.microsoft:session-lock-lost': 410,
  'com.microsoft:session-cannot-be-locked': 410,
  'com.microsoft:message-not-found': 404,
  'com.microsoft:entity-already-exists': 409,
  'com.microsoft:timeout': 408,
  'amqp:not-found': 404,
  'amqp:not-allowed': 400,
  'amqp:decode-error': 400,
  'amqp:not-implemented': 501,
  'amqp:unauthorized-access': 401,
  'amqp:link:message-size-exceeded': 403,
};

export function statusOf(error: AmqpError): number {
  return statuses[error.condition] ?? 500;
}

export function lockLost(): AmqpError {
  return new AmqpError(
    'com.microsoft:message-lock-lost',
    'The lock supplied is invalid. Either the lock expired, or the message has already been removed from the queue.',
  );
}

export function tokenMissing(address: string): AmqpError {
  return new AmqpError('amqp:unauthorized-access', `No token was shown for '${address}': put one to $cbs first.`);
}

export function sessionLockLost(): AmqpError {
  return new AmqpError('com.microsoft:session-lock-lost', 'The session lock has expired. Accept a new session.');
}

export function entityNotFound(address: string): AmqpError {
  return new AmqpError('amqp:not-found', `The messaging entity '${address}' could not be found.`);
}

export function messageNotFound(sequence: number): AmqpError {
  return new AmqpError(
    'com.microsoft:message-not-found',
    `The message with sequence number ${sequence} is not there, or not in the state this operation needs.`,
  );
}

export function notAllowed(why: string): AmqpError {
  return new AmqpError('amqp:not-allowed', why);
}

export function notImplemented(what: string): AmqpError {
  return new AmqpError('amqp:not-implemented', `${what} is not supported by this stand-in.`);
}
