/** The steps of a delivery in words, for its timeline. */
import { CAUSES } from '../shared/causes.ts';
import type { Plan, Step } from '../shared/delivery.ts';
import { clockIn } from '../shared/local-time.ts';

export function plannedInWords({ arrived, firstSlot, firstBooking, firstCause, quiet, unsendable }: Plan): string {
  if (unsendable) return 'Stored; it is not sent.';
  const at = timeInWords(firstSlot, arrived);
  if (firstCause) return `Stored. ${heldInWords(CAUSES[firstCause].meaning, at, firstSlot, quiet?.zone)}`;
  if (firstBooking === 'none') return `Stored without a slot in the rate calendar; it asks for one at ${at}.`;
  return firstBooking === 'own'
    ? `Stored, with its slot in the rate calendar: ${at}.`
    : `Stored, with a slot that the urgent lane has lent it: ${at}.`;
}

/** `08:07:12 in Europe/Vienna (2026-11-21 07:07:12.000)` */
function heldInWords(meaning: string, at: string | undefined, until?: Date, zone?: string): string {
  const time =
    until && zone
      ? `${clockIn(zone, until).toPlainTime().toString({ smallestUnit: 'second' })} in ${zone} (${at})`
      : at;
  return `${meaning} When they are over it asks for a slot, at ${time}.`;
}

/** A step, or the last of several that say the same. */
export type Told = Step & { times?: number };

/** Of steps that say the same again and again only the first and the last, which counts them. */
export function withoutRepeats(history: readonly Step[]): Told[] {
  const runs: Step[][] = [];
  for (const step of history) {
    const run = runs.at(-1);
    if (run && saysTheSame(run[0]!, step)) run.push(step);
    else runs.push([step]);
  }
  return runs.flatMap((run): Told[] => {
    const [first, ...others] = run;
    const last = others.at(-1);
    return last ? [first!, { ...last, times: run.length }] : [first!];
  });
}

const saysTheSame = (a: Step, b: Step): boolean =>
  a.status === 'sending' && a.note !== undefined && REPEATED.has(a.note) && a.note === b.note && a.cause === b.cause;

const REPEATED = new Set(['channel off', 'scope blocked']);

/** @param zone of the recipient, where it is known */
export function stepInWords({ times, ...step }: Told, zone?: string): string {
  if (times && step.next)
    return `The ${ordinal(times)} such step in a row. Next try: ${timeInWords(step.next, step.at)}.`;
  return inWords(step, zone);
}

function inWords(step: Step, zone: string | undefined): string {
  const { cause, attempt, note = '', next, at } = step;
  const told = step.status === 'sending' ? TOLD[note] : undefined;
  const details = [attempt ? `attempt ${attempt + 1}` : '', told ? '' : note].filter(Boolean).join(', ');
  const words = told?.(CAUSES[cause].meaning, next && timeInWords(next, at), next, zone) ?? CAUSES[cause].meaning;
  const again = !told && next ? ` Next try: ${timeInWords(next, at)}.` : '';
  return `${words}${again}${details ? ` (${details})` : ''}`;
}

const SUFFIXES: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'st', two: 'nd', few: 'rd' };
const plural = new Intl.PluralRules('en', { type: 'ordinal' });

const ordinal = (count: number): string => `${count}${SUFFIXES[plural.select(count)] ?? 'th'}`;

/** `13:05:00.300`, with its day where that is another one. */
function timeInWords(at: Date, from: Date): string {
  const [day, clock] = [at.toISOString().slice(0, 10), at.toISOString().slice(11, 23)];
  return from.toISOString().startsWith(day) ? clock : `${day} ${clock}`;
}

type Telling = (meaning: string, next: string | undefined, at: Date | undefined, zone: string | undefined) => string;

/** What the send function notes about its calls and slots. */
const TOLD: Readonly<Record<string, Telling>> = {
  called: (_, slot) => (slot ? `Goes to the provider at its slot, ${slot}.` : 'Handed to the provider.'),
  'called again': (_, slot) =>
    `${slot ? `Goes to the provider again at its slot, ${slot}` : 'Handed to the provider again'}, under the same id: it is sent once.`,
  asked: () => 'Asked the provider what became of it.',
  booked: (_, slot) => `Booked the slot ${slot}.`,
  'late for its slot': (_, slot) => `Came too late for its slot and booked another one: ${slot}.`,
  'slot taken back for urgent news': (_, slot) =>
    `The urgent lane took the slot back that it had lent. Booked another one: ${slot}.`,
  'scope blocked': (meaning, slot) =>
    `Not called, because of what others of its sender met: ${meaning} Booked the slot ${slot}.`,
  'channel off': (meaning, look) => `${meaning} Held back; it asks for a slot again at ${look}.`,
  'quiet hours': heldInWords,
  'not-called': (_, look) =>
    `Not called: at the last look its slot was over, or its sender or channel blocked. It asks for a slot again at ${look}.`,
  'no slot': () => 'No slot came before it was too late to send it again under the same id.',
};
