import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import alerts from '../../bicep/alerts.json' with { type: 'json' };
import { bicep, json } from './files.ts';

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

/** The rows of a table that begins with this cell, cells as texts without emphasis and separators of thousands. */
function rowsUnder(file: string, head: string): string[][] {
  const [, rest = ''] = readFileSync(file, 'utf8').split(`\n| ${head} `);
  return rest
    .split('\n\n')[0]!
    .split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll(/[*,`]/g, '')));
}

describe('the costs', () => {
  const rows = rowsUnder('docs/infrastructure.md', 'Part');
  const rowOf = (part: string): string[] => rows.find(([, name]) => name!.startsWith(part))!;
  const sumOf = (column: number, without: RegExp): number =>
    Math.round(
      rows
        .filter(([, part]) => !/^(prod|dev)/.test(part!) && !without.test(part!))
        .reduce((sum, cells) => sum + Number(cells[column]), 0),
    );
  const idle = {
    dev: sumOf(3, /always ready|alerts/),
    test: sumOf(3, /always ready/),
    prod: sumOf(3, /^never$/),
  };

  it('add up', () => {
    for (const column of [3, 4, 5]) expect(Number(rowOf('prod')[column])).toBe(sumOf(column, /^never$/));
    expect(Number(rowOf('dev')[3])).toBe(idle.dev);
  });

  it('count the alerts that there are', () => {
    const often = alerts.log.filter(({ every }) => every === 'PT5M').length;
    expect(rowOf('alerts')[2]).toContain(`${often} log alerts × 1.50 ${alerts.log.length - often} × 0.50`);
    const total = /about (\d+) USD a month/.exec(
      /@description\('(.*)'\)\nparam alertsEnabled/.exec(bicep('bicep/main.bicep'))![1]!,
    )?.[1];
    expect(total).toBe(rowOf('alerts')[3]);
  });

  it('of a month at the caps of a stage are within its budget, and in the tables', () => {
    const [sms, mail] = [0.01, 0.00025 + 0.00012 * 0.05];
    const caps = rowsUnder('docs/infrastructure.md', 'Stage  | SMS a day');
    for (const stage of ['dev', 'test', 'prod'] as const) {
      const { parameters } = json(`bicep/main.parameters.${stage}.json`) as {
        parameters: Record<string, { value: number }>;
      };
      const [smsPerDay, emailPerDay, budget] = ['smsPerDay', 'emailPerDay', 'monthlyBudget'].map(
        (name) => parameters[name]!.value,
      ) as [number, number, number];
      const month = Math.round(idle[stage] + 30 * (smsPerDay * sms + emailPerDay * mail));
      expect(month, stage).toBeLessThanOrEqual(budget);
      const row = caps.find(([, name]) => name === stage);
      expect(row?.slice(2, 6).map(Number)).toEqual([smsPerDay, emailPerDay, month, budget]);
    }
  });

  it('are the same in the README, which promises nothing that a cap of the stage forbids', () => {
    const readme = rowsUnder('README.md', 'Messages ');
    const [none, some, many] = readme.map(([, , dev = '', prod = '']) => ({ dev, prod }));
    expect([none, some, many].map((one) => parseInt(one!.prod))).toEqual(
      [3, 4, 5].map((column) => Number(rowOf('prod')[column])),
    );
    expect(parseInt(none!.dev)).toBe(idle.dev);
    const capOf = (stage: string) =>
      (json(`bicep/main.parameters.${stage}.json`) as { parameters: Record<string, { value: number }> }).parameters[
        'smsPerDay'
      ]!.value;
    const aDay = (messages: number) => messages / 2 / 30;
    expect(aDay(10_000)).toBeLessThanOrEqual(capOf('prod'));
    expect(aDay(10_000)).toBeGreaterThan(capOf('dev'));
    expect(some!.dev).toContain(`not meant for it: ${capOf('dev')} SMS`);
    expect(aDay(1_000_000)).toBeGreaterThan(capOf('prod'));
    expect(many!.prod).toContain('raised');
  });
});
