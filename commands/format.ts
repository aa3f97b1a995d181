/** Texts for a terminal. Whatever upstream wrote is cleaned before it is shown: it may hold escape sequences. */

/** A word that a shell hands on as it is. */
export const shellWord = (text: string): string =>
  /^[\w:./+@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

/** Control characters, line breaks and marks that turn the direction of text, shown as `�`. */
export const clean = (text: string): string =>
  // eslint-disable-next-line no-control-regex -- these are what a terminal obeys
  text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '�');

/** `2026-11-21 05:01` */
export const minute = (at: Date): string => at.toISOString().slice(0, 16).replace('T', ' ');

/** `2026-11-21 05:01:12 UTC` */
export const instant = (at: Date): string => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`;

/** `0.42 s`, `2 min 22 s`, `1 d 3 h`: the two largest units that say something. */
export function duration(milliseconds: number): string {
  if (milliseconds < 0) return `-${duration(-milliseconds)}`;
  if (milliseconds < 59_950) return `${(milliseconds / 1_000).toFixed(milliseconds < 9_995 ? 2 : 1)} s`;
  const seconds = Math.round(milliseconds / 1_000);
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3_600)];
  if (hours === 0) return `${minutes} min ${seconds % 60} s`;
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `1 delivery`, `12 deliveries` */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Lines of at most `width` characters, broken between words; line breaks in the text stay. */
export function wrap(text: string, width: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [''];
    for (const word of paragraph.split(' ')) {
      const line = lines.at(-1) ?? '';
      if (line === '') lines[lines.length - 1] = word;
      else if (line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`;
      else lines.push(word);
    }
    return lines;
  });
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const TWO_CELLS =
  /^(?:\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6])/u;

const cellsOf = (grapheme: string): number => (TWO_CELLS.test(grapheme) ? 2 : 1);

/** Cells that a text takes in a terminal. */
export function widthOf(text: string): number {
  let cells = 0;
  for (const { segment } of graphemes.segment(text)) cells += cellsOf(segment);
  return cells;
}

/** The text, or as much of it as fits and `…`. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let [kept, cells] = ['', 1];
  for (const { segment } of graphemes.segment(text)) {
    cells += cellsOf(segment);
    if (cells > width) break;
    kept += segment;
  }
  return `${kept}…`;
}

const GAP = 2;
const NARROWEST = 6;

/**
 * Rows as aligned lines of at most `width` cells; the widest columns give way. Figures stand to the right, words to the
 * left. Cells are cleaned; a column without any text takes no place.
 * @param whole how many columns, from the first on, never give way
 */
export function aligned(rows: readonly (readonly string[])[], width: number, whole = 0): string[] {
  const cleaned = rows.map((row) => row.map(clean));
  const filled = Array.from({ length: Math.max(0, ...rows.map((row) => row.length)) }, (_, column) => column).filter(
    (column) => cleaned.some((row) => row[column]),
  );
  const cells = cleaned.map((row) => filled.map((column) => row[column] ?? ''));
  const widths = filled.map((_, column) => Math.max(0, ...cells.map((row) => widthOf(row[column] ?? ''))));
  for (;;) {
    const total = widths.reduce((sum, one) => sum + one, GAP * (widths.length - 1));
    const widest = Math.max(...widths.slice(whole));
    if (total <= width || widest <= NARROWEST) break;
    widths[widths.indexOf(widest, whole)] = widest - 1;
  }
  const isFigure = widths.map((_, column) =>
    cells.slice(1).every((row) => /^(≥ )?[\d.,]*( %)?$|^–$/.test(row[column] ?? '')),
  );
  return cells.map((row) =>
    row
      .map((cell, column) => {
        const text = cut(cell, widths[column] ?? 0);
        const padding = ' '.repeat(Math.max(0, (widths[column] ?? 0) - widthOf(text)));
        return isFigure[column] ? padding + text : text + padding;
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

/** A bar of a share of the whole, 0 to 1, in eighths of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.max(share > 0 ? 1 : 0, Math.round(share * width * 8));
  return '█'.repeat(Math.floor(eighths / 8)) + (['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'][eighths % 8] ?? '');
}

/** One line of RFC 4180; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
export const csvLine = (cells: readonly string[]): string =>
  cells
    .map((cell) => (/^[=@\t\r]|^[+-](?![\d* ]+$)/.test(cell) ? `'${cell}` : cell))
    .map((cell) => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    .join(',');
