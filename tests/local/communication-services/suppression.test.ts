import { describe, expect, it } from 'vitest';
import { manualClock } from './manual-clock.ts';
import { ordinaryMail, startProvider } from './harness.ts';

const hour = 3_600_000;
const bouncing = 'bounce@mail.example';

async function start(scenario: Record<string, unknown> = {}) {
  const clock = manualClock();
  const reports = { delay: { sms: [0, 0], email: [0, 0] } };
  const acs = await startProvider({ clock, scenario: { clockTolerance: null, reports, ...scenario } });
  const statusOf = async (mailbox: string) => {
    await acs.mail(ordinaryMail(mailbox));
    const { final } = (await acs.sends('?order=desc&limit=1'))[0] as unknown as { final: { status: string }[] };
    return final[0]?.status;
  };
  return { clock, statusOf };
}

describe('the suppression list', () => {
  it.each([
    ['a day', {}, [24, 48, 96, 168, 336, 336].map((hours) => hours * hour)],
    ['ten seconds', { suppressionLease: 10 }, [10, 20, 40, 70, 140, 140].map((seconds) => seconds * 1000)],
  ] as const)(
    'leases an address for longer with each bounce, the first time for %s',
    async (_name, scenario, leases) => {
      const { clock, statusOf } = await start(scenario);
      for (const lease of leases) {
        expect(await statusOf(bouncing)).toBe('Bounced');
        expect(await statusOf(bouncing)).toBe('Suppressed');
        clock.advance(lease - 1);
        expect(await statusOf(bouncing)).toBe('Suppressed');
        clock.advance(1);
      }
    },
  );

  it('counts the bounces of each address by itself, in any case of letters', async () => {
    const { clock, statusOf } = await start({ suppressionLease: 10 });
    expect(await statusOf(bouncing)).toBe('Bounced');
    clock.advance(10_000);
    expect(await statusOf(bouncing.toUpperCase())).toBe('Bounced');
    expect(await statusOf('bounce@other.example')).toBe('Bounced');
    clock.advance(10_000);
    expect(await statusOf(bouncing)).toBe('Suppressed');
    expect(await statusOf('bounce@other.example')).toBe('Bounced');
  });

  it('takes an address from the bounce on, not from its acceptance, and keeps it after a second one', async () => {
    const reports = { delay: { email: [60, 60] } };
    const { clock, statusOf } = await start({ suppressionLease: 1000, reports });
    expect(await statusOf(bouncing)).toBe('Bounced');
    clock.advance(30_000);
    expect(await statusOf(bouncing)).toBe('Bounced');
    clock.advance(29_999);
    expect(await statusOf('bounce+other@mail.example')).toBe('Bounced');
    clock.advance(1);
    expect(await statusOf(bouncing)).toBe('Suppressed');
    clock.advance(2_029_999);
    expect(await statusOf(bouncing)).toBe('Suppressed');
    clock.advance(1);
    expect(await statusOf(bouncing)).toBe('Bounced');
  });
});
