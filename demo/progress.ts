import { counted } from '../commands/format.ts';
import type { Channel } from '../shared/delivery.ts';
import type { Status } from '../shared/status.ts';
import type { Figures } from './reader.ts';
import { textTable } from './text-table.ts';

export type ProgressState = {
  /** Milliseconds since the first publication. */
  elapsed: number;
  published: number;
  publications: number;
  /** Deliveries of the stream; there are more when somebody else publishes, too. */
  expected: number;
  figures: Figures;
};

const CHANNEL_NAMES: Record<Channel, string> = { sms: 'SMS', email: 'Email' };
const COLUMNS: readonly { title: string; counts: readonly Status[] | 'all' }[] = [
  { title: 'planned', counts: 'all' },
  { title: 'waiting', counts: ['planned', 'sending'] },
  { title: 'accepted', counts: ['accepted'] },
  { title: 'delivered', counts: ['delivered'] },
  { title: 'failed', counts: ['failed'] },
  { title: 'other ends', counts: ['unknown', 'uncertain', 'skipped', 'expired'] },
];

/** Several aligned lines for a terminal that can be written over. */
export function progressBlock(state: ProgressState): string[] {
  const { elapsed, published, publications, expected, figures } = state;
  const rows = (['sms', 'email'] as const).map((channel) => [
    CHANNEL_NAMES[channel],
    ...COLUMNS.map(({ counts }) => String(countOf(figures, channel, counts))),
  ]);
  return [
    `${clock(elapsed)}  ${published} of ${publications} messages published · ${figures.recorded} events taken · ${counted(figures.rejected, 'event')} rejected`,
    '',
    ...textTable(['', ...COLUMNS.map(({ title }) => title)], rows).map((line) => `      ${line}`),
    '',
    `      ${bar(figures.deliveries.filter(({ status }) => !OPEN.has(status)).length, Math.max(expected, figures.deliveries.length))}`,
    `      ${noteOf(figures)}`,
  ];
}

/** One line, where lines can only be added. */
export function progressLine({ elapsed, published, publications, figures }: ProgressState): string {
  const channels = (['sms', 'email'] as const).map((channel) => {
    const counts = COLUMNS.map(({ title, counts: of }) => `${countOf(figures, channel, of)} ${title}`);
    return `${CHANNEL_NAMES[channel]}: ${counts.join(', ')}`;
  });
  const events = `${published}/${publications} published, ${figures.recorded} events taken, ${counted(figures.rejected, 'event')} rejected`;
  const note = noteOf(figures);
  return [clock(elapsed), events, ...channels, ...(note ? [note] : [])].join(' | ');
}

function noteOf({ deliveries }: Figures): string {
  const throttled = deliveries.filter(({ status, cause }) => status === 'sending' && cause === 'throttled').length;
  return throttled > 0 ? `${throttled} wait because the provider is at its quota` : '';
}

const OPEN: ReadonlySet<Status> = new Set(['planned', 'sending', 'accepted']);

function countOf({ deliveries }: Figures, channel: Channel, counts: readonly Status[] | 'all'): number {
  return deliveries.filter((one) => one.channel === channel && (counts === 'all' || counts.includes(one.status)))
    .length;
}

function bar(done: number, expected: number): string {
  const width = 40;
  const full = expected === 0 ? 0 : Math.min(width, Math.floor((done / expected) * width));
  return `${'█'.repeat(full)}${'░'.repeat(width - full)}  ${done} of ${expected} deliveries have come to their end`;
}

function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1_000);
  return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
}

const LINE_EVERY = 5_000;

export type ProgressView = { show: (state: ProgressState) => void; end: () => void };

/** Redraws in a terminal; adds a line every five seconds, and a last one, anywhere else. */
export function createProgressView(output: NodeJS.WriteStream): ProgressView {
  let drawn = 0;
  let nextLine = 0;
  let unsaid: ProgressState | undefined;

  const redraw = (state: ProgressState): void => {
    const lines = progressBlock(state).map((line) => line.slice(0, output.columns - 1));
    output.write(`${drawn > 0 ? `\x1b[${drawn}A\x1b[0J` : ''}${lines.join('\n')}\n`);
    drawn = lines.length;
  };
  const add = (state: ProgressState): void => {
    output.write(`${progressLine(state)}\n`);
    nextLine = state.elapsed + LINE_EVERY;
    unsaid = undefined;
  };
  return {
    show(state) {
      unsaid = state;
      if (output.isTTY) redraw(state);
      else if (state.elapsed >= nextLine) add(state);
    },
    end() {
      if (unsaid && !output.isTTY) add(unsaid);
      [drawn, nextLine, unsaid] = [0, 0, undefined];
    },
  };
}
