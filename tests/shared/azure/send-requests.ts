import { attemptId, deliveryId } from '../../../shared/delivery-id.ts';
import type { SendRequest } from '../../../shared/ports.ts';

const identity = {
  source: '/shop',
  subject: 'order:1042',
  occasion: 'e-1',
  role: 'customer',
  message: 'order-delayed',
};
const instant = new Date('2026-11-20T13:12:07.000Z');

const requestFor = (channel: 'sms' | 'email', attempt: number) => {
  const id = attemptId(deliveryId({ ...identity, instant, channel }), attempt);
  return { attempt: id, firstSent: instant, tag: `local:${id}` };
};

export const smsRequest = (attempt = 0): SendRequest => ({
  ...requestFor('sms', attempt),
  sender: '+18005550199',
  address: '+4915112345678',
  content: { channel: 'sms', text: 'Grüße: your order 1042 is late.', segments: 1 },
});

export const emailRequest = (attempt = 0): SendRequest => ({
  ...requestFor('email', attempt),
  sender: 'notifications@shop.example',
  address: 'anna.muster@mail.example',
  content: {
    channel: 'email',
    subject: 'Your order 1042',
    html: '<p>It is late, Anna.</p>',
    text: 'It is late, Anna.',
    replyTo: 'help@shop.example',
  },
});
