import { expect, it } from 'vitest';
import { LANGUAGES } from '../../../shared/formats.ts';
import { MESSAGES } from '../../../shared/messages/catalogue.ts';
import type { Message } from '../../../shared/messages/message.ts';

const { texts } = MESSAGES['order.placed'];

it('a message does not compile without a language, a channel or a part of its mail', () => {
  const { de: _, ...others } = texts;
  // @ts-expect-error German is missing
  const withoutGerman: Message<'order.placed'>['texts'] = others;
  // @ts-expect-error the mail is missing
  const withoutMail: Message<'order.placed'>['texts']['en'] = { sms: texts.en.sms };
  // @ts-expect-error all of the mail but its subject is missing
  const withoutBody: ReturnType<Message<'order.placed'>['texts']['en']['email']> = { subject: 'x' };
  expect([withoutGerman, withoutMail, withoutBody]).toHaveLength(3);
});

it('a catalogue has texts in every language', () => {
  for (const message of Object.values(MESSAGES))
    expect(Object.keys(message.texts).sort()).toEqual([...LANGUAGES].sort());
});
