import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { LAYOUT, mailLayoutModule } from '../../commands/build-mail-layout.ts';
import { composeMail, type MailText } from '../../shared/mail.ts';

const text: MailText = {
  subject: 'Subject',
  preheader: 'Preheader <b>',
  heading: 'Heading',
  paragraphs: ['First & second', 'Third'],
  facts: [
    ['Order', '<script>alert("1")</script>'],
    ['Items', ["2 × O'Neill", '1 × Candle']],
  ],
  action: { label: 'Follow', link: 'https://track.example.com/?a=1&b=2' },
};
const frame = {
  language: 'de',
  family: 'order',
  shop: { name: 'Nordlicht\r\nBcc: x', replyTo: 'a@nordlicht.example', supportAddress: 'help@nordlicht.example' },
  customer: '<img src=x>\n{{footer}} http://evil.example',
} as const;

describe('a mail', () => {
  const mail = composeMail(text, frame);

  it('escapes whatever is not the layout’s own', () => {
    expect(mail.html).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(mail.html).toContain('href="https://track.example.com/?a=1&amp;b=2"');
    expect(mail.html).toContain('2 × O&#39;Neill<br />1 × Candle');
    expect(mail.html).not.toMatch(/<script|<img|http:\/\/evil/);
  });

  it('fills slots of the layout only, not what looks like one in a name', () => {
    expect(mail.html.match(/\{\{\w+\}\}/g)).toEqual(['{{footer}}']);
  });

  it('says in plain text whatever it says in HTML', () => {
    for (const said of [
      'Heading',
      'First & second',
      'Third',
      'Order: <script>',
      '  1 × Candle',
      'Follow:\nhttps://track.example.com/?a=1&b=2',
      'help@nordlicht.example',
    ])
      expect(mail.text).toContain(said);
  });

  it('names its language, has inline styles, a preheader and no picture or font from elsewhere', () => {
    expect(mail.html).toMatch(/<html lang="de"/);
    expect(mail.html).toContain('Preheader &lt;b&gt;');
    expect(mail.html).toMatch(/<td[^>]* style="/);
    expect(mail.html.match(/(?:src|url|href)\s*[=(]\s*["']?https?:[^"')]+/g)).toEqual([
      'href="https://track.example.com/?a=1&amp;b=2',
    ]);
    expect(Buffer.byteLength(mail.html)).toBeLessThan(100 * 1024);
  });

  it('names the shop on one line, and takes answers to it', () => {
    expect(mail.html).toContain('Nordlicht Bcc: x');
    expect(mail.replyTo).toBe('a@nordlicht.example');
  });
});

it('has a layout that is fresh: run `node commands/build-mail-layout.ts` when this fails', async () => {
  expect(await readFile(LAYOUT, 'utf8')).toBe(await mailLayoutModule());
});
