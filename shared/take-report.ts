/** One event from Event Grid, start to end. */
import { addressHashes } from './addresses.ts';
import type { HashKey } from './config.ts';
import { addStep, type Delivery, type Progress, type Step } from './delivery.ts';
import { writeFailure } from './failures.ts';
import type { Log } from './log.ts';
import { fieldsOf, handoverOf, parentOf, secondsBetween } from './log-fields.ts';
import type { Clock, Deliveries, Failures, Suppressions, UnmatchedReports } from './ports.ts';
import { type DeliveryReport, parseReport } from './reports.ts';
import { segmentsOf } from './scopes.ts';
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
    const known = stepIn(read.progress, report);
    const progress = withReport(read.progress, report);
    const segments = read.progress.segments || segmentsOf(read.plan);
    const written = progress ? await deliveries.record(read, { ...progress, segments }) : read;
    if (!written) continue;
    const { plan, progress: now } = written;
    log('info', 'report-merged', {
      ...fieldsOf(plan),
      parent: parentOf(plan),
      attempt: report.attempt,
      status: now.status,
      cause: now.cause,
      ...(progress && { before: read.progress.status }),
      reported: report.status,
      code: report.code,
      permanence: report.permanence,
      known: known !== undefined,
      ...(now.accepted && { after: secondsBetween(now.accepted, report.reported) }),
      ...(now.reported && handoverOf(written, read, report.reported)),
      took: secondsBetween(report.reported, clock.now()),
      sinceArrival: secondsBetween(plan.arrived, clock.now()),
    });
    await suppressAddress(written, known ? { ...report, reported: known.at } : report, dependencies);
    await writeFailure(written, failures, clock.now());
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
  if (stepIn(progress, report)) return undefined;
  const { status, cause, reported } = report;
  const bygone = isBygone(progress, report);
  const merged = {
    ...progress,
    ...addStep(progress, stepOf(progress, report)),
    revision: progress.revision + 1,
    providerId: progress.providerId || (bygone ? '' : report.providerId),
  };
  return bygone || !wins(report, progress) ? merged : { ...merged, status, cause, reported };
}

const isBygone = (progress: Progress, { attempt, status }: DeliveryReport): boolean =>
  attempt < progress.attempt && status !== 'delivered';

const stepOf = (progress: Progress, report: DeliveryReport): Step => ({
  at: report.reported,
  status: isBygone(progress, report) ? 'sending' : report.status,
  cause: report.cause,
  attempt: report.attempt,
  ...(report.code ? { note: report.code } : {}),
});

/** The step of the same report that came before; one without a time is told by what it says. */
function stepIn(progress: Progress, report: DeliveryReport): Step | undefined {
  const step = stepOf(progress, report);
  return progress.history.find(
    (other) =>
      other.status === step.status &&
      other.cause === step.cause &&
      (other.attempt ?? 0) === step.attempt &&
      (report.undated ? other.note === step.note : other.at.getTime() === step.at.getTime()),
  );
}

/** Two reports of one instant that say the same for different reasons: one reason holds in whatever order they came. */
function wins(report: DeliveryReport, progress: Progress): boolean {
  const tie = report.status === progress.status && report.reported.getTime() === progress.reported?.getTime();
  return tie ? report.cause < progress.cause : merge(progress, report) === report;
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
