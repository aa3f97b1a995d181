/** Finds the next time after an instant (both ms since 1970), `undefined` when there is none within nine years. */
export type Schedule = (afterMs: number) => number | undefined;

const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const monthNames = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

interface Field {
  name: string;
  low: number;
  high: number;
  names?: string[];
}

const fields: Field[] = [
  { name: 'second', low: 0, high: 59 },
  { name: 'minute', low: 0, high: 59 },
  { name: 'hour', low: 0, high: 23 },
  { name: 'day', low: 1, high: 31 },
  { name: 'month', low: 1, high: 12, names: monthNames },
  { name: 'weekday', low: 0, high: 6, names: weekdays },
];

function fieldValue(text: string, field: Field): number {
  if (/^\d+$/.test(text)) {
    const value = Number(text);
    if (value >= field.low && value <= field.high) return value;
  } else if (text !== '') {
    const index = (field.names ?? []).findIndex((name) => name.startsWith(text.toLowerCase()));
    if (index !== -1) return index + field.low;
  }
  throw new RangeError(`"${text}" is no ${field.name} (${field.low} to ${field.high})`);
}

/** `*`, `a`, `a-b`, each with an optional `/step`, and lists of them. `a/s` runs to the maximum; a reversed range is swapped. */
function parseField(text: string, field: Field): Set<number> {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', stepText, ...more] = part.split('/');
    const step = stepText === undefined ? 1 : Number(stepText);
    if (more.length > 0 || !Number.isInteger(step) || step < 1) throw new RangeError(`"${part}" has no legal step`);
    const [lowText = '', highText] = range.split('-');
    let [low, high] = [field.low, field.high];
    if (range !== '*') {
      low = fieldValue(lowText, field);
      if (highText !== undefined) high = fieldValue(highText, field);
      else if (stepText === undefined) high = low;
    }
    for (let value = Math.min(low, high); value <= Math.max(low, high); value += step) values.add(value);
  }
  return values;
}

const searchDays = 9 * 366;
const dayMs = 86_400_000;

/**
 * A six-field NCRONTAB text `second minute hour day month weekday` (five fields: no seconds), in UTC. Day and weekday must both match.
 * Throws a RangeError for anything else. Rules: atifaziz/NCrontab `CrontabField.cs`, `CrontabSchedule.cs`.
 */
export function parseNcrontab(text: string): Schedule {
  const parts = text.trim().split(/\s+/);
  if (parts.length === 5) parts.unshift('0');
  if (parts.length !== 6) throw new RangeError(`"${text}" needs five or six fields`);
  const [second, minute, hour, day, month, weekday] = fields.map((field, index) =>
    parseField(parts[index] ?? '', field),
  ) as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  const [hours, minutes, seconds] = [hour, minute, second].map((values) => [...values].sort((a, b) => a - b)) as [
    number[],
    number[],
    number[],
  ];

  const firstTimeOfDay = (dayStart: number, notBefore: number): number | undefined => {
    for (const h of hours) {
      for (const m of minutes) {
        const minuteStart = dayStart + (h * 60 + m) * 60_000;
        if (minuteStart + 59_000 < notBefore) continue;
        const s = seconds.find((value) => minuteStart + value * 1000 >= notBefore);
        if (s !== undefined) return minuteStart + s * 1000;
      }
    }
    return undefined;
  };

  return (afterMs) => {
    const notBefore = Math.floor(afterMs / 1000) * 1000 + 1000;
    const firstDay = Math.floor(notBefore / dayMs) * dayMs;
    for (let index = 0; index < searchDays; index += 1) {
      const dayStart = firstDay + index * dayMs;
      const date = new Date(dayStart);
      if (!month.has(date.getUTCMonth() + 1) || !day.has(date.getUTCDate()) || !weekday.has(date.getUTCDay())) continue;
      const found = firstTimeOfDay(dayStart, notBefore);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}
