import type { EventOf, EventType } from '../events.ts';
import type { Attachment, Channel, Lane } from '../delivery.ts';
import type { Formats, Language } from '../formats.ts';
import type { MailText } from '../mail.ts';
import type { QuietHours } from '../quiet-hours.ts';
import type { SmsText } from '../sms-text.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** The words of one message in one language. */
type Texts<Type extends EventType> = {
  sms: (data: EventOf<Type>['data'], formats: Formats) => SmsText;
  email: (data: EventOf<Type>['data'], formats: Formats) => MailText;
};

/** What becomes of a message in the quiet hours of its recipient. */
export type InQuietHours<Type extends EventType> =
  | { do: 'send' }
  | {
      do: 'hold';
      /** And when they end at its deadline or later? */
      tooLate: 'send' | 'expire';
      /** It may have to be told sooner than its deadline says; `because` completes "if that is too late, also because …". */
      latest?: { at: (event: EventOf<Type>) => Date | undefined; because: string };
      /** Instead of those in the settings. */
      hours?: QuietHours;
      /** Held on; SMS alone when absent, because a mail wakes nobody. */
      channels?: readonly Channel[];
    };

/** One kind of text that we send. Without a text in every language it does not compile. */
export type Message<Type extends EventType> = {
  /** `order-delayed` */
  name: string;
  /** Raised with every change of its words. */
  version: number;
  lane: Lane;
  /** Within so many milliseconds of its event it ought to be delivered. */
  promise: number;
  /** So many milliseconds after its event it is not sent any more. */
  deadline: number;
  /** From then on it is pointless, whatever its deadline. */
  until?: (event: EventOf<Type>) => Date | undefined;
  quietHours: InQuietHours<Type>;
  /**
   * News about the same subject that makes it pointless to tell this, when it is newer. Receipts and what the customer
   * may look up later name none. `tests/shared/old-news.test.ts` has the table for every pair: a new event needs a row
   * and a column there.
   */
  supersededBy: readonly EventType[];
  texts: Record<Language, Texts<Type>>;
  /** What its mail brings along. */
  attachments?: (event: EventOf<Type>, language: Language) => readonly Attachment[];
};
