/** Texts for a terminal. */

/** A word that a shell hands on as it is. */
export const shellWord = (text: string): string =>
  /^[\w:./+@-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
