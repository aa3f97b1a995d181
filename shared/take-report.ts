/** One event from Event Grid, start to end. */
import { addressHashes } from './addresses.ts';
import type { HashKey } from './config.ts';
import { addStep, type Delivery, type Progress, type Step } from './delivery.ts';
import { writeFailure } from './failures.ts';
import type { Log } from './log.ts';
import type { Clock, Deliveries, Failures, Suppressions, UnmatchedReports } from './ports.ts';
import { type DeliveryReport, parseReport } from './reports.ts';
import { merge } from './status.ts';
import { suppress } from './suppression.ts';

export type ReportDependencies = {
  environment: string;
  hashKeys: readonly HashKey[];
  deliveries: Deliveries;
  failures: Failures;
  suppressions: Suppressions;
  unmatchedReports: UnmatchedReports;
  clock: Clock;
  log: Log;
};

/**
 * Merges a report into its delivery, whenever and however often it comes. Rejects while our tables are away, so that
 * Event Grid comes again; every step may be run again.
 */
export async function takeReport(event: unknown, dependencies: ReportDependencies): Promise<void> {
  const { environment, clock, log } = dependencies;
  const report = parseReport(event, environment, clock.now());
  switch (report.kind) {
    case 'other':
      log('info', 'report-ignored', { type: report.type });
      return;
    case 'unmatched':
      await putUnmatched(report, dependencies);
      return;
    case 'delivery': {
      const delivery = await mergeReport(report, dependencies);
      if (!delivery) await putUnmatched({ ...report, why: 'It names a delivery that we do not have.' }, dependencies);
    }
  }
}

/** Undefined when there is no such delivery. */
async function mergeReport(report: DeliveryReport, dependencies: ReportDependencies): Promise<Delivery | undefined> {
  const { deliveries, failures, clock, log } = dependencies;
  for (;;) {
    const read = await deliveries.read(report.delivery);
    if (!read || read.plan.channel !== report.channel) return undefined;
    const progress = withReport(read.progress, report);
    const written = progress ? await deliveries.record(read, progress) : read;
    if (!written) continue;
    await suppressAddress(written, report, dependencies);
    await writeFailure(written, failures, clock.now());
    log('info', 'report-merged', {
      trace: written.plan.trace,
      delivery: report.delivery,
      channel: report.channel,
      attempt: report.attempt,
      status: written.progress.status,
      cause: written.progress.cause,
      reported: report.status,
      code: report.code,
      permanence: report.permanence,
      known: progress === undefined,
    });
    return written;
  }
}

/**
 * Progress with the report in it; undefined when it is in it already. Claim, copy, attempt and what is unanswered stay as
 * they are: a run that waits for its answer still holds its claim, and merges its acceptance below what the report said.
 *
 * A report for an earlier attempt is taken for what it proves. Arrived is arrived, whichever attempt did it. That an
 * earlier attempt failed says nothing about the present one: it goes into the timeline only.
 */
export function withReport(progress: Progress, report: DeliveryReport): Progress | undefined {
  const { status, cause, reported, attempt } = report;
  const bygone = attempt < progress.attempt && status !== 'delivered';
  const step: Step = {
    at: reported,
    status: bygone ? 'sending' : status,
    cause,
    attempt,
    ...(report.code ? { note: report.code } : {}),
  };
  if (progress.history.some((other) => isSameStep(other, step))) return undefined;
  const merged = {
    ...progress,
    ...addStep(progress, step),
    revision: progress.revision + 1,
    providerId: progress.providerId || (bygone ? '' : report.providerId),
  };
  return bygone || !wins(report, progress) ? merged : { ...merged, status, cause, reported };
}

/** Two reports of one instant that say the same for different reasons: one reason holds in whatever order they came. */
function wins(report: DeliveryReport, progress: Progress): boolean {
  const tie = report.status === progress.status && report.reported.getTime() === progress.reported?.getTime();
  return tie ? report.cause < progress.cause : merge(progress, report) === report;
}

function isSameStep(a: Step, b: Step): boolean {
  return (
    a.at.getTime() === b.at.getTime() && a.status === b.status && a.cause === b.cause && (a.attempt ?? 0) === b.attempt
  );
}

async function suppressAddress(
  { plan }: Delivery,
  { suppress: cause, reported }: DeliveryReport,
  { suppressions, hashKeys, log }: ReportDependencies,
): Promise<void> {
  const { channel, address, trace } = plan;
  if (!cause || address === '') return;
  const hashes = addressHashes(hashKeys, channel, address);
  const isNew = await suppress({ channel, hashes, cause, at: reported, by: 'report' }, suppressions);
  if (isNew) log('info', 'suppression-added', { trace, channel, cause });
}

async function putUnmatched(
  { reportId, type, why }: { reportId: string; type: string; why: string },
  { unmatchedReports, clock, log }: ReportDependencies,
): Promise<void> {
  await unmatchedReports.put({ at: clock.now(), reportId, type, why });
  log('warn', 'report-unmatched', { type, why });
}
