import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { PAGE, operationsPage } from './page.ts';
import { PATHS, sumOf, totalOf } from './steps.ts';

it('docs/operations.md tells what is counted: run `npm run bench -- --only operations` when this fails', async () => {
  expect(await readFile(PAGE, 'utf8')).toBe(await operationsPage());
});

it('a path costs the sum of its steps', () => {
  const total = totalOf(PATHS.find(({ name }) => name === 'an SMS that arrives')!);
  expect(total.get('tables: read Deliveries')).toBe(2);
  expect([sumOf(total, 'Service Bus'), sumOf(total, 'tables'), sumOf(total, 'provider')]).toEqual([5, 9, 1]);
});
