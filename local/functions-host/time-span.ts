/** Milliseconds of a .NET TimeSpan text, `[-][d.]hh:mm[:ss[.fffffff]]`; `undefined` for any other text. */
export function parseTimeSpan(text: string): number | undefined {
  const match = /^(-?)(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(\.\d{1,7})?)?$/.exec(text.trim());
  if (!match) return undefined;
  const [days, hours, minutes, seconds, fraction] = match.slice(2).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (hours > 23 || minutes > 59 || seconds > 59) return undefined;
  const milliseconds = Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds + fraction) * 1000);
  return match[1] === '-' ? -milliseconds : milliseconds;
}
