/** Mails as a reader sees them. */

/** What is said, whatever the order and however labels and values are joined. */
export const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .flatMap((line) => line.split(/(?<=^[\p{L} ]{1,20})\u{a0}?: /u))
    .map((line) => line.trim().replace(/\u{a0}?:$/u, ''))
    .filter((line) => line !== '' && line !== '--')
    .sort();

/** What a mail program shows: one line per block. */
export function visibleText(html: string): string {
  return html
    .replace(/<head>[^]*?<\/head>|<!--[^]*?-->|<div style="display:none[^]*?<\/div>/g, '')
    .replace(/<br \/>|<\/(div|th|td|a|p|h1)>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replace(
      /&lt;|&gt;|&quot;|&#39;|&amp;/g,
      (entity) => ({ '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' })[entity]!,
    )
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join('\n');
}
