import { randomUUID } from 'node:crypto';
import { chance } from './chance.ts';
import { type Clock, iso, wait } from './clock.ts';
import type { EventGrid } from './event-grid.ts';
import { type ProviderEvent, withKeyCase } from './events.ts';
import type { Ledger, SendRecord } from './ledger.ts';
import { type PlannedReport, beforeTheAnswer } from './report-plan.ts';
import type { Scenario } from './scenario.ts';
import { isGoodStatus } from './send-outcome.ts';

export interface ReportingOptions {
  readonly clock: Clock;
  readonly scenario: () => Scenario;
  readonly ledger: Ledger;
  readonly eventGrid: EventGrid;
}

/** How long an answer waits for the reports that come before it. */
const earlyPushMs = 2000;

/** Makes the event of one report about a send. */
type EventOf = (report: PlannedReport, eventId: string, time: string) => ProviderEvent;

/** Pushes planned reports when they are due and keeps the ledger true about them. */
export function createReporting({ clock, scenario, ledger, eventGrid }: ReportingOptions) {
  function keyCaseOf(event: ProviderEvent): 'camel' | 'pascal' | 'docs' {
    const { keyCase } = scenario().reports;
    if (keyCase !== 'mixed') return keyCase;
    const draw = chance(scenario().seed, 'key case', event.id);
    return draw < 1 / 3 ? 'camel' : draw < 2 / 3 ? 'pascal' : 'docs';
  }

  let silenced = 0;

  /** Schedules the reports about one recipient; resolves when those that come before the answer were tried once. */
  async function schedule(
    send: SendRecord,
    to: string,
    reports: readonly PlannedReport[],
    eventOf: EventOf,
  ): Promise<void> {
    const acceptedAt = clock.now();
    const generation = silenced;
    const eventIds = new Map<number, string>();
    const pushes: Promise<void>[] = [];
    for (const report of reports) {
      const eventId =
        eventIds.get(report.event) ?? (report.event === 0 && send.channel === 'sms' ? send.messageId : randomUUID());
      eventIds.set(report.event, eventId);
      const providerTime = iso(acceptedAt + report.providerMs);
      const { status, details } = report.verdict;
      const record = ledger.addReport({
        eventId,
        type: send.channel === 'sms' ? 'SMSDeliveryReportReceived' : 'EmailDeliveryReportReceived',
        messageId: send.messageId,
        attemptId: send.attemptId,
        tag: send.tag,
        to,
        status,
        providerTime,
        dueAt: iso(acceptedAt + Math.max(report.dueMs, 0)),
        state: report.lost ? 'lost' : 'planned',
        attempts: [],
      });
      if (report.lost) continue;
      const push = async () => {
        if (generation !== silenced) return;
        const event = eventOf(report, eventId, providerTime);
        ledger.setReportState(record, 'pushing');
        const told = await eventGrid.publish(withKeyCase(event, keyCaseOf(event)), {
          attempted: (attempt) => record.attempts.push(attempt),
          ended(end) {
            ledger.setReportState(record, end);
            const good = isGoodStatus(status);
            if (end === 'delivered') ledger.noteReported(send, to, { status, details, providerTime, good });
          },
        });
        if (!told) ledger.setReportState(record, 'no-endpoint');
      };
      if (report.dueMs === beforeTheAnswer) pushes.push(push());
      else clock.after(report.dueMs, () => void push());
    }
    if (pushes.length > 0) await Promise.race([Promise.all(pushes), wait(clock, earlyPushMs)]);
  }

  return { schedule, forget: () => void (silenced += 1) };
}

export type Reporting = ReturnType<typeof createReporting>;
