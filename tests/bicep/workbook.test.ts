import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import workbook from '../../bicep/workbook.json' with { type: 'json' };
import { bicep } from './files.ts';

const named = (type: number, content: object) => ({
  type: 'object',
  required: ['type', 'name', 'content'],
  properties: { type: { const: type }, name: { type: 'string', minLength: 1 }, content },
});

const text = named(1, { type: 'object', required: ['json'], properties: { json: { type: 'string', minLength: 1 } } });
const query = named(3, {
  type: 'object',
  required: ['version', 'title', 'query', 'queryType', 'resourceType', 'visualization', 'timeContextFromParameter'],
  properties: {
    version: { const: 'KqlItem/1.0' },
    query: { type: 'string', minLength: 1 },
    queryType: { const: 0 },
    resourceType: { const: 'microsoft.operationalinsights/workspaces' },
    visualization: { enum: ['table', 'timechart', 'barchart'] },
    timeContextFromParameter: { const: 'TimeRange' },
  },
});
const parameters = named(9, {
  type: 'object',
  required: ['version', 'parameters'],
  properties: { version: { const: 'KqlParameterItem/1.0' }, parameters: { type: 'array', minItems: 1 } },
});
const tabs = named(11, {
  type: 'object',
  required: ['version', 'style', 'links'],
  properties: { version: { const: 'LinkItem/1.0' }, style: { const: 'tabs' }, links: { type: 'array', minItems: 1 } },
});
const group = {
  ...named(12, {
    type: 'object',
    required: ['version', 'groupType', 'items'],
    properties: {
      version: { const: 'NotebookGroup/1.0' },
      groupType: { const: 'editable' },
      items: { type: 'array', minItems: 1, items: { anyOf: [text, query] } },
    },
  }),
};

const isWorkbook = new Ajv().compile({
  type: 'object',
  required: ['version', 'items', 'fallbackResourceIds'],
  additionalProperties: false,
  properties: {
    $schema: { type: 'string' },
    version: { const: 'Notebook/1.0' },
    items: { type: 'array', items: { anyOf: [text, query, parameters, tabs, group] } },
    fallbackResourceIds: { const: ['$workspace'] },
  },
});

type Group = { name: string; conditionalVisibility: { parameterName: string; value: string } };

describe('the workbook', () => {
  it('has the shape of one', () => {
    isWorkbook(workbook);
    expect(isWorkbook.errors ?? []).toEqual([]);
  });

  it('has a tab for support, for operations and for cost, each with its page', () => {
    const links = workbook.items.find(({ type }) => type === 11)?.content.links?.map(({ subTarget }) => subTarget);
    const groups = workbook.items.filter(({ type }) => type === 12) as unknown as Group[];
    expect(links).toEqual(['support', 'operations', 'cost']);
    expect(groups.map(({ conditionalVisibility: { parameterName, value } }) => [parameterName, value])).toEqual(
      links?.map((tab) => ['tab', tab]),
    );
  });

  it('is short enough for Bicep, and gets its workspace there', () => {
    expect(JSON.stringify(workbook, undefined, 2).length).toBeLessThan(131_072);
    expect(bicep('bicep/modules/workbook.bicep')).toContain("'$workspace', workspaceId");
  });
});
