/** `REMINDERS`: which reminders appointments have, and what the presets mean. JSON, checked; every part may be left out. */
import { z } from 'zod';
import { isOffset, isPreset, MOST_REMINDERS, type ReminderSettings } from './reminder-offsets.ts';

const USUAL: ReminderSettings = {
  presets: { 'day-before': '1d@17:00', 'same-day': '0d@08:00', 'hour-before': '1h' },
  usual: ['day-before', 'hour-before'],
  byType: {},
};

const offset = z.string().refine(isOffset, 'expected an offset such as 1d@17:00, 2h, 90m or 20s');
const reminders = z
  .array(
    z
      .string()
      .refine(
        (text) => isPreset(text) || isOffset(text),
        'expected day-before, same-day, hour-before or an offset such as 2h',
      ),
    'expected a list',
  )
  .max(MOST_REMINDERS, `expected at most ${MOST_REMINDERS}`);

const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    context.addIssue({ code: 'custom', message: 'expected JSON' });
    return z.NEVER;
  }
});

export const REMINDERS_SETTING = json
  .pipe(
    z.strictObject(
      {
        presets: z
          .strictObject({ 'day-before': offset, 'same-day': offset, 'hour-before': offset })
          .partial()
          .optional(),
        usual: reminders.optional(),
        byType: z.record(z.string(), reminders).optional(),
      },
      'expected presets, usual and byType',
    ),
  )
  .transform(({ presets, usual = USUAL.usual, byType = USUAL.byType }): ReminderSettings => ({
    presets: {
      'day-before': presets?.['day-before'] ?? USUAL.presets['day-before'],
      'same-day': presets?.['same-day'] ?? USUAL.presets['same-day'],
      'hour-before': presets?.['hour-before'] ?? USUAL.presets['hour-before'],
    },
    usual,
    byType,
  }));
