/** Mails: one set of facts, written once as HTML in the layout and once as plain text. */
import type { EmailContent } from './delivery.ts';
import type { Family } from './events.ts';
import type { Language } from './formats.ts';
import { MAIL_LAYOUT } from './messages/mail-layout.ts';
import { cut, plainName } from './plain-text.ts';

/** A value of several lines has one entry for each; one that is a link leads there. */
export type Fact = readonly [label: string, value: string | readonly string[] | { link: string }];

/** What one mail says, in no markup at all. */
export type MailText = {
  subject: string;
  /** What mail programs show beside the subject. */
  preheader: string;
  heading: string;
  paragraphs: readonly string[];
  facts: readonly Fact[];
  action?: { label: string; link: string };
};

type Frame = {
  language: Language;
  /** What it is about. */
  family: Family;
  shop: { name: string; replyTo: string; supportAddress: string };
  /** The recipient's name as it came. */
  customer: string;
};

const LONGEST_NAME = 60;

const WORDS: Record<
  Language,
  {
    /** With the space that belongs in front of it. */
    colon: string;
    greeting(name: string): string;
    closing(shop: string): string[];
    /** Why it is written. */
    because: Record<Family, (shop: string) => string>;
    questions(support: string): string;
  }
> = {
  en: {
    colon: ':',
    greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
    closing: (shop) => ['Kind regards', `Your ${shop} team`],
    because: {
      order: (shop) => `You are receiving this email because you ordered from ${shop}.`,
      appointment: (shop) => `You are receiving this email because of your appointment with ${shop}.`,
    },
    questions: (support) => `Questions? Just reply, or write to ${support}.`,
  },
  de: {
    colon: ':',
    greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
    closing: (shop) => ['Freundliche Grüße', `Ihr Team von ${shop}`],
    because: {
      order: (shop) => `Sie erhalten diese E-Mail, weil Sie bei ${shop} bestellt haben.`,
      appointment: (shop) => `Sie erhalten diese E-Mail wegen Ihres Termins bei ${shop}.`,
    },
    questions: (support) => `Fragen? Antworten Sie einfach oder schreiben Sie an ${support}.`,
  },
  fr: {
    colon: '\u{a0}:',
    greeting: (name) => (name ? `Bonjour ${name},` : 'Bonjour,'),
    closing: (shop) => ['Cordialement,', `L’équipe de ${shop}`],
    because: {
      order: (shop) => `Vous recevez cet e-mail parce que vous avez commandé chez ${shop}.`,
      appointment: (shop) => `Vous recevez cet e-mail au sujet de votre rendez-vous avec ${shop}.`,
    },
    questions: (support) => `Une question\u{a0}? Répondez simplement ou écrivez à ${support}.`,
  },
  it: {
    colon: ':',
    greeting: (name) => (name ? `Gentile ${name},` : 'Gentile cliente,'),
    closing: (shop) => ['Cordiali saluti', `Il team di ${shop}`],
    because: {
      order: (shop) => `Riceve questa e-mail perché ha ordinato da ${shop}.`,
      appointment: (shop) => `Riceve questa e-mail per il Suo appuntamento con ${shop}.`,
    },
    questions: (support) => `Ha domande? Risponda a questa e-mail o scriva a ${support}.`,
  },
  'pt-BR': {
    colon: ':',
    greeting: (name) => (name ? `Olá, ${name}!` : 'Olá!'),
    closing: (shop) => ['Atenciosamente,', `Equipe ${shop}`],
    because: {
      order: (shop) => `Você está recebendo este e-mail porque fez um pedido na loja ${shop}.`,
      appointment: (shop) => `Você está recebendo este e-mail por causa do seu horário marcado com ${shop}.`,
    },
    questions: (support) => `Dúvidas? Basta responder ou escrever para ${support}.`,
  },
};

export function composeMail(text: MailText, frame: Frame): EmailContent {
  const words = WORDS[frame.language];
  const shop = cut(plainName(frame.shop.name), LONGEST_NAME);
  const common: Common = {
    language: frame.language,
    shop,
    colon: words.colon,
    greeting: words.greeting(cut(plainName(frame.customer), LONGEST_NAME)),
    closing: words.closing(shop),
    footer: `${words.because[frame.family](shop)} ${words.questions(frame.shop.supportAddress)}`,
  };
  return {
    channel: 'email',
    subject: text.subject,
    html: asHtml(text, common),
    text: asPlainText(text, common),
    replyTo: frame.shop.replyTo,
  };
}

type Common = {
  language: Language;
  shop: string;
  colon: string;
  greeting: string;
  closing: readonly string[];
  footer: string;
};

function asPlainText(text: MailText, { language, colon, greeting, closing, footer }: Common): string {
  return [
    text.heading,
    greeting,
    ...text.paragraphs,
    factLines(text.facts, language),
    ...(text.action ? [`${text.action.label}${colon}\n${text.action.link}`] : []),
    closing.join('\n'),
    `--\n${footer}`,
  ].join('\n\n');
}

/** One line each, `label: value`; a value of several lines below its label. */
export function factLines(facts: readonly Fact[], language: Language): string {
  const { colon } = WORDS[language];
  return facts
    .map(([label, value]) => {
      if (typeof value === 'string') return `${label}${colon} ${value}`;
      if ('link' in value) return `${label}${colon} ${value.link}`;
      return [`${label}${colon}`, ...value.map((line) => `  ${line}`)].join('\n');
    })
    .join('\n');
}

function asHtml(text: MailText, common: Common): string {
  const { page, paragraph, fact, action } = MAIL_LAYOUT;
  return fill(page, {
    language: common.language,
    shop: common.shop,
    heading: text.heading,
    preheader: text.preheader,
    greeting: common.greeting,
    paragraphs: markup(text.paragraphs.map((each) => fill(paragraph, { text: each }))),
    facts: markup(text.facts.map(([label, value]) => fill(fact, { label, value: shown(value) }))),
    actions: markup(text.action ? [fill(action, text.action)] : []),
    closing: lines(common.closing),
    footer: common.footer,
  }).html;
}

/** Finished HTML. Everything else that goes into the layout is text and gets escaped. */
type Html = { html: string };

/** Fills each `{{slot}}`; a slot without value is a fault of the layout. */
function fill(piece: string, values: Record<string, string | Html>): Html {
  const html = piece.replace(/\{\{(\w+)\}\}/g, (_, slot: string) => {
    const value = values[slot];
    if (value === undefined) throw new Error(`the mail layout has a slot {{${slot}}} that nothing fills`);
    return typeof value === 'string' ? escape(value) : value.html;
  });
  return { html };
}

const markup = (parts: readonly Html[]): Html => ({ html: parts.map(({ html }) => html).join('\n') });

const shown = (value: Fact[1]): Html =>
  typeof value === 'object' && 'link' in value
    ? fill('<a href="{{link}}" style="color:#1d4ed8;word-break:break-all;">{{link}}</a>', value)
    : lines(value);

const lines = (value: string | readonly string[]): Html => ({
  html: (typeof value === 'string' ? [value] : value).map(escape).join('<br />'),
});

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
