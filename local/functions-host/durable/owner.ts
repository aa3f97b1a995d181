import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** Names this worker in the leases: machine, process id, and something no other process has. */
export const createOwner = (): string => [hostname(), process.pid, randomUUID()].join(' ');

/** Whether the worker of that name is known to have ended: only a process of this machine can be. */
export function isDead(owner: string): boolean {
  const [machine, pid] = owner.split(' ');
  if (machine !== hostname()) return false;
  if (Number(pid) === process.pid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
