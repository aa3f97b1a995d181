/** Made-up people whose every trace can be told, and the events that name them. */
import { createHash } from 'node:crypto';
import { rawEvent } from '../shared/order-event.ts';
import type { Markers } from './personal-data.ts';

export const NAME = 'Zzmarkername';
export const ITEM = 'Zzmarkertext';
export const ORDER = 'ZZMARKERORDER';
const LINK = 'zzmarkerlink';
const [MAILBOX, HOST] = ['zzmarkermail', 'zzmarkerhost.example.com'];
export const REGION = 'Zzmarkerregion';
export const mail = (fate = '') => `${fate}${MAILBOX}@${HOST}`;
/** With the end of its number something happens to each but the first. */
export const PHONE = {
  good: '+491704412346',
  nobody: '+491704554004',
  optedOut: '+491704554007',
  refused: '+491704556400',
};
export const WRONG = 'zz-no-number-417';
export const STRANGER = '+491704412399';
const ADDRESSES = [...Object.values(PHONE), STRANGER, ...['', 'bounce+', 'full+', 'error-before+'].map(mail)];

const sha256 = (text: string, encoding: 'hex' | 'base64') => createHash('sha256').update(text).digest(encoding);

/** By the names that the page has for them. */
export const MARKERS: Markers = {
  Name: [NAME],
  'Phone number': [...[...Object.values(PHONE), STRANGER].map((phone) => phone.slice(3)), WRONG],
  'Mail address': [MAILBOX],
  'Mail host': [HOST],
  Text: [ITEM, LINK],
  Region: [REGION],
  'Order number': [ORDER],
  'Hash without key': ADDRESSES.flatMap((address) =>
    [address, `sms:${address}`, `email:${address}`].flatMap((text) => [sha256(text, 'hex'), sha256(text, 'base64')]),
  ),
};

/** What nobody is shown unasked. */
export const HIDDEN = ['Name', 'Phone number', 'Mail address', 'Text', 'Hash without key'];
export const kindsIn = (text: string): string[] =>
  Object.keys(MARKERS).filter((kind) => MARKERS[kind]!.some((marker) => text.includes(marker)));

let orders = 0;
export const FIRST = `${ORDER}-1`;

/** An event full of markers. */
export const event = (customer: Record<string, unknown> = {}, number = `${ORDER}-${(orders += 1)}`) =>
  rawEvent('order.placed', {
    envelope: envelope(),
    order: { number, items: [{ name: ITEM, quantity: 1 }], trackingLink: `https://track.example.com/${LINK}` },
    customer: { ...marked(), ...customer },
  });

/** The same of an appointment: its place and its links are personal, too. */
export const appointment = () =>
  rawEvent('appointment.booked', {
    envelope: envelope(),
    appointment: {
      number: `${ORDER}-${(orders += 1)}`,
      service: ITEM,
      staff: ITEM,
      place: ITEM,
      joinLink: `https://track.example.com/${LINK}`,
      manageLink: `https://track.example.com/${LINK}`,
      start: new Date(Date.now() + 86_400_000).toISOString(),
    },
    customer: marked(),
  });

const envelope = () => ({ id: `evt-${(orders += 1)}`, time: new Date().toISOString() });

const marked = () => ({
  name: NAME,
  phone: PHONE.good,
  email: mail(),
  country: 'DE',
  region: REGION,
  channels: ['sms', 'email'],
});
