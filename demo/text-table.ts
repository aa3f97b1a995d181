/** Rows as aligned lines: the first columns are words, the others are figures. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[], words: number): string[] {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length)));
  return [head, ...rows].map((row) =>
    widths
      .map((width, column) =>
        column < words ? (row[column] ?? '').padEnd(width) : (row[column] ?? '').padStart(width),
      )
      .join('   ')
      .trimEnd(),
  );
}
