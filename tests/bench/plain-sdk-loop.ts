/** Started by `plain-sdk.ts`: sends one job as a queue consumer would, and ends. */
import { once } from 'node:events';
import { SmsClient } from '@azure/communication-sms';
import type { PlainJob } from './plain-sdk.ts';

const [job] = (await once(process, 'message')) as [PlainJob];
const options = { allowInsecureConnection: true };
const client = new SmsClient(job.connectionString, options);
const queue = job.to.map((to) => ({ to, tries: 0 }));

async function consume(): Promise<void> {
  for (let message = queue.shift(); message; message = queue.shift()) {
    const { to, tries } = message;
    const sent = await trySend(to);
    if (!sent && tries + 1 < job.tries) queue.push({ to, tries: tries + 1 });
  }
}

async function trySend(to: string): Promise<boolean> {
  try {
    const [result] = await client.send(
      { from: job.sender, to: [to], message: job.text },
      { enableDeliveryReport: true },
    );
    return result?.successful === true;
  } catch {
    return false;
  }
}

await Promise.all(Array.from({ length: job.inFlight }, consume));
process.disconnect();
