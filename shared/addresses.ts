/** Phone numbers and mail addresses: checked, masked for staff, hashed for lists. */
import { createHmac } from 'node:crypto';
import { domainToASCII } from 'node:url';
import { type CountryCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js';
import { parsePhoneNumberFromString as parseWithTypes } from 'libphonenumber-js/max';
import { z } from 'zod';
import type { HashKey } from './config.ts';
import type { Channel } from './delivery.ts';

const COSTLY: readonly unknown[] = ['PREMIUM_RATE', 'SHARED_COST'];

/** Nobody reads a text there, and somebody pays for it. Only the larger metadata knows the kinds of all countries. */
const isCostly = (e164: string): boolean => COSTLY.includes(parseWithTypes(e164)?.getType());

/** Direction marks and the like come along when somebody copies an address. */
const withoutInvisible = (text: string): string => text.replace(/\p{Cf}/gu, '');

/** @param country ISO 3166; where a number without + is dialled */
export function parsePhone(text: string, country: string): { e164: string; country: string } | undefined {
  const region: { defaultCountry?: CountryCode } = isSupportedCountry(country) ? { defaultCountry: country } : {};
  const phone = parsePhoneNumberFromString(withoutInvisible(text).normalize('NFKC'), { ...region, extract: false });
  if (!phone?.isValid() || phone.ext || isCostly(phone.number)) return undefined;
  return { e164: phone.number, country: phone.country ?? country };
}

/** `address` has its host in lower case and ASCII (IDNA); the part before the @ stays as it is. */
export function parseMail(text: string): { address: string; host: string } | undefined {
  const [, local = '', domain = ''] = /^(.*)@([^@]*)$/.exec(withoutInvisible(text).trim()) ?? [];
  const host = domainToASCII(domain).toLowerCase();
  const address = `${local}@${host}`;
  if (local.length > 64 || address.length > 254) return undefined;
  if (/^\.|\.\.|\.$/.test(local) || !/\.[a-z][a-z0-9-]*[a-z0-9]$/.test(host)) return undefined;
  return z.regexes.html5Email.test(address) ? { address, host } : undefined;
}

/** `+49*******67`, `a***@example.com`; an address that is none keeps nothing. */
export function maskAddress(channel: Channel, address: string): string {
  if (address === '') return '';
  if (channel === 'sms')
    return /^\+\d{7,15}$/.test(address)
      ? `${address.slice(0, 3)}${'*'.repeat(address.length - 5)}${address.slice(-2)}`
      : '***';
  const mail = parseMail(address);
  return mail ? `${address.slice(0, 1)}***@${mail.host}` : '***';
}

/** `k1:<HMAC-SHA256 in hex>` under each key, the one that writes first; upper and lower case in a mail are the same. */
export function addressHashes(keys: readonly HashKey[], channel: Channel, address: string): string[] {
  const subject = `${channel}:${address.toLowerCase()}`;
  return keys.map(({ name, key }) => `${name}:${createHmac('sha256', key).update(subject).digest('hex')}`);
}
