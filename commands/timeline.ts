/** What `show` prints: the deliveries of a subject with everything that happened to them, as plain text. */
import { maskAddress } from '../shared/addresses.ts';
import { CAUSES } from '../shared/causes.ts';
import { type Channel, type Delivery, FIRST_STEPS, type Resend, type Step, slotOf } from '../shared/delivery.ts';
import type { EventRecord } from '../shared/ports.ts';
import { laterRoundsOf, reminderOfRecord } from '../shared/reminder-rounds.ts';
import type { Status } from '../shared/status.ts';
import { clean, counted, duration, instant, wrap } from './format.ts';
import { offsetInWords } from './reminder-standing.ts';
import { type Told, plannedInWords, stepInWords, withoutRepeats } from './steps.ts';
import type { Paint } from './terminal.ts';

export type View = {
  /** Addresses and texts in full; else addresses are masked and texts left out. */
  reveal: boolean;
  /** Characters in a line. */
  width: number;
  paint: Paint;
};

type Look = { sign: string; style: 'green' | 'red' | 'yellow' };

const BAD: Look = { sign: '✖', style: 'red' };
const UNSURE: Look = { sign: '?', style: 'yellow' };
const UNDER_WAY: Look = { sign: '…', style: 'yellow' };
const LOOKS: Record<Status, Look> = {
  planned: UNDER_WAY,
  sending: UNDER_WAY,
  accepted: { sign: '→', style: 'green' },
  delivered: { sign: '✔', style: 'green' },
  failed: BAD,
  expired: BAD,
  unknown: UNSURE,
  uncertain: UNSURE,
  skipped: { sign: '–', style: 'yellow' },
};

const CHANNELS: Record<Channel, string> = { sms: 'SMS', email: 'Email' };

const INDENT = '  ';
const LABEL = 11;
const STATUS = 11;

export function showSubject(
  subject: string,
  events: readonly EventRecord[],
  deliveries: readonly Delivery[],
  view: View,
): string {
  const shops = [...new Set(deliveries.map(({ plan }) => plan.shop))].join(', ');
  const typeWidth = Math.max(0, ...events.map(({ type }) => type.length));
  return [
    [view.paint('bold', clean(subject)), clean(shops), countsOf(deliveries)].filter(Boolean).join(' · '),
    '',
    ...events.map(
      (event) =>
        `${INDENT}${view.paint('dim', instant(event.arrived))}  ${event.type.padEnd(typeWidth)}  ${view.paint('dim', clean(originOf(event)))}`,
    ),
    ...deliveries.flatMap((delivery) => {
      const { id } = delivery.plan;
      const rounds = laterRoundsOf(delivery.plan);
      const next = deliveries.find(({ plan }) => plan.resend?.of === id || rounds.includes(plan.id));
      return ['', ...showDelivery(delivery, next, view)];
    }),
  ].join('\n');
}

function originOf(event: EventRecord): string {
  const reminder = reminderOfRecord(event);
  return reminder
    ? `due ${offsetInWords(reminder.offset)} ${instant(reminder.start)}`
    : `event ${event.id} of ${event.source}`;
}

function countsOf(deliveries: readonly Delivery[]): string {
  const byStatus = Map.groupBy(deliveries, ({ progress }) => progress.status);
  const parts = [...byStatus].map(([status, { length }]) => `${length} ${status}`);
  return `${counted(deliveries.length, 'delivery', 'deliveries')}${parts.length > 0 ? `: ${parts.join(', ')}` : ''}`;
}

/** @param next the delivery by which the same was told again */
function showDelivery({ plan, progress }: Delivery, next: Delivery | undefined, view: View): string[] {
  const { paint, reveal } = view;
  const { sign, style } = LOOKS[progress.status];
  const { meaning, nextStep } = CAUSES[progress.cause];
  const recipient = (reveal ? plan.address : maskAddress(plan.channel, plan.address)) || 'nobody: no usable address';
  const open = progress.status === 'planned' || progress.status === 'sending';
  const end = progress.reported ?? progress.accepted;
  const slot = slotOf({ plan, progress });
  const facts: [label: string, text: string | undefined][] = [
    [open ? 'Now' : 'Outcome', meaning],
    ['Next step', next ? undefined : nextStep],
    [next?.plan.resend ? 'Sent again' : 'Told anew', next && `as delivery ${next.plan.id}`],
    [slot.booking === 'none' ? 'Next try' : 'Slot', open && !plan.unsendable ? instant(slot.at) : undefined],
    ['Deadline', open || progress.status === 'expired' ? instant(plan.deadline) : undefined],
    [
      'Time',
      !open && end
        ? since(end.getTime() - plan.eventTime.getTime(), plan.reminder ? 'it was due' : 'the event')
        : undefined,
    ],
    ['Sender', progress.sender || undefined],
    ['Delivery', plan.id],
    ['Provider', progress.providerId || undefined],
    ['Trace', plan.trace],
    ...(reveal ? contentFacts(plan.content) : []),
  ];
  return [
    `${paint(style, `${sign} ${progress.status}`)}  ${paint('bold', clean(`${CHANNELS[plan.channel]} to ${recipient}`))}  ${plan.message} v${plan.version}, ${clean(localeInWords(plan))}, ${plan.lane}`,
    '',
    ...facts.flatMap(([label, text]) => (text === undefined ? [] : fact(label, text, view))),
    '',
    ...timeline({ plan, progress }, view),
  ];
}

/** A region of the language that we have is served with its own formats, so nobody got anything else than was asked for. */
function localeInWords({ locale, localeAsked }: Delivery['plan']): string {
  const isServed = !localeAsked || localeAsked.toLowerCase().startsWith(`${locale.toLowerCase()}-`);
  return isServed ? locale : `${locale} (${localeAsked} was asked for)`;
}

/** The time of an event may lie ahead: it is the publisher's. */
const since = (milliseconds: number, what: string): string =>
  `${duration(Math.abs(milliseconds))} ${milliseconds < 0 ? 'before' : 'after'} ${what}`;

function contentFacts(content: Delivery['plan']['content']): [string, string][] {
  if (!content) return [];
  return content.channel === 'sms'
    ? [['Text', content.text]]
    : [
        ['Subject', content.subject],
        ['Text', content.text],
      ];
}

function fact(label: string, text: string, { width, paint }: View): string[] {
  return wrap(text.split('\n').map(clean).join('\n'), width - INDENT.length - LABEL).map(
    (line, index) => `${INDENT}${paint('dim', (index === 0 ? label : '').padEnd(LABEL))}${line}`,
  );
}

type Line = { at: Date; status: string; text: string; style?: Look['style'] };

/** A day stands above its first step; `+` counts from the arrival of the event or from when it was wanted again. */
function timeline({ plan, progress }: Pick<Delivery, 'plan' | 'progress'>, view: View): string[] {
  const { history, omitted } = progress;
  const parts = omitted > 0 ? [history.slice(0, FIRST_STEPS), history.slice(FIRST_STEPS)] : [history];
  const lines: Line[] = [
    { at: plan.arrived, ...occasionOf(plan) },
    { at: plan.arrived, status: 'planned', text: plannedInWords(plan) },
    ...parts.flatMap((part, index) => [
      ...(index > 0 ? leftOut(part, omitted) : []),
      ...withoutRepeats(part).map((step) => lineOf(step, plan.quiet?.zone)),
    ]),
  ].sort((a, b) => a.at.getTime() - b.at.getTime());
  const days = lines.map(({ at }) => at.toISOString().slice(0, 10));
  return lines.flatMap((line, index) => {
    const day = days[index] === days[index - 1] ? [] : [INDENT + view.paint('dim', `${days[index]} UTC`)];
    return [...day, ...showLine(line, plan.arrived, view)];
  });
}

const leftOut = ([next]: readonly Step[], count: number): Line[] =>
  next ? [{ at: next.at, status: '', text: `… ${count} more steps …` }] : [];

function lineOf(step: Told, zone: string | undefined): Line {
  const { at, status } = step;
  return { at, status, text: stepInWords(step, zone), ...(status === 'sending' ? {} : { style: LOOKS[status].style }) };
}

function occasionOf({ resend, reminder, eventType }: Delivery['plan']): Pick<Line, 'status' | 'text'> {
  if (resend) return { status: 'resent', text: resendInWords(resend) };
  if (reminder)
    return { status: 'due', text: `A reminder ${offsetInWords(reminder.offset)} ${instant(reminder.start)} was due.` };
  return { status: 'event', text: `${eventType} arrived.` };
}

const resendInWords = ({ of, by, why }: Resend): string => clean(`${by} wanted delivery ${of} sent again: ${why}`);

function showLine({ at, status, text, style }: Line, arrived: Date, { width, paint }: View): string[] {
  const clock = at.toISOString().slice(11, 23);
  const offset = at.getTime() - arrived.getTime();
  const elapsed = `${offset < 0 ? '−' : '+'}${duration(Math.abs(offset))}`.padStart(13);
  const head = `${INDENT}${clock} ${elapsed}  ${status.padEnd(STATUS)}`;
  const [first = '', ...more] = wrap(clean(text), Math.max(30, width - head.length));
  const painted = `${INDENT}${clock} ${paint('dim', elapsed)}  ${style ? paint(style, status.padEnd(STATUS)) : status.padEnd(STATUS)}`;
  return [painted + first, ...more.map((line) => ' '.repeat(head.length) + line)];
}
