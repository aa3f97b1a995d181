import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ScenarioError, mergeScenario, parseScenario } from '../../../local/communication-services/scenario.ts';

const readme = readFileSync(new URL('../../../local/communication-services/README.md', import.meta.url), 'utf8');

describe('scenario', () => {
  it('has the defaults that the README shows', () => {
    const shown = /```json\n([^`]+)```/.exec(readme)?.[1] ?? '';
    expect(JSON.parse(shown)).toEqual(parseScenario({}));
  });

  it('takes the faults that the README shows', () => {
    const shown = readme.match(/^ {4}(\{"kind".*?\}) /gm) ?? [];
    expect(shown.length).toBeGreaterThan(3);
    for (const fault of shown) parseScenario({ faults: [JSON.parse(fault)] });
  });

  it('merges objects and replaces lists and null', () => {
    const base = parseScenario({
      quotas: { sms: { limit: 5, seconds: 1 } },
      faults: [{ kind: 'cut' }, { kind: 'hang' }],
    });
    const changed = mergeScenario(base, { quotas: { email: null }, faults: [{ kind: 'cut' }] });
    expect(changed.quotas).toMatchObject({ sms: { limit: 5, seconds: 1 }, email: null, refusalsCount: true });
    expect(changed.faults).toHaveLength(1);
    expect(mergeScenario(changed, { quotas: { email: { limit: 1, seconds: 2 } } }).quotas.email).toEqual({
      limit: 1,
      seconds: 2,
    });
  });

  it.each([
    [{ outcomes: { sms: { 4006: 0.6, 4005: 0.6 } } }, 'outcomes.sms: the shares add up to more than 1'],
    [{ outcomes: { sms: { 1234: 0.1 } } }, 'outcomes.sms'],
    [{ quotas: { email: { limit: 1, seconds: 60, also: [{ limit: 2, seconds: 60 }] } } }, 'quotas.email: two windows'],
    [{ retryAfter: 'soon' }, 'retryAfter'],
    [{ reports: { delay: { sms: [5, 1] } } }, 'reports.delay.sms'],
    [{ accessKey: 'not base64!' }, 'accessKey'],
    [{ eventGrid: { endpoints: [{ url: 'nowhere' }] } }, 'eventGrid.endpoints.0.url'],
    [[], 'scenario'],
  ])('refuses %j at %s', (input, path) => {
    expect(() => parseScenario(input)).toThrow(ScenarioError);
    expect(() => parseScenario(input)).toThrow(path);
  });
});
