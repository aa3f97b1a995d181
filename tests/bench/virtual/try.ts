import { burstAtIdle, drainPipeline, drainPlain, outage, urgentWaits, utilisation } from './runs.ts';
import { percentile } from './statistics.ts';
console.log('util lent', await utilisation(1));
console.log('util unused', await utilisation(1, 30));
for (const pause of [5, 20, 60]) {
  const { waits, refusals } = await urgentWaits(1, pause);
  console.log(
    'urgent',
    pause,
    waits.length,
    percentile(waits, 0.5),
    percentile(waits, 0.95),
    Math.max(...waits),
    refusals,
  );
}
const b = await burstAtIdle(1);
console.log('burst', percentile(b.waits, 0.95), Math.max(...b.waits), b.refusals);
console.log('outage', await outage(1));
const missed: number[] = [];
for (let seed = 1; seed <= 10; seed++) {
  const d = await drainPipeline(seed, 9.5, { fixed: false, refusalsCount: true, stranger: 0 }, Infinity);
  missed.push(...d.missedWaits);
  if (seed < 3) console.log(d.overLeast, d.refusals, d.bookings / d.accepted, d.looks);
}
console.log('missed', missed.length, percentile(missed, 0.95), percentile(missed, 0.5));
for (const n of [32, 600])
  console.log('plain', n, await drainPlain(1, 9.5, { fixed: false, refusalsCount: true, stranger: 0 }, n));
