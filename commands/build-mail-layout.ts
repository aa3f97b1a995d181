/** Turns the mail layout's MJML into the TypeScript that rendering uses: `node commands/build-mail-layout.ts`. */
import { readFile, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import mjml from 'mjml';
import { format, resolveConfig } from 'prettier';

const SOURCE = new URL('../shared/messages/mail-layout.mjml', import.meta.url);
export const LAYOUT = new URL('../shared/messages/mail-layout.ts', import.meta.url);

const REPEATED = ['paragraph', 'fact', 'action'] as const;

/** The whole text of `mail-layout.ts`; parts between `<!-- x -->` and `<!-- /x -->` become pieces of their own. */
export async function mailLayoutModule(): Promise<string> {
  const { html, errors } = await mjml(await readFile(SOURCE, 'utf8'), {
    validationLevel: 'strict',
    keepComments: true,
    fonts: {},
  });
  if (errors.length > 0)
    throw new Error(`mail-layout.mjml: ${errors.map((error) => error.formattedMessage).join('; ')}`);

  let page = html;
  const pieces: Record<string, string> = {};
  for (const name of REPEATED) {
    const marked = new RegExp(`<!-- ${name} -->([^]*)<!-- /${name} -->`);
    const found = marked.exec(page)?.[1];
    if (found === undefined) throw new Error(`mail-layout.mjml has no part <!-- ${name} -->`);
    pieces[name] = compact(found);
    page = page.replace(marked, `{{${name}s}}`);
  }
  const code = `/** Generated from mail-layout.mjml by commands/build-mail-layout.ts; {{slots}} are filled by shared/mail.ts. */
export const MAIL_LAYOUT = ${JSON.stringify({ page: compact(page), ...pieces })};
`;
  const file = LAYOUT.pathname;
  return format(code, { ...(await resolveConfig(file)), filepath: file });
}

/** Without comments for readers, indentation and spaces in slots; conditional comments for Outlook stay. */
function compact(html: string): string {
  return html
    .replace(/<!--(?!\[if|<!\[endif)[^]*?-->/g, (comment) => (comment.includes('[endif]') ? comment : ''))
    .replace(/\{\{ (\w+) \}\}/g, '{{$1}}')
    .replace(/<[^!>][^>]*>/g, (tag) => tag.replace(/\s+/g, ' ').replace(' >', '>'))
    .replace(/\n\s+/g, '\n')
    .replace(/\n{2,}/g, '\n')
    .trim();
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await writeFile(LAYOUT, await mailLayoutModule());
  console.log(`wrote ${LAYOUT.pathname}`);
}
