import type { Clock } from '../clock.ts';

/** Rejects when the promise has not settled after `ms`; what it does later is nobody's concern. */
export function within<T>(ms: number, promise: Promise<T>, clock: Clock): Promise<T> {
  return new Promise((resolve, reject) => {
    const callOff = clock.after(ms, () => {
      reject(new Error(`no answer within ${ms} ms`));
    });
    promise.finally(callOff).then(resolve, reject);
  });
}
