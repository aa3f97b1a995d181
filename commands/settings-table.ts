import type { z } from 'zod';
import { CONNECTIONS, SETTINGS } from '../shared/config.ts';

/** The README's table of settings. */
export function settingsTable(): string {
  const connections = Object.entries(CONNECTIONS).map(([name, { suffix, of }]) =>
    row(name, `Connection string of ${of}; or \`${name}__${suffix}\` for an identity.`, ''),
  );
  const plain = Object.entries<z.ZodType>(SETTINGS).map(([name, schema]) =>
    row(name, schema.description ?? '', defaultOf(schema)),
  );
  return ['| Setting | Meaning | Default |', '| --- | --- | --- |', ...connections, ...plain].join('\n');
}

const row = (name: string, meaning: string, standard: string): string => `| \`${name}\` | ${meaning} | ${standard} |`;

function defaultOf(schema: z.ZodType): string {
  const { success, data } = schema.safeParse(undefined);
  if (!success) return '';
  if (data === undefined) return 'none';
  return typeof data === 'object' ? `\`${JSON.stringify(data)}\`` : `${data as string | number}`;
}
