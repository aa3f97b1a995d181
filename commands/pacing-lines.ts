/** The rate calendar and the channels as `notify status` prints them. */
import { CAUSES } from '../shared/causes.ts';
import type { Channel } from '../shared/delivery.ts';
import { aligned, bar, counted, duration, instant, minute, wrap } from './format.ts';
import type { ChannelStanding, DailyCap, PacingStanding, ScopeStanding } from './pacing-standing.ts';
import type { Terminal } from './terminal.ts';

type View = Pick<Terminal, 'width' | 'paint'>;

/** What a scope is for people: a number has a name of its own, the others are shared by all of their kind. */
const nameInWords = ({ kind, name }: Pick<ScopeStanding, 'kind' | 'name'>): string => {
  if (kind === 'alphanumeric') return 'alphanumeric names';
  if (kind === 'custom-domain' || kind === 'azure-managed-domain') return `${kind} mail`;
  return `${kind} ${name}`;
};

export function calendarLines({ scopes }: PacingStanding, now: Date, view: View): string[] {
  const width = view.width - 2;
  const rows = scopes.flatMap((scope) => usesOf(scope, now, Math.min(20, Math.max(5, width - 74))));
  return [
    ...aligned([['', 'booked', 'limit', 'within', '', 'booked until'], ...rows], width),
    ...scopes.flatMap((scope) => remarksOn(scope, now).flatMap((remark) => remarkLines(scope, remark, view))),
  ];
}

function usesOf(scope: ScopeStanding, now: Date, width: number): string[][] {
  const until = scope.bookedUntil ? untilInWords(scope.bookedUntil, now) : '–';
  if (scope.use.length === 0) return [[nameInWords(scope), '–', '–', '', '', until]];
  return scope.use.map(({ used, limit, seconds }, index) => [
    index === 0 ? nameInWords(scope) : '',
    String(used),
    String(limit),
    windowInWords(seconds),
    bar(Math.min(1, used / limit), width),
    index === 0 ? until : '',
  ]);
}

/** `60 s`, `1 h`, `24 h` */
const windowInWords = (seconds: number): string => (seconds % 3_600 === 0 ? `${seconds / 3_600} h` : `${seconds} s`);

/** `06:42:11, in 2 min 13 s` */
const untilInWords = (at: Date, now: Date): string =>
  `${clockInWords(at, now)}, in ${duration(Math.max(0, at.getTime() - now.getTime()))}`;

const clockInWords = (at: Date, now: Date): string =>
  at.toISOString().slice(0, 10) === now.toISOString().slice(0, 10) ? at.toISOString().slice(11, 19) : minute(at);

/** What somebody has to know or to do about a scope. */
type Remark = { look: keyof typeof LOOKS; head: string; text: string };

const LOOKS = { fault: ['✖', 'red'], warning: ['!', 'yellow'], past: ['·', 'dim'] } as const;

function remarksOn({ row, blockedUntil, closed, ...gate }: ScopeStanding, now: Date): Remark[] {
  return [
    ...(row === 'damaged' ? [DAMAGED] : []),
    ...(row === 'newer' ? [NEWER] : []),
    ...(closed ? [closedRemark(closed, now)] : []),
    ...(blockedUntil ? [blockedRemark(blockedUntil, now)] : []),
    ...(gate.lastStranger ? [strangersRemark(gate.strangers, gate.lastStranger, now)] : []),
  ];
}

const blockedRemark = (until: Date, now: Date): Remark => ({
  look: 'warning',
  head: `is blocked until ${untilInWords(until, now)}`,
  text: 'Nothing is sent before; it goes on by itself.',
});

const DAY = 86_400_000;

const strangersRemark = (count: number, last: Date, now: Date): Remark => ({
  look: now.getTime() - last.getTime() < DAY ? 'warning' : 'past',
  head: `was refused for quota ${counted(count, 'time')} although its calendar was free, last at ${instant(last)}`,
  text: 'Somebody else uses this quota, or SENDERS names more than the provider grants.',
});

const DAMAGED: Remark = {
  look: 'fault',
  head: 'has a damaged calendar',
  text: 'It is written anew with the next booking; nothing is sent until what it may have held is over.',
};

const NEWER: Remark = {
  look: 'fault',
  head: 'has a calendar of a newer version of this app',
  text: 'This version sends nothing by it. Deploy the newer one everywhere; what waits is sent then.',
};

function closedRemark({ cause, since, probes, next }: NonNullable<ScopeStanding['closed']>, now: Date): Remark {
  const { meaning, nextStep } = CAUSES[cause];
  const due = next > now ? `the next at ${untilInWords(next, now)}` : 'the next as soon as something is due';
  const tried = probes === 0 ? 'No probe yet' : `${counted(probes, 'probe')} so far`;
  return {
    look: 'fault',
    head: `is closed since ${instant(since)}: ${cause}`,
    text: `${meaning} ${tried}, ${due}. ${nextStep}`,
  };
}

function remarkLines(scope: ScopeStanding, { look, head, text }: Remark, { width, paint }: View): string[] {
  const [sign, style] = LOOKS[look];
  const lines = wrap(`${nameInWords(scope)} ${head}. ${text}`, width - 4);
  return ['', ...lines.map((line, index) => (index === 0 ? `${paint(style, sign)} ${line}` : `  ${line}`))];
}

const SIGNS = {
  on: ['✔', 'green'],
  canaries: ['!', 'yellow'],
  off: ['✖', 'red'],
} as const;

/** @param caps undefined when the settings do not say whether there are any */
export function channelLines(
  channels: readonly ChannelStanding[],
  caps: readonly DailyCap[] | undefined,
  { width, paint }: View,
): string[] {
  const longest = Math.max(...channels.map(({ channel }) => channel.length));
  const margin = ' '.repeat(longest + 4);
  return channels.flatMap((standing) => {
    const [sign, style] = SIGNS[standing.state];
    const cap = caps?.find(({ channel }) => channel === standing.channel);
    const [first = '', ...more] = [
      ...wrap(stateInWords(standing), width - 2 - margin.length),
      ...(cap ? [capInWords(cap)] : []),
    ];
    return [
      `${paint(style, sign)} ${standing.channel.padEnd(longest)}  ${first}`,
      ...more.map((line) => margin + line),
      ...(standing.state === 'on' ? [] : [margin + paint('dim', `npm run notify -- ${openAgain(standing)}`)]),
    ];
  });
}

const capInWords = ({ limit, used }: DailyCap): string =>
  `At most ${limit} in any 24 hours; ${used} of them are used up.`;

const openAgain = ({ channel, state }: ChannelStanding): string =>
  `channel ${channel} ${state === 'off' ? '--on' : '--everyone'} --why …`;

export function stateInWords({ channel, state, canaries, switched }: ChannelStanding): string {
  const since = switched ? ` since ${instant(switched.at)}, by ${switched.by}: ${switched.why}` : '';
  const set = canaries > 0 ? ` Once on again, it serves ${canariesInWords(canaries, channel)} only.` : '';
  if (state === 'off') return `off${since}${set}`;
  if (state === 'canaries') return `open to ${canariesInWords(canaries, channel)} only${since}`;
  return `on${since}`;
}

const canariesInWords = (count: number, channel: Channel): string =>
  channel === 'sms' ? counted(count, 'phone number') : counted(count, 'mail address', 'mail addresses');
