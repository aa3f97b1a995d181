import { describe, expect, it } from 'vitest';
import { statusesPage } from '../../commands/statuses-page.ts';
import { CAUSES, type CauseText } from '../../shared/causes.ts';
import { STATUSES } from '../../shared/status.ts';

const page = statusesPage();
const causes = Object.entries<CauseText>(CAUSES);

/** Cells of the row that begins with this one. */
const rowOf = (first: string): string[] =>
  page
    .split('\n')
    .find((line) => line.startsWith(`| ${first} |`))
    ?.split(' | ')
    .map((cell) => cell.replace(/^\| | \|$/g, '')) ?? [];

describe('docs/statuses.md', () => {
  it.each(causes)('says of %s what it means, who acts and what to do', (cause, { meaning, nextStep, acts }) => {
    const row = rowOf(`<a id="${cause}"></a>\`${cause}\``);
    expect(row.slice(2)).toEqual([meaning, acts.join(', then ') || 'nobody', nextStep]);
  });

  it.each(STATUSES)('names every cause of %s', (status) => {
    const named = rowOf(`\`${status}\``)[3]?.match(/(?<=\[)[a-z-]+/g) ?? [];
    const having = causes.filter(([, text]) => text.with.includes(status)).map(([cause]) => cause);
    expect(named).toEqual(having);
    expect(having.length).toBeGreaterThan(0);
  });

  it('links nowhere but to causes of the page', () => {
    const links = [...page.matchAll(/\]\(#([a-z-]+)\)/g)].map(([, target]) => target);
    expect(links.length).toBeGreaterThan(causes.length);
    for (const target of links) expect(page).toContain(`<a id="${target}">`);
  });
});

describe('causes', () => {
  it.each(causes)('%s: where nobody acts, the next step says so, and only there', (_, { acts, nextStep }) => {
    expect(nextStep.startsWith('Nothing to do')).toBe(acts.length === 0);
  });

  it.each(causes)('%s: the next step names those who act', (_, { acts, nextStep }) => {
    for (const actor of ['operators', 'developers'] as const)
      expect([actor, nextStep.toLowerCase().includes(actor)]).toEqual([actor, acts.includes(actor)]);
  });
});
