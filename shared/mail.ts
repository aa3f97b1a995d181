/** Mails: one set of facts, written once as HTML in the layout and once as plain text. */
import type { EmailContent } from './delivery.ts';
import type { Language } from './formats.ts';
import { MAIL_LAYOUT } from './messages/mail-layout.ts';
import { cut, plainName } from './plain-text.ts';

/** A value of several lines has one entry for each. */
export type Fact = readonly [label: string, value: string | readonly string[]];

/** What one mail says, in no markup at all. */
export type MailText = {
  subject: string;
  /** What mail programs show beside the subject. */
  preheader: string;
  heading: string;
  paragraphs: readonly string[];
  facts: readonly Fact[];
  action: { label: string; link: string };
};

type Frame = {
  language: Language;
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
    footer(shop: string, support: string): string;
  }
> = {
  en: {
    colon: ':',
    greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
    closing: (shop) => ['Kind regards', `Your ${shop} team`],
    footer: (shop, support) =>
      `You are receiving this email because you ordered from ${shop}. Questions? Just reply, or write to ${support}.`,
  },
  de: {
    colon: ':',
    greeting: (name) => (name ? `Guten Tag ${name},` : 'Guten Tag,'),
    closing: (shop) => ['Freundliche Grüße', `Ihr Team von ${shop}`],
    footer: (shop, support) =>
      `Sie erhalten diese E-Mail, weil Sie bei ${shop} bestellt haben. Fragen? Antworten Sie einfach oder schreiben Sie an ${support}.`,
  },
  fr: {
    colon: '\u{a0}:',
    greeting: (name) => (name ? `Bonjour ${name},` : 'Bonjour,'),
    closing: (shop) => ['Cordialement,', `L’équipe de ${shop}`],
    footer: (shop, support) =>
      `Vous recevez cet e-mail parce que vous avez commandé chez ${shop}. Une question\u{a0}? Répondez simplement ou écrivez à ${support}.`,
  },
  it: {
    colon: ':',
    greeting: (name) => (name ? `Gentile ${name},` : 'Gentile cliente,'),
    closing: (shop) => ['Cordiali saluti', `Il team di ${shop}`],
    footer: (shop, support) =>
      `Riceve questa e-mail perché ha ordinato da ${shop}. Ha domande? Risponda a questa e-mail o scriva a ${support}.`,
  },
  'pt-BR': {
    colon: ':',
    greeting: (name) => (name ? `Olá, ${name}!` : 'Olá!'),
    closing: (shop) => ['Atenciosamente,', `Equipe ${shop}`],
    footer: (shop, support) =>
      `Você está recebendo este e-mail porque fez um pedido na loja ${shop}. Dúvidas? Basta responder ou escrever para ${support}.`,
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
    footer: words.footer(shop, frame.shop.supportAddress),
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

function asPlainText(text: MailText, { colon, greeting, closing, footer }: Common): string {
  const facts = text.facts.map(([label, value]) =>
    typeof value === 'string'
      ? `${label}${colon} ${value}`
      : [`${label}${colon}`, ...value.map((line) => `  ${line}`)].join('\n'),
  );
  return [
    text.heading,
    greeting,
    ...text.paragraphs,
    facts.join('\n'),
    `${text.action.label}${colon}\n${text.action.link}`,
    closing.join('\n'),
    `--\n${footer}`,
  ].join('\n\n');
}

function asHtml(text: MailText, common: Common): string {
  const { page, paragraph, fact } = MAIL_LAYOUT;
  return fill(page, {
    language: common.language,
    shop: common.shop,
    heading: text.heading,
    preheader: text.preheader,
    greeting: common.greeting,
    paragraphs: markup(text.paragraphs.map((each) => fill(paragraph, { text: each }))),
    facts: markup(text.facts.map(([label, value]) => fill(fact, { label, value: lines(value) }))),
    link: text.action.link,
    action: text.action.label,
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

const lines = (value: string | readonly string[]): Html => ({
  html: (typeof value === 'string' ? [value] : value).map(escape).join('<br />'),
});

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
