import { parseAttemptId } from '../../shared/delivery-id.ts';
import type { Faults } from './faults.ts';
import type { Processes } from './processes.ts';
import type { Effect } from './provider.ts';
import type { VirtualTime } from './virtual-time.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** As Event Grid waits before it comes again. */
const RETRIES = [10, 30, 60, 300, 600, 1_800, 3_600].map((seconds) => seconds * SECOND);

export type Verdict = 'delivered' | 'failed' | 'unknown';

/** Reports of what the provider took: early, late, doubled, contradicting one another, or lost. */
export function createReporting(
  { time, faults, processes }: { time: VirtualTime; faults: Faults; processes: Processes },
  take: (event: unknown) => Promise<void>,
) {
  let open = 0;
  /** What the reports of a delivery amount to in the end. */
  const verdicts = new Map<string, Verdict>();

  function push(event: unknown, tries = 0): void {
    const again = (): void => {
      const pause = RETRIES[Math.min(tries, RETRIES.length - 1)]!;
      time.after(pause, () => push(event, tries + 1));
    };
    const process = processes.any();
    if (!process) return again();
    let over = false;
    const end = (then: () => void) => () => {
      if (over) return;
      over = true;
      then();
    };
    process.onDeath.push(end(again));
    processes
      .runIn(process, () => take(event))
      .then(
        end(() => void (open -= 1)),
        end(again),
      );
  }

  function plan(event: unknown, delay: number): void {
    open += 1;
    time.after(delay, () => push(event));
  }

  return {
    open: () => open,
    verdicts,
    of({ channel, attempt }: Effect): void {
      const delivery = parseAttemptId(attempt)!.delivery;
      if (faults.happens('report-lost', 0.03)) {
        verdicts.set(delivery, 'unknown');
        return;
      }
      const failed = faults.between(0, 1) < 0.2;
      const delay = faults.happens('report-early', 0.05)
        ? 0
        : faults.happens('report-late', 0.05)
          ? faults.between(MINUTE, 90 * MINUTE)
          : faults.between(SECOND, 20 * SECOND);
      verdicts.set(delivery, failed ? 'failed' : 'delivered');
      const event = reportOf(channel, attempt, failed, time.now() + 500);
      plan(event, delay);
      if (faults.happens('report-doubled', 0.1)) plan(event, delay + faults.between(0, 5 * SECOND));
      if (faults.happens('report-contradicted', 0.05)) {
        // The other one was made earlier and comes later.
        plan(reportOf(channel, attempt, !failed, time.now() + 100), delay + faults.between(0, MINUTE));
      }
    },
  };
}

function reportOf(channel: Effect['channel'], attempt: string, failed: boolean, at: number): unknown {
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
          tag: `simulation:${attempt}`,
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
