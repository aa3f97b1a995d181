import alerts from '../../bicep/alerts.json' with { type: 'json' };
import workbook from '../../bicep/workbook.json' with { type: 'json' };

export type Query = { of: string; query: string };

type Item = { name: string; content: { query?: string; items?: readonly Item[] } };

const queriesIn = (items: readonly Item[]): Query[] =>
  items.flatMap(({ name, content }) => [
    ...(content.query === undefined ? [] : [{ of: `workbook: ${name}`, query: content.query }]),
    ...queriesIn(content.items ?? []),
  ]);

/** Every query there is, with values in place of what is filled in. */
export const QUERIES: readonly Query[] = [
  ...alerts.log.map(({ title, query }) => ({ of: `alert: ${title}`, query: query.join('\n') })),
  ...queriesIn(workbook.items as unknown as readonly Item[]),
].map(({ of, query }) => ({ of, query: query.replace('$dailyCapGb', '1').replaceAll('{trace}', 'order:1042') }));
