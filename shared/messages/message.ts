import type { EventOf, EventType } from '../events.ts';
import type { Lane } from '../delivery.ts';
import type { Formats, Language } from '../formats.ts';
import type { MailText } from '../mail.ts';
import type { SmsText } from '../sms-text.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** The words of one message in one language. */
type Texts<Type extends EventType> = {
  sms: (data: EventOf<Type>['data'], formats: Formats) => SmsText;
  email: (data: EventOf<Type>['data'], formats: Formats) => MailText;
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
  /**
   * News about the same subject that makes it pointless to tell this, when it is newer. Receipts and what the customer
   * may look up later name none. `tests/shared/old-news.test.ts` has the table for every pair: a new event needs a row
   * and a column there.
   */
  supersededBy: readonly EventType[];
  texts: Record<Language, Texts<Type>>;
};
