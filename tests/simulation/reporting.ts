import { type AttemptId, parseAttemptId } from '../../shared/delivery-id.ts';
import type { Faults } from './faults.ts';
import type { Process, Processes } from './processes.ts';
import type { Effect } from './provider.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** As Event Grid waits before it comes again. */
const RETRIES = [10, 30, 60, 300, 600, 1_800, 3_600].map((seconds) => seconds * SECOND);

export type Verdict = 'delivered' | 'failed' | 'unknown';

type Context = { time: VirtualTime; faults: Faults; processes: Processes; calmFrom: number };

/** Reports of what the provider took: early, late, doubled, contradicting one another, or lost; and some of others. */
export function createReporting(
  { time, faults, processes, calmFrom }: Context,
  take: (event: unknown, process: Process) => Promise<void>,
) {
  let open = 0;
  /** What the reports of a delivery amount to in the end. */
  const verdicts = new Map<string, Verdict>();
  /** Ids of the reports that name nothing of ours. */
  const foreign = new Set<string>();

  async function handle(event: unknown, process: Process): Promise<void> {
    const fails = time.now() < calmFrom && faults.happens('report-handler-failed', 0.02);
    const isDone = fails && faults.chance(0.5);
    if (!fails || isDone) await take(event, process);
    if (fails) throw new Error('the handler failed');
  }

  function push(event: unknown, tries = 0): void {
    const again = (): void => {
      const pause = RETRIES[Math.min(tries, RETRIES.length - 1)]!;
      time.after(pause, () => push(event, tries + 1));
    };
    const process = processes.any();
    if (!process) return again();
    const end = (then: () => void) => () => {
      if (process.onDeath.delete(die)) then();
    };
    const die = (): void => end(again)();
    process.onDeath.add(die);
    processes
      .runIn(process, () => handle(event, process))
      .then(
        end(() => void (open -= 1)),
        end(again),
      );
  }

  function plan(event: unknown, delay: number): void {
    open += 1;
    time.after(delay, () => push(event));
  }

  function addForeign(effect: Effect): void {
    const at = time.now();
    if (faults.happens('report-unknown', 0.01)) {
      const { delivery } = parseAttemptId(effect.attempt)!;
      const other = `${delivery.slice(0, -4)}0000` as AttemptId;
      foreign.add(`${other}-false`);
      plan(reportOf({ ...effect, attempt: other }, false, at), faults.between(0, MINUTE));
    }
    if (faults.happens('report-forged', 0.01)) {
      foreign.add(`forged-${effect.attempt}`);
      const forged = reportOf({ channel: 'sms', attempt: effect.attempt }, true, at, 'production');
      plan({ ...forged, id: `forged-${effect.attempt}` }, faults.between(0, MINUTE));
    }
  }

  return {
    open: () => open,
    verdicts,
    foreign,
    of(effect: Effect): void {
      addForeign(effect);
      const { delivery } = parseAttemptId(effect.attempt)!;
      if (faults.happens('report-lost', 0.03)) {
        verdicts.set(delivery, 'unknown');
        return;
      }
      const failed = faults.chance(0.2);
      const delay = faults.happens('report-early', 0.05)
        ? 0
        : faults.happens('report-late', 0.05)
          ? faults.between(MINUTE, 90 * MINUTE)
          : faults.between(SECOND, 20 * SECOND);
      verdicts.set(delivery, failed ? 'failed' : 'delivered');
      const event = reportOf(effect, failed, time.now() + 500);
      plan(event, delay);
      if (faults.happens('report-doubled', 0.1)) plan(event, delay + faults.between(0, 5 * SECOND));
      if (faults.happens('report-contradicted', 0.05)) {
        // The other one was made earlier and comes later.
        plan(reportOf(effect, !failed, time.now() + 100), delay + faults.between(0, MINUTE));
      }
    },
  };
}

function reportOf({ channel, attempt }: Effect, failed: boolean, at: number, environment = 'simulation') {
  const instant = new Date(at).toISOString();
  const envelope = { id: `${attempt}-${failed}`, source: '/communication', time: instant, specversion: '1.0' };
  return channel === 'sms'
    ? {
        ...envelope,
        type: 'Microsoft.Communication.SMSDeliveryReportReceived',
        data: {
          messageId: `m-${attempt}`,
          deliveryStatus: failed ? 'Failed' : 'Delivered',
          deliveryStatusDetails: failed ? '4006' : '2000: No Error',
          receivedTimestamp: instant,
          tag: `${environment}:${attempt}`,
        },
      }
    : {
        ...envelope,
        type: 'Microsoft.Communication.EmailDeliveryReportReceived',
        data: {
          messageId: attempt,
          status: failed ? 'Failed' : 'Delivered',
          deliveryStatusDetails: { statusMessage: '' },
          deliveryAttemptTimestamp: instant,
        },
      };
}
