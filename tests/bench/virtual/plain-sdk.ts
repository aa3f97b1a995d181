import type { VirtualTime } from '../../simulation/virtual-time.ts';
import type { ProviderNumber } from './provider.ts';

/** What the SDK does by itself (`@typespec/ts-http-runtime`): three more tries, each after exactly the Retry-After. */
const TRIES = 4;
/** A message is given back when the SDK gives up; after so many deliveries the broker buries it. */
const DELIVERIES = 10;

/** Workers that call the SDK and wait in it, so many calls at once in all, until each message is sent or buried. */
export async function drainWithPlainSdk(
  { messages, inFlight, longest }: { messages: number; inFlight: number; longest: number },
  number: ProviderNumber,
  time: VirtualTime,
): Promise<void> {
  const queue = Array.from({ length: messages }, (_, index) => ({ id: String(index), deliveries: 0 }));
  let [over, busy] = [0, 0];

  async function handle(message: { id: string; deliveries: number }): Promise<void> {
    message.deliveries += 1;
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const { status, retryAfter = 1 } = await number.send(message.id);
      if (status === 202) return void (over += 1);
      if (tries < TRIES) await time.wait(retryAfter * 1_000);
    }
    if (message.deliveries < DELIVERIES) queue.push(message);
    else over += 1;
  }

  const next = (): void => {
    while (busy < inFlight && queue.length > 0) {
      busy += 1;
      void handle(queue.shift()!).finally(() => {
        busy -= 1;
        next();
      });
    }
  };
  next();
  await time.pass(() => over === messages, longest);
}
