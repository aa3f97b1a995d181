import { readdirSync, readFileSync } from 'node:fs';
import type { TableClient } from '@azure/data-tables';
import { describe, expect, it } from 'vitest';
import regions from '../../bicep/regions.json' with { type: 'json' };
import { createTables } from '../../shared/azure/tables.ts';
import { parseReport } from '../../shared/reports.ts';
import { bicep, variable } from './files.ts';

const functions = readdirSync('functions')
  .map((file) => readFileSync(`functions/${file}`, 'utf8'))
  .join('\n');
const isFunction = (name: string): boolean => new RegExp(`\\bapp\\.\\w+\\('${name}',`).test(functions);

async function tablesOfTheApp(): Promise<string[]> {
  const names: string[] = [];
  await createTables((name) => {
    names.push(name);
    return { createTable: async () => undefined } as Partial<TableClient> as TableClient;
  });
  return names;
}

describe('Bicep names', () => {
  it('the tables of the app, all of them', async () => {
    expect(new Set(variable('bicep/main.bicep', 'tableNames'))).toEqual(new Set(await tablesOfTheApp()));
  });

  it('tables that there are for whoever deploys', async () => {
    const file = 'bicep/modules/role-assignments.bicep';
    const [, switches] = /^resource switches [^\n]*\n.*?name: '(\w+)'/ms.exec(bicep(file))!;
    expect(await tablesOfTheApp()).toEqual(
      expect.arrayContaining([switches, ...variable(file, 'smokeTestTableNames')]),
    );
  });

  it('a table without addresses or texts for support staff', () => {
    expect(bicep('bicep/main.bicep')).toContain("var supportTableNames = ['DeliveryFailures']");
  });

  it('functions that there are as always ready: both that send', () => {
    const ready = [...bicep('bicep/modules/function-app.bicep').matchAll(/'function:([\w-]+)'/g)].map(
      ([, one]) => one!,
    );
    expect(ready).toEqual(['send-sms', 'send-email']);
    for (const name of ready) expect(isFunction(name), name).toBe(true);
  });

  it('a function that there is as the end of reports', () => {
    const to = /functionAppName, '([\w-]+)'\)/.exec(bicep('bicep/delivery-reports.bicep'))?.[1];
    expect(isFunction(to ?? '')).toBe(true);
  });

  it('the events that the app reads as reports, in an envelope that it takes', () => {
    const text = bicep('bicep/delivery-reports.bicep');
    const types = [...text.matchAll(/'(Microsoft\.Communication\.\w+)'/g)].map(([, type]) => type!);
    expect(types).toHaveLength(2);
    for (const type of types)
      expect(parseReport({ specversion: '1.0', type, id: '1', data: {} }, 'dev', new Date()).kind).toBe('unmatched');
    expect(text).toContain("eventDeliverySchema: 'CloudEventSchemaV1_0'");
  });

  it('regions as Azure names them in its news, all that are allowed', () => {
    const allowed = /@allowed\(\[([^\]]*)\]\)\nparam location /.exec(bicep('bicep/main.bicep'))![1]!;
    const names = [...allowed.matchAll(/'(\w+)'/g)].map(([, name]) => name!);
    expect(Object.keys(regions).toSorted()).toEqual(names.toSorted());
    for (const [name, inWords] of Object.entries(regions)) expect(inWords.toLowerCase().replaceAll(' ', '')).toBe(name);
  });

  it('the container of undelivered reports twice, the same', () => {
    const [container] = variable('bicep/main.bicep', 'undeliveredReportsContainer');
    expect(bicep('bicep/delivery-reports.bicep')).toContain(`param deadLetterContainerName string = '${container}'`);
  });
});
