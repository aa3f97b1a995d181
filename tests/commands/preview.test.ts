import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { previewPage, previews, warningsOf } from '../../commands/preview-page.ts';
import { KINDS } from '../../commands/preview-samples.ts';
import { previewCommand } from '../../commands/preview.ts';
import { LANGUAGES } from '../../shared/formats.ts';
import { MESSAGES, REMINDER } from '../../shared/messages/catalogue.ts';

type World = Parameters<typeof previewCommand>[0];

describe('the preview', () => {
  const all = previews();

  it('has every message in every language on both channels with every kind of data', () => {
    const keys = all.map(({ message, language, kind, content }) => `${message} ${language} ${kind} ${content.channel}`);
    expect(new Set(keys).size).toBe(keys.length);
    const messages = Object.values(MESSAGES).length + [REMINDER].length;
    expect(keys).toHaveLength(messages * LANGUAGES.length * KINDS.length * 2);
  });

  it('warns of nothing with realistic data', () => {
    expect(all.filter(({ kind, warnings }) => kind === 'realistic' && warnings.length > 0)).toEqual([]);
  });

  it('is one page that loads nothing and lets no text of a message become markup', async () => {
    const page = await previewPage();
    const [, data = ''] = /<script type="application\/json" id="data">([^]*?)<\/script>/.exec(page) ?? [];
    expect(JSON.parse(data)).toHaveLength(all.length);
    expect(data).not.toContain('<');
    expect(page.replace(data, '')).not.toMatch(/\b(src|href|action)=|url\(|@import|import\(|fetch\(/);
    expect(page).toContain(`default-src 'none'`);
    expect(page).toContain(`setAttribute('sandbox', '')`);
  });
});

describe('a warning', () => {
  it('names the characters that make an SMS UCS-2, and many segments', () => {
    expect(warningsOf({ channel: 'sms', text: 'plain', segments: 2 })).toEqual([]);
    expect(warningsOf({ channel: 'sms', text: 'a店b店🎁', segments: 3 })).toEqual([
      'UCS-2 because of “店” “🎁”',
      '3 segments',
    ]);
  });

  it('tells long subjects and large mails', () => {
    const mail = { channel: 'email', text: '' } as const;
    expect(warningsOf({ ...mail, subject: 'x'.repeat(70), html: 'x'.repeat(102 * 1_024) })).toEqual([]);
    expect(warningsOf({ ...mail, subject: 'x'.repeat(71), html: 'x'.repeat(102 * 1_024 + 1) })).toEqual([
      'subject of 71 characters',
      '103 KB of HTML',
    ]);
  });
});

describe('notify preview', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'preview-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const run = async (out: string): Promise<string[]> => {
    const printed: string[] = [];
    const terminal = { hint: () => undefined, print: (text: string) => printed.push(text) };
    await previewCommand({ terminal } as unknown as World).parseAsync(['--out', out], { from: 'user' });
    return printed;
  };

  it('writes the page where it is asked to, and says where', async () => {
    const file = join(folder, 'new', 'page.html');
    expect(await run(file)).toEqual([`Wrote ${pathToFileURL(file).href}`]);
    expect(await readFile(file, 'utf8')).toBe(await previewPage());
  });

  it('says so when it cannot', async () => {
    await expect(run(folder)).rejects.toThrow(`Cannot write ${folder}: EISDIR.`);
  });
});
