/** The tables in `docs/operations.md`. */
import { readFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { type Path, PATHS, STEPS, sumOf, totalOf } from './steps.ts';

export const PAGE = 'docs/operations.md';

const SERVICES = ['Service Bus', 'tables', 'provider'] as const;

export async function operationsPage(): Promise<string> {
  const page = (await readFile(PAGE, 'utf8')).replace(
    /(<!-- generated: operations -->)[^]*(<!-- \/generated -->)/,
    (_, start: string, end: string) => `${start}\n\n${stepsTable()}\n\n${pathsTable()}\n\n${end}`,
  );
  return format(page, { ...(await resolveConfig(PAGE)), filepath: PAGE });
}

const stepsTable = (): string =>
  [
    '| Step | Operation | Times |',
    '| --- | --- | --- |',
    ...STEPS.flatMap(({ name, operations }) =>
      Object.entries(operations).map(
        ([operation, times], row) => `| ${row === 0 ? name : ''} | ${operation} | ${times} |`,
      ),
    ),
  ].join('\n');

const pathsTable = (): string =>
  [
    `| What becomes of it | Steps | ${SERVICES.join(' | ')} |`,
    `| --- | --- |${SERVICES.map(() => ' --- |').join('')}`,
    ...PATHS.map((path) => `| ${path.name} | ${stepsOf(path)} | ${countsOf(path)} |`),
  ].join('\n');

const stepsOf = ({ steps }: Path): string => steps.map(({ name }) => name.toLowerCase()).join(', ');

const countsOf = (path: Path): string => {
  const total = totalOf(path);
  return SERVICES.map((service) => sumOf(total, service)).join(' | ');
};
