/** Where a command prints, speaks and asks. */
import { createInterface } from 'node:readline/promises';
import { styleText } from 'node:util';

/** Colours a piece of text, or leaves it as it is where there are no colours. */
export type Paint = (style: 'bold' | 'dim' | 'green' | 'red' | 'yellow', text: string) => string;

export type Terminal = {
  /** Results: standard output. */
  print(text: string): void;
  /** What is about to happen and what went wrong: standard error. */
  say(text: string): void;
  /** What only people at a terminal want to know. */
  hint(text: string): void;
  /** How far a long work is; each replaces the one before, the next result or an empty one removes it. */
  progress: (text: string) => void;
  /** Is there somebody to ask? */
  interactive: boolean;
  ask(question: string): Promise<boolean>;
  /** Characters in a line of results. */
  width: number;
  paint: Paint;
};

const WIDEST = 120;
const CLEAR_LINE = '\r\u001B[K';

export function processTerminal({ stdin, stdout, stderr }: NodeJS.Process): Terminal {
  let isProgressShown = false;
  const progress = (text: string): void => {
    if (!stderr.isTTY || (text === '' && !isProgressShown)) return;
    stderr.write(CLEAR_LINE + text.slice(0, stderr.columns - 1));
    isProgressShown = text !== '';
  };
  const say = (text: string): void => {
    progress('');
    stderr.write(`${text}\n`);
  };
  return {
    print(text) {
      progress('');
      stdout.write(`${text}\n`);
    },
    say,
    hint(text) {
      if (stderr.isTTY) say(styleText('dim', text, { stream: stderr }));
    },
    progress,
    interactive: stdin.isTTY && stderr.isTTY,
    async ask(question) {
      const lines = createInterface({ input: stdin, output: stderr });
      try {
        return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
      } finally {
        lines.close();
      }
    },
    width: Math.min(stdout.columns ?? WIDEST, WIDEST),
    paint: (style, text) => styleText(style, text, { stream: stdout }),
  };
}
