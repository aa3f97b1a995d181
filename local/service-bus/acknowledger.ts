import { createRequire } from 'node:module';

import rhea from 'rhea';

import type { AmqpError } from './amqp-error.ts';
import type { TypedValue } from './amqp-values.ts';
import type { RheaSession } from './rhea-types.ts';

interface Frames {
  disposition(fields: object): object;
}

interface Outcomes {
  accepted(): { described(): TypedValue };
  rejected(fields: { error: object }): { described(): TypedValue };
}

const frames = createRequire(import.meta.url)('rhea/lib/frames.js') as Frames;
const outcomes = rhea.message as unknown as Outcomes;

export interface Acknowledger {
  /** `asReceiver`: for a transfer that the client sent. */
  acknowledge(asReceiver: boolean, id: number, error: AmqpError | undefined): void;
}

interface Acknowledgement {
  readonly asReceiver: boolean;
  readonly id: number;
  readonly error: AmqpError | undefined;
}

/**
 * Writes dispositions. rhea's own writer merges neighbouring deliveries of one tick although their outcomes differ
 * (`write_dispositions` in lib/session.js), which would report a refusal as accepted; only runs of `accepted` may be merged.
 */
export function createAcknowledger(session: RheaSession, connected: () => boolean): Acknowledger {
  let waiting: Acknowledgement[] = [];

  function flush(): void {
    const batch = waiting;
    waiting = [];
    if (!connected() || !session.is_open()) return;
    let start = 0;
    while (start < batch.length) {
      const first = batch[start] as Acknowledgement;
      let next = start + 1;
      while (!first.error && isNextOfRun(batch[next], batch[next - 1])) next += 1;
      session.output(
        frames.disposition({
          role: first.asReceiver,
          first: first.id,
          last: first.id + (next - start) - 1,
          settled: true,
          state: first.error
            ? outcomes
                .rejected({ error: { condition: first.error.condition, description: first.error.message } })
                .described()
            : outcomes.accepted().described(),
        }),
      );
      start = next;
    }
    session.connection._register();
  }

  return {
    acknowledge(asReceiver, id, error) {
      if (waiting.length === 0) process.nextTick(flush);
      waiting.push({ asReceiver, id, error });
    },
  };
}

function isNextOfRun(next: Acknowledgement | undefined, previous: Acknowledgement | undefined): boolean {
  return (
    next !== undefined &&
    previous !== undefined &&
    !next.error &&
    next.asReceiver === previous.asReceiver &&
    next.id === previous.id + 1
  );
}
