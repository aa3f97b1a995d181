import type { Channel } from '../../shared/delivery.ts';
import { endOf, MEMORIES, type Memory, type Point, POINTS } from './points.ts';

/** One point, met by a process that handles news for these channels. */
export type Case = { title: string; point: Point; memory: Memory; channels: readonly Channel[] };

/** Events of a batch; each tells by two channels, which makes 100 rows. */
export const BATCH = 50;

const audiencesOf = ({ given }: Point): readonly (readonly Channel[])[] =>
  given === 'both channels' || given === 'batch' ? [['sms', 'email']] : [['sms'], ['email']];

export const CASES: readonly Case[] = POINTS.flatMap((point) =>
  MEMORIES.flatMap((memory) =>
    audiencesOf(point).map((channels) => ({
      title: `${point.number}, ${point.name}: ${channels.join(' and ')}, ${memory} the provider's memory`,
      point,
      memory,
      channels,
    })),
  ),
);

/** How one delivery ended. */
export const lineOf = (channel: Channel, status: string, sends: number): string =>
  `${channel} ${status}, ${sends} sent`;

/** How every delivery of a case has to end. */
export const linesExpectedOf = ({ point, memory, channels }: Case): string[] =>
  channels
    .flatMap((channel) => {
      const { status, sends } = endOf(point, channel, memory);
      return Array.from({ length: point.given === 'batch' ? BATCH : 1 }, () => lineOf(channel, status, sends));
    })
    .toSorted();
