import type { Dice } from './random.ts';
import type { Country, Home, Shop } from './shops.ts';

export type Recipient = {
  name: string;
  phone?: string;
  email?: string;
  locale: string;
  timeZone: string;
  country: Country;
  region: string;
  channels: readonly ('sms' | 'email')[];
};

const NAMES: Record<'de' | 'en' | 'fr' | 'it' | 'pt', readonly [string, ...string[]]> = {
  de: [
    'Anna Gruber',
    'Jürgen Weiß',
    'Lena Hofstätter',
    'Moritz Brandl',
    'Sabine Köhler',
    'Tobias Öztürk',
    'Ulrike Maier-Lang',
    'Frieda Sommer',
  ],
  en: [
    'Ada Kingsley',
    'Brian O’Dell',
    'Chloë Marsh',
    'Devon Achebe',
    'Grace Whitfield',
    'Isla MacRae',
    'Noah Tremblay',
    'Priya Raman',
  ],
  fr: ['Chloé Lefèvre', 'Étienne Garçon', 'Inès Moreau', 'Loïc Le Gall', 'Mélanie Dupré', 'Théo Bertin'],
  it: ['Alessia Conti', 'Davide Rossetti', 'Giosuè Ferrara', 'Ilaria Bassi', 'Niccolò Greco', 'Zoë Marchetti'],
  pt: ['Ana Conceição', 'Caio Brandão', 'Inês Araújo', 'João Guimarães', 'Luíza Prado', 'Tomás Nóbrega'],
};

/** Start of a mobile number of each country, so that one digit and six more make it whole. */
const PREFIXES: Record<Country, readonly [string, ...string[]]> = {
  AT: ['+43664', '+43676'],
  BR: ['+551196', '+552198', '+553199'],
  CA: ['+1416', '+1604', '+1902'],
  CH: ['+4179', '+4178'],
  DE: ['+49170', '+49160', '+491512'],
  FR: ['+3361', '+3367'],
  GB: ['+44740', '+44754', '+44771'],
  IT: ['+39320', '+39333', '+39347'],
  US: ['+1212', '+1312', '+1415', '+1617'],
};
const MAIL_HOSTS = ['example.com', 'mail.example.net', 'post.example.org'] as const;

/**
 * Makes up people with addresses that are valid and nobody else's. `ending` (six digits) and `mailbox` (a local part)
 * ask for a phone number or mail address with which something happens.
 */
export function createPeople(dice: Dice) {
  const taken = new Set<string>();
  let count = 0;

  const phone = (country: Country, ending: string | undefined): string => {
    for (let tries = 0; tries < 1_000; tries++) {
      const last = ending ?? `4${dice.roll(100_000).toString().padStart(5, '0')}`;
      const number = `${dice.pick(PREFIXES[country])}${2 + dice.roll(7)}${last}`;
      if (taken.has(number)) continue;
      taken.add(number);
      return number;
    }
    throw new Error(`there are no more phone numbers in ${country} that end in ${ending}`);
  };

  return {
    person(
      shop: Shop,
      { ending, mailbox, channels }: { ending?: string; mailbox?: string; channels: Recipient['channels'] },
    ): Recipient {
      const { locale, timeZone, country, regions }: Home = dice.pick(shop.homes);
      const name = dice.pick(NAMES[locale.slice(0, 2) as keyof typeof NAMES]);
      const letters = name.normalize('NFD').replaceAll(/[^A-Za-z ]/g, '');
      const local = `${letters.toLowerCase().replaceAll(' ', '.')}.${++count}`;
      return {
        name,
        ...(channels.includes('sms') ? { phone: phone(country, ending) } : {}),
        ...(channels.includes('email')
          ? { email: `${mailbox ? `${mailbox}+` : ''}${local}@${dice.pick(MAIL_HOSTS)}` }
          : {}),
        locale,
        timeZone,
        country,
        region: dice.pick(regions),
        channels,
      };
    },
  };
}

export type People = ReturnType<typeof createPeople>;
