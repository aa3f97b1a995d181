import { globSync, readFileSync } from 'node:fs';

export type Resource = { file: string; symbol: string; type: string; version: string; existing: boolean; body: string };

/** Every Bicep file, by its path. */
export const BICEP: ReadonlyMap<string, string> = new Map(
  globSync('bicep/**/*.bicep')
    .toSorted()
    .map((file) => [file, readFileSync(file, 'utf8')]),
);

export function bicep(file: string): string {
  const text = BICEP.get(file);
  if (text === undefined) throw new Error(`${file} is missing`);
  return text;
}

/** Our files are formatted, so a statement ends with the first closing bracket at the beginning of a line. */
export const RESOURCES: readonly Resource[] = [...BICEP].flatMap(([file, text]) =>
  [...text.matchAll(/^resource (\w+) '([^'@]+)@([^']+)' (existing )?=.*?^[\]}]$/gms)].map(
    ([body, symbol, type, version, existing]): Resource => ({
      file,
      symbol: symbol!,
      type: type!,
      version: version!,
      existing: existing !== undefined,
      body,
    }),
  ),
);

/** The quoted words of `var name = […]`, or the one of `var name = '…'`. */
export function variable(file: string, name: string): string[] {
  const value = new RegExp(`^var ${name} = (?:\\[(.*?)\\]|('[^']*'|\\d+))$`, 'ms').exec(bicep(file));
  const words = [...(value?.[1] ?? value?.[2] ?? '').matchAll(/'([^']*)'/g)].map(([, word]) => word!);
  if (words.length === 0) throw new Error(`${file} has no texts in ${name}`);
  return words;
}

/** `name: value` of an object, as written. */
export const property = (body: string, name: string): string | undefined =>
  new RegExp(`^\\s*${name}: (.+)$`, 'm').exec(body)?.[1];

export const json = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
