import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import alerts from '../../bicep/alerts.json' with { type: 'json' };
import { runNotify } from '../../commands/program.ts';
import { capacityOf } from '../../deploy/capacity.ts';
import { QUOTAS, type SenderKind } from '../../shared/senders.ts';
import { fakeWorld } from '../commands/world.ts';
import { bicep } from './files.ts';

const page = readFileSync('docs/runbook.md', 'utf8');
const ALERTS = [...alerts.metric, ...alerts.log, ...alerts.activity];

const sectionOf = (title: string): string => page.split(`\n### ${title}\n`)[1]?.split(/\n##+ /)[0] ?? '';

/** As Bicep makes it of a title, and as GitHub makes it of a heading. */
const anchorOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-');
const headingAnchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
  title!
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-'),
);

describe.each(ALERTS)('the alert "$title"', ({ title, means }) => {
  it('has its section, with what it means, impact, how to investigate and how to resolve', () => {
    for (const part of ['Means', 'Impact', 'Investigate', 'Resolve'])
      expect(sectionOf(title)).toMatch(new RegExp(`^- \\*\\*${part}\\*\\*: .{3,}`, 'm'));
    expect(headingAnchors.filter((anchor) => anchor === anchorOf(title))).toHaveLength(1);
  });

  it('says in a sentence what is wrong', () => {
    expect(means).toMatch(/^[A-Z].{20,}\.$/);
  });
});

it('every alert links its section', () => {
  const links = bicep('bicep/modules/alerts.bicep').match(
    /\$\{alert\.means\} \$\{runbookUrl\}#\$\{toLower\(replace\(alert\.title, ' ', '-'\)\)\}/g,
  );
  expect(links).toHaveLength(3);
  expect(new Set(ALERTS.map(({ title }) => title)).size).toBe(ALERTS.length);
});

/** From the first alert to the capacity worksheet each command says what it does. */
const part = page.split('\n## Alerts\n')[1]!.split('\n## Try it by hand\n')[0]!;
const commands = [...part.matchAll(/`((?:notify|az|azd|npm run deploy) [^`]+)`(?: \(([^)]*)\))?/g)].map(
  ([, command, effect]) => ({
    command: command!,
    effect: effect ?? '',
  }),
);

describe('a command of the runbook', () => {
  it.each(commands)('$command says what it does to the world', ({ effect }) => {
    expect(effect).toMatch(/^(reads|changes|costs|destroys)\b/);
  });

  it('of a deployment is a step that there is', () => {
    const steps = [...page.matchAll(/`npm run deploy -- ([\w-]+)/g)].map(([, step]) => step!);
    const main = readFileSync('deploy/main.ts', 'utf8');
    expect(steps.length).toBeGreaterThan(2);
    expect(steps.filter((step) => !main.includes(`.command('${step}')`))).toEqual([]);
  });

  it.each(commands.filter(({ command }) => command.startsWith('notify ')))(
    '$command is there, and does what the runbook says',
    async ({ command, effect }) => {
      const words = /^notify((?: [a-z][a-z-]*)+)/.exec(command)![1]!.trim().split(' ');
      const { world, printed } = fakeWorldThatPrints();
      expect(await runNotify([...words, '--help'], world)).toBe(0);
      const help = printed();
      // Help of a command with commands below it: the words after it were none of them.
      const path = /^Usage: notify (.*?) \[options\]/.exec(help)?.[1] ?? '';
      expect(!/^Usage: .*\[command\]/.test(help) || words.join(' ') === path).toBe(true);
      const does = { reads: 'Reads only', changes: 'Changes something', destroys: 'Destroys something' };
      const [first] = effect.split(/\W/);
      expect(help.replaceAll(/\s+/g, ' ')).toContain(does[first as keyof typeof does]);
      for (const [flag] of command.matchAll(/--[a-z-]+/g)) expect(help, flag).toContain(flag);
    },
  );
});

function fakeWorldThatPrints() {
  const { world } = fakeWorld();
  let text = '';
  const terminal = { ...world.terminal, print: (line: string) => void (text += `${line}\n`) };
  return { world: { ...world, terminal }, printed: () => text };
}

describe('the capacity worksheet', () => {
  it.each(Object.keys(QUOTAS) as SenderKind[])('has what the usual quota of %s lets through', (kind) => {
    const row = page.split('\n').find((line) => line.startsWith(`| ${kind} `));
    const channel = kind.endsWith('domain') ? 'email' : 'sms';
    const { aDay, limits } = capacityOf(channel, [
      { channel, sender: 'x', kind, countries: ['*'], quota: QUOTAS[kind] },
    ]);
    const cells = row?.split('|').map((cell) => cell.trim());
    expect(cells?.[2]).toContain(limits[0]!.replace(`${kind}: `, ''));
    expect(cells?.[3]).toBe(String(aDay));
  });

  it('says which usual quota is the least', () => {
    const aDay = (kind: SenderKind) =>
      capacityOf('sms', [{ channel: 'sms', sender: 'x', kind, countries: ['*'], quota: QUOTAS[kind] }]).aDay;
    const least = (Object.keys(QUOTAS) as SenderKind[]).toSorted((a, b) => aDay(a) - aDay(b)).slice(0, 3);
    expect(least).toEqual(['azure-managed-domain', 'long-code', 'custom-domain']);
    const sentence = /With the usual quotas (.*?)\. `npm/s.exec(page)?.[1];
    expect(sentence?.match(/\d+/g)?.map(Number)).toEqual(
      ['azure-managed-domain', 'custom-domain', 'long-code'].map((kind) => aDay(kind as SenderKind)),
    );
  });
});
