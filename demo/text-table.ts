/** Rows as aligned lines; figures stand to the right, words to the left. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  const isFigure = head.map((_, column) => rows.every((row) => /^[\d.,]* ?%?$/.test(row[column] ?? '')));
  return [head, ...rows].map((row) =>
    widths
      .map((width, column) =>
        isFigure[column] ? (row[column] ?? '').padStart(width) : (row[column] ?? '').padEnd(width),
      )
      .join('  ')
      .trimEnd(),
  );
}
