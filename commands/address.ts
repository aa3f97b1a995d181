/** Addresses that people type. */
import { parseMail, parsePhone } from '../shared/addresses.ts';
import type { Channel } from '../shared/delivery.ts';
import { CommandError, MISUSED } from './command.ts';

/**
 * A phone number with + or a mail address, as deliveries carry it.
 * @param where names it in the error, which never shows it
 * @throws CommandError
 */
export function addressOf(text: string, where = 'That'): { channel: Channel; address: string } {
  const mail = text.includes('@') ? parseMail(text) : undefined;
  if (mail) return { channel: 'email', address: mail.address };
  const phone = text.startsWith('+') ? parsePhone(text, '') : undefined;
  if (phone) return { channel: 'sms', address: phone.e164 };
  throw new CommandError(`${where} is neither a phone number with + and country code nor a mail address.`, MISUSED);
}
