import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const WRITTEN_BY = 'npm start, which takes it away again when it stops';

type LocalSettings = { WrittenBy?: string; Values?: Record<string, string> };

/**
 * Lets `npm run show` and `npm run publish-event` reach the laptop cloud through local.settings.json. One that somebody
 * wrote by hand stays as it is: `reaches` says whether it leads to the same place.
 */
export function lendLocalSettings(
  file: string,
  settings: Readonly<Record<string, string>>,
): { reaches: boolean; takeBack: () => void } {
  const standing = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as LocalSettings) : undefined;
  if (standing && standing.WrittenBy !== WRITTEN_BY)
    return {
      reaches: ['ServiceBus', 'Tables'].every((name) => standing.Values?.[name] === settings[name]),
      takeBack: () => {},
    };
  const Values = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''));
  writeFileSync(file, `${JSON.stringify({ WrittenBy: WRITTEN_BY, IsEncrypted: false, Values }, undefined, 2)}\n`);
  return { reaches: true, takeBack: () => rmSync(file, { force: true }) };
}
