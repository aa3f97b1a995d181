import { describe, expect, it } from 'vitest';
import type { Connections } from '../../commands/connections.ts';
import { runNotify } from '../../commands/program.ts';
import { fakeClock } from '../fakes/clock.ts';
import { fakePorts } from '../fakes/ports.ts';
import { ARRIVED, deliveryOf } from '../shared/stored-delivery.ts';

const daysBefore = (days: number) => new Date(ARRIVED.getTime() - days * 86_400_000);

/** Somebody at a terminal who answers so, or nobody. */
function world(answer?: boolean) {
  const ports = fakePorts({ clock: fakeClock(ARRIVED) });
  for (const days of [120, 100, 40, 1]) {
    const plan = { arrived: daysBefore(days), eventId: `${days}` };
    const delivery = deliveryOf(plan, { status: 'delivered', cause: 'arrived' });
    ports.deliveries.rows.set(delivery.plan.id, delivery);
  }
  const [printed, said, asked]: string[][] = [[], [], []];
  const notUsed = () => {
    throw new Error('not used here');
  };
  const connections: Connections = {
    settings: () => ({ retentionDays: 90 }) as ReturnType<Connections['settings']>,
    pacing: notUsed,
    reminders: notUsed,
    linkHosts: notUsed,
    tables: () => ports,
    broker: notUsed,
    where: notUsed,
    areOnThisMachine: () => true,
    close: async () => undefined,
  };
  const run = (...args: string[]) =>
    runNotify(['purge', ...args], {
      now: () => ARRIVED,
      connections,
      user: 'ada@desk',
      terminal: {
        print: (text) => void printed!.push(text),
        say: (text) => void said!.push(text),
        hint: () => undefined,
        progress: () => undefined,
        interactive: answer !== undefined,
        ask: async (question) => {
          asked!.push(question);
          return answer ?? false;
        },
        width: 120,
        paint: (_, text) => text,
      },
    });
  return { ...ports, run, printed: printed!, said: said!, asked: asked! };
}

const left = ({ deliveries }: ReturnType<typeof world>) => deliveries.rows.size;

describe('notify purge', () => {
  it('says what it destroys, asks, does it by the retention setting, and keeps a record', async () => {
    const notify = world(true);
    expect(await notify.run()).toBe(0);
    expect(notify.said[0]).toContain('Destroys for good what is from before 2026-08-22 13:00 UTC: 2 deliveries');
    expect(notify.asked).toHaveLength(1);
    expect(left(notify)).toBe(2);
    expect(notify.printed[0]).toContain('Removed 2 deliveries');
    expect(notify.staffActions.rows).toEqual([{ at: ARRIVED, by: 'ada@desk', command: 'purge', what: notify.said[0] }]);
  });

  it('destroys nothing when it is a dry run, when somebody says no, or when nobody is there to ask', async () => {
    for (const [answer, flags, code] of [
      [true, ['--dry-run'], 0],
      [false, [], 0],
      [undefined, [], 2],
    ] as const) {
      const notify = world(answer);
      expect([flags, await notify.run(...flags)]).toEqual([flags, code]);
      expect(left(notify)).toBe(4);
      expect(notify.said.join(' ')).toMatch(/[Nn]othing was done/);
      expect(notify.staffActions.rows).toEqual([]);
    }
  });

  it('takes another age, and does it unasked with --yes', async () => {
    const notify = world();
    expect(await notify.run('--older-than', '30d', '--yes', '--json')).toBe(0);
    expect(left(notify)).toBe(1);
    expect(JSON.parse(notify.printed[0]!)).toMatchObject({ done: true, rows: { deliveries: 3 } });
  });

  it.each(['2d', '0', 'all', '90w', '-1d'])('refuses the age %s', async (age) => {
    const notify = world();
    expect(await notify.run('--older-than', age, '--yes')).toBe(2);
    expect(left(notify)).toBe(4);
  });

  it('says so when nothing is old', async () => {
    const notify = world();
    expect(await notify.run('--older-than', '300d')).toBe(0);
    expect(notify.said).toEqual(['Nothing is from before 2026-01-24 13:00 UTC.']);
  });
});
