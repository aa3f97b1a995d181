import type { InstanceFilter } from './instances.ts';

/** What the query of a list or purge asks for; times that cannot be read are left out, as in Azure. */
export function filterOf(query: URLSearchParams): InstanceFilter {
  const time = (name: string): number | undefined => {
    const ms = Date.parse(query.get(name) ?? '');
    return Number.isNaN(ms) ? undefined : ms;
  };
  const [createdFrom, createdTo] = [time('createdTimeFrom'), time('createdTimeTo')];
  return {
    ...(createdFrom !== undefined && { createdFrom }),
    ...(createdTo !== undefined && { createdTo }),
    statuses: query.getAll('runtimeStatus').flatMap((value) => value.split(',').filter(Boolean)),
    idPrefix: query.get('instanceIdPrefix') ?? '',
  };
}
