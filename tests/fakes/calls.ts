import { copied } from './copied.ts';

/** One operation of a port, just before it takes effect or just after. */
export type PortCall = { port: string; operation: string; moment: 'before' | 'after' };

/** Called around every operation of a fake; whatever it throws is what the caller of the port sees. */
export type OnCall = (call: PortCall) => void | Promise<void>;

type Calls = {
  call: <Result>(operation: string, run: () => Result) => Promise<Result>;
  each: <Item>(operation: string, run: () => Item[]) => AsyncIterable<Item>;
};

/** Runs the operations of one fake between the two calls of the hook; callers get copies, never the stored objects. */
export function callsOf(port: string, onCall: OnCall): Calls {
  async function call<Result>(operation: string, run: () => Result): Promise<Result> {
    await onCall({ port, operation, moment: 'before' });
    const result = copied(run());
    await onCall({ port, operation, moment: 'after' });
    return result;
  }
  return {
    call,
    async *each<Item>(operation: string, run: () => Item[]): AsyncGenerator<Item> {
      yield* await call(operation, run);
    },
  };
}
