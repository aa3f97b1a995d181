import { takeEvents } from '../../shared/intake.ts';
import { fakePorts } from '../fakes/ports.ts';
import { fakeClock } from '../fakes/clock.ts';
import { ARRIVED, INTAKE_SETTINGS } from '../shared/order-event.ts';
import { drawFrom } from './draw.ts';
import { withFault } from './faults.ts';
import { type OddEvent, oddEvent } from './odd-events.ts';
import { harmOf } from './sent-harm.ts';

export type Kind = 'faulty' | 'odd';
export const KINDS: readonly Kind[] = ['faulty', 'odd'];

/** Found in the case of this seed; no words of the event itself. */
export type Finding = { kind: Kind; seed: number; what: string };

/** Cases of one intake batch. */
const BATCH = 50;

/**
 * Takes the cases of `count` seeds from `seed` on through the real intake, a batch at a time, and says what is not as it
 * has to be. The case of a seed is the same whichever run it is part of.
 */
export async function runCases(kind: Kind, { seed, count }: { seed: number; count: number }): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (let done = 0; done < count; done += BATCH) {
    const seeds = Array.from({ length: Math.min(BATCH, count - done) }, (_, index) => seed + done + index);
    findings.push(...(await runBatch(kind, seeds)));
  }
  return findings;
}

/** A case that throws takes its batch along, so the others are run again without it. */
async function runBatch(kind: Kind, seeds: readonly number[]): Promise<Finding[]> {
  try {
    return await (kind === 'faulty' ? runFaulty(seeds) : runOdd(seeds));
  } catch (error) {
    const [seed] = seeds;
    if (seed !== undefined && seeds.length === 1) return [{ kind, seed, what: `it threw ${String(error)}` }];
    const alone = await Promise.all(seeds.map((each) => runBatch(kind, [each])));
    return alone.flat();
  }
}

async function runFaulty(seeds: readonly number[]): Promise<Finding[]> {
  const cases = seeds.map((seed) => {
    const draw = drawFrom(seed);
    const { raw } = oddEvent(draw, seed);
    return { seed, ...withFault(raw, draw) };
  });
  const { rejectedEvents, subjects, deliveries, broker } = await taken(cases.map(({ body }) => body));
  const rows = new Map([...rejectedEvents.rows.values()].map((row) => [Buffer.from(row.body).toString('base64'), row]));
  const finding = (seed: number, what: string): Finding => ({ kind: 'faulty', seed, what });

  const findings = cases.flatMap(({ seed, path, body }) => {
    const row = rows.get(Buffer.from(body).toString('base64'));
    if (!row) return [finding(seed, `a fault at ${path} was not recorded byte for byte`)];
    const paths = [...new Set(row.reasons.map((reason) => reason.path))];
    return paths.length === 1 && paths[0] === path
      ? []
      : [finding(seed, `a fault at ${path} was recorded at ${paths.join(', ')}`)];
  });
  const sent = subjects.taken.length + deliveries.rows.size + broker.sms.length + broker.email.length;
  if (sent + broker.retriedEvents.length > 0 && findings.length === 0)
    findings.push(finding(seeds[0]!, `something of these ${seeds.length} cases was planned or parked`));
  return findings;
}

async function runOdd(seeds: readonly number[]): Promise<Finding[]> {
  const cases = seeds.map((seed) => ({ seed, ...oddEvent(drawFrom(seed), seed) }));
  const { rejectedEvents, subjects, deliveries, broker } = await taken(
    cases.map(({ raw }) => Buffer.from(JSON.stringify(raw))),
  );
  const finding = (seed: number, what: string): Finding => ({ kind: 'odd', seed, what });
  const rejected = new Map([...rejectedEvents.rows.values()].map((row) => [row.id, row]));
  const events = new Map(subjects.taken.map((event) => [event.id, event]));
  const queued = new Set([...broker.sms, ...broker.email].map(({ body }) => body.delivery));

  const findings = await Promise.all(
    cases.map(async ({ seed, raw, expected }): Promise<Finding[]> => {
      const id = raw['id'] as string;
      const faults = rejected.get(id)?.reasons.map(({ path, expected: text }) => `${path}: ${text}`);
      if (faults) return [finding(seed, `it was rejected: ${faults.join('; ')}`)];
      const plans = events.get(id)?.deliveries.flatMap((delivery) => deliveries.rows.get(delivery)?.plan ?? []);
      if (!plans || plans.length === 0) return [finding(seed, 'nothing was planned')];
      const ends = plans.map(({ channel, unsendable, address }) =>
        unsendable ? { channel, unsendable } : { channel, address },
      );
      const harm = (await Promise.all(plans.map((plan) => harmOf(plan, raw)))).flat();
      if (!plans.every((plan) => queued.has(plan.id))) harm.push('a delivery of it was put on no queue');
      if (!isSame(ends, expected)) harm.push(`planned ${JSON.stringify(ends)} in place of ${JSON.stringify(expected)}`);
      return harm.map((what) => finding(seed, what));
    }),
  );
  return findings.flat();
}

const isSame = (ends: unknown, expected: OddEvent['expected']): boolean =>
  JSON.stringify(ends) === JSON.stringify(expected);

async function taken(bodies: readonly Uint8Array[]) {
  const ports = fakePorts({ clock: fakeClock(new Date(ARRIVED.getTime() + 100), 'skipped') });
  const batch = bodies.map((body) => ({ body, arrived: ARRIVED, parked: 0, resubmitted: 0 }));
  await takeEvents(batch, { ...ports, ...INTAKE_SETTINGS });
  return ports;
}
