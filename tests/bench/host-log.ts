/** What the functions host wrote, one JSON object a line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Line = { time: string; message: string; invocationId?: string };

export type SendingRun = { endedAt: number; duration: number };

/** The invocations that sent a message. */
export function sendingRuns(folder: string): SendingRun[] {
  const sent = new Set<string>();
  const runs: SendingRun[] = [];
  for (const text of readFileSync(join(folder, 'logs', 'functions-host.log'), 'utf8').split('\n')) {
    if (!text.startsWith('{')) continue;
    const { time, message, invocationId = '' } = JSON.parse(text) as Line;
    if (message.includes('"event":"delivery-sent"')) sent.add(invocationId);
    const duration = /^Executed .*Duration=(\d+)ms/.exec(message)?.[1];
    if (duration !== undefined && sent.has(invocationId))
      runs.push({ endedAt: Date.parse(time), duration: Number(duration) });
  }
  return runs;
}
