/** People for real lists, which name nobody. */
import { diceFrom } from './random.ts';
import type { Recipient } from './recipients.ts';

const NAMES = ['Ana Souza', 'Bruno Lima', 'Carla Nunes', 'Diego Araújo', 'Elisa Prado', 'Fábio Melo'] as const;

/** Always the same for the same customer. */
export function personOf(customer: string, locales: readonly [string, ...string[]]): Recipient {
  const dice = diceFrom('customer', customer);
  return {
    name: dice.pick(NAMES),
    phone: `+55119${6 + dice.roll(4)}${String(dice.roll(10_000_000)).padStart(7, '0')}`,
    email: `customer.${customer.replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 32)}@mail.example.net`,
    locale: dice.pick(locales),
    timeZone: 'America/Sao_Paulo',
    country: 'BR',
    region: 'São Paulo',
    channels: ['sms', 'email'],
  };
}
