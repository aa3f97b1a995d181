/** `docs/benchmarks/latest.md`: the results for people. */
import { format, resolveConfig } from 'prettier';
import type { PartRow, Results } from './results.ts';

const HEAD = `# Latest measurements

Written by \`npm run bench\`; what it measures and what that means stands in [README.md](README.md), the same rows for
programs in [latest.json](latest.json). *As it is* is published for comparison; nothing is demanded of it.
`;
/** So many rows at most stand open. */
const OPEN = 24;

export async function pageOf({ parts, rows }: Results, about: (part: string) => string): Promise<string> {
  const sections = Object.entries(parts).map(([name, { at, command, machine, settings, plots }]) => {
    const own = rows.filter(({ part }) => part === name);
    const missed = own.filter(({ met }) => !met).length;
    return [
      `## ${name}`,
      `${about(name)}. ${missed === 0 ? 'Every goal was met.' : `**Goals missed: ${missed}.**`}`,
      ...plots.map(({ file, about: text }) => `![${text}](${file})\n\n${text}`),
      folded(own.length, tableOf(own)),
      `\`${command}\` on ${at.slice(0, 10)}, ${machine}; settings: \`${JSON.stringify(settings)}\``,
    ].join('\n\n');
  });
  const filepath = 'docs/benchmarks/latest.md';
  return format([HEAD, ...sections].join('\n\n'), { ...(await resolveConfig(filepath)), filepath });
}

const tableOf = (rows: readonly PartRow[]): string =>
  [
    '| Measure | Value | Goal | |',
    '| --- | --- | --- | --- |',
    ...rows.map(
      ({ name, value, unit, goal, met }) => `| ${name} | ${value} ${unit} | ${goal} | ${met ? '' : '**missed**'} |`,
    ),
  ].join('\n');

const folded = (count: number, table: string): string =>
  count <= OPEN ? table : `<details><summary>${count} rows</summary>\n\n${table}\n\n</details>`;
