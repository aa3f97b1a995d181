import { INSTRUMENTS, type Instrument } from '../shared/measurements.ts';

/** The table of metrics in docs/telemetry.md. */
export function metricsTable(): string {
  const rows = Object.entries<Instrument>(INSTRUMENTS).map(
    ([name, { kind, unit, description, by, from }]) =>
      `| \`${name}\` | ${kind}, \`${unit}\` | ${description} | ${code(by)} | ${code(Object.keys(from))} |`,
  );
  return [
    '| Metric | Kind, unit | Says | By | Measured from the lines |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(' ');
