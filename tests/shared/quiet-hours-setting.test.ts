import { describe, expect, it } from 'vitest';
import { parseQuietHours, quietHoursIn } from '../../shared/quiet-hours-setting.ts';

const NIGHT = { start: 21 * 60, end: 8 * 60 };

function hoursIn(text: string, country: string) {
  const parsed = parseQuietHours(text);
  if ('faults' in parsed) throw new Error(parsed.faults.join());
  return quietHoursIn(parsed, country);
}

const faultsOf = (text: string): readonly string[] => {
  const parsed = parseQuietHours(text);
  return 'faults' in parsed ? parsed.faults : [];
};

describe('the quiet hours of a country', () => {
  it('are those of everywhere', () => {
    expect(hoursIn('21:00-08:00', 'AT')).toEqual(NIGHT);
    expect(hoursIn('none', 'AT')).toBeUndefined();
  });

  it('are its own where it has some, or none', () => {
    const setting = ' 21:00-08:00, FR=22:00-07:30,US = none';
    expect(hoursIn(setting, 'FR')).toEqual({ start: 22 * 60, end: 7 * 60 + 30 });
    expect(hoursIn(setting, 'US')).toBeUndefined();
    expect(hoursIn(setting, 'AT')).toEqual(NIGHT);
    expect(hoursIn('FR=00:00-06:00,none', 'FR')).toEqual({ start: 0, end: 360 });
    expect(hoursIn('FR=00:00-06:00,none', 'DE')).toBeUndefined();
  });
});

describe('a setting that is wrong', () => {
  const SHAPE = 'expected 21:00-08:00 or none, for one country FR=22:00-08:00';

  it.each([
    '',
    '21-8',
    '24:00-08:00',
    '21:60-08:00',
    '21:00–08:00',
    'fr=21:00-08:00',
    'FRA=none',
    'FR=',
    '=none',
    'None',
  ])('is told by the place of its fault: %j', (entry) => {
    expect(faultsOf(`21:00-08:00,${entry}`)).toEqual([`entry 2: ${SHAPE}`]);
  });

  it('names every fault, and none of the values', () => {
    expect(faultsOf('secret,FR=secret')).toEqual([`entry 1: ${SHAPE}`, `entry 2: ${SHAPE}`]);
  });

  it.each(['08:00-08:00', '08:00-07:01'])('leaves no hour of the day: %s', (hours) => {
    expect(faultsOf(hours)).toEqual(['entry 1: expected at least one hour of the day that is not quiet']);
    expect(faultsOf('08:00-07:00')).toEqual([]);
  });

  it('says something twice, or nothing for all others', () => {
    const twice = 'expected once for each country, and once for all others';
    expect(faultsOf('none,21:00-08:00')).toEqual([`entry 2: ${twice}`]);
    expect(faultsOf('none,FR=none,FR=21:00-08:00')).toEqual([`entry 3: ${twice}`]);
    expect(faultsOf('FR=none')).toEqual(['expected hours without a country, for all others']);
  });
});
