import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');

const anchorsIn = (file: string): string[] =>
  [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchorOf(heading!));

it.each(['docs/infrastructure.md', 'docs/security.md', 'docs/runbook.md', 'docs/telemetry.md', 'README.md'])(
  'every link in %s leads somewhere',
  (file) => {
    const targets = [...readFileSync(file, 'utf8').matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
    const wrong = targets
      .filter((target) => !/^https?:/.test(target))
      .filter((target) => {
        const [path = '', anchor] = target.split('#');
        const to = path === '' ? file : join(dirname(file), path);
        return !existsSync(to) || (anchor !== undefined && !anchorsIn(to).includes(anchor));
      });
    expect(wrong).toEqual([]);
  },
);

it('the costs add up', () => {
  const table = readFileSync('docs/infrastructure.md', 'utf8').split('\n## Cost\n')[1]!.split('\n## ')[0]!;
  const rows = table
    .split('\n')
    .filter((line) => line.startsWith('| ') && !/^\| (Part|--)/.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll(/[*,]/g, '')));
  const sumOf = (column: number, without: RegExp): number =>
    Math.round(
      rows
        .filter(([, part]) => !/^`(prod|dev)`/.test(part!) && !without.test(part!))
        .reduce((sum, cells) => sum + Number(cells[column]), 0),
    );
  const said = (stage: string, column: number): number =>
    Number(rows.find(([, part]) => part!.startsWith(`\`${stage}\``))![column]);
  for (const column of [3, 4, 5]) expect(said('prod', column)).toBe(sumOf(column, /^never$/));
  for (const column of [3, 4]) expect(said('dev', column)).toBe(sumOf(column, /always ready|alerts/));
});
