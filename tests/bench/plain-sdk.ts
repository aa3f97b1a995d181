/** The plain SDK in processes of its own: what is written without this pipeline. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { LaptopCloud } from '../../demo/laptop-cloud.ts';

export type PlainJob = {
  connectionString: string;
  sender: string;
  to: readonly string[];
  text: string;
  inFlight: number;
  /** A message is given back when the SDK gives up, so many times. */
  tries: number;
};

const LOOP = fileURLToPath(new URL('./plain-sdk-loop.ts', import.meta.url));
const TOLL_FREE = '+18005550100';
const TEXT = 'Lakeside Books: order 880001 is confirmed, promised by Tuesday. https://parcels.example.net/o/880001';

/** Sends to everybody with the client's default retries. */
export async function sendPlainly(
  { settings }: LaptopCloud,
  to: readonly string[],
  { processes, inFlight, tries }: { processes: number; inFlight: number; tries: number },
): Promise<void> {
  await Promise.all(
    Array.from({ length: processes }, (_, index) =>
      runLoop({
        connectionString: settings['CommunicationServices']!,
        sender: TOLL_FREE,
        to: to.filter((_one, place) => place % processes === index),
        text: TEXT,
        inFlight,
        tries,
      }),
    ),
  );
}

async function runLoop(job: PlainJob): Promise<void> {
  const child = fork(LOOP);
  child.send(job);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
  if (code !== 0) throw new Error(`the plain SDK loop ended with ${code}`);
}
