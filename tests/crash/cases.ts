import type { Channel } from '../../shared/delivery.ts';
import { endOf, MEMORIES, type Memory, type Point, POINTS } from './points.ts';

/** One point, met by a process that handles news for these channels. */
export type Case = { title: string; point: Point; memory: Memory; channels: readonly Channel[] };

/** Events of a batch; each tells by two channels, which makes 100 rows. */
export const BATCH = 50;

/** From its booking to an appointment, and its one reminder, which is due some seconds after the booking. */
export const UNTIL_VISIT = 30 * 60_000;
export const REMINDER = '1794s';

/** What each channel is told: by each event of a batch, by a confirmation and a reminder, or once. */
const tellings = ({ given }: Point): number => (given === 'batch' ? BATCH : given === 'appointment' ? 2 : 1);

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
      return Array.from({ length: tellings(point) }, () => lineOf(channel, status, sends));
    })
    .toSorted();
