/**
 * What a calendar would show of an iCalendar text (RFC 5545), as far as it matters to a reader: all of it plain text.
 * Undefined when there is no event in it.
 */
export function readEntry(text) {
  const fields = eventFields(text.replace(/\r?\n[ \t]/g, '').split(/\r?\n/));
  if (!fields.has('DTSTART')) return undefined;
  return {
    method: fields.get('METHOD') ?? '',
    title: plain(fields.get('SUMMARY')),
    start: instantOf(fields.get('DTSTART')),
    end: instantOf(fields.get('DTEND')),
    place: plain(fields.get('LOCATION')),
    notes: plain(fields.get('DESCRIPTION')),
    sequence: fields.get('SEQUENCE') ?? '',
  };
}

/** Of the calendar and its first event, not of what lies in the event. */
function eventFields(lines) {
  const fields = new Map();
  const open = [];
  for (const line of lines) {
    const [, name = '', value = ''] = /^([\w-]+)(?:;(?:"[^"]*"|[^":])*)?:(.*)$/.exec(line) ?? [];
    if (name === 'BEGIN') open.push(value);
    else if (name === 'END') open.pop();
    else if (open.length <= 2 && ['VCALENDAR', 'VEVENT'].includes(open.at(-1)) && !fields.has(name))
      fields.set(name, value);
  }
  return fields;
}

const plain = (value = '') => value.replace(/\\(.)/g, (_, escaped) => (/n/i.test(escaped) ? '\n' : escaped));

/** Only times in UTC, which are the same wherever one reads. */
function instantOf(value = '') {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(value) ?? [];
  if (parts.length === 0) return undefined;
  const [year, month, ...rest] = parts.map(Number);
  return new Date(Date.UTC(year, month - 1, ...rest));
}
