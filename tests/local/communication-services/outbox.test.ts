import { describe, expect, it } from 'vitest';
import { mailPage } from '../../../local/communication-services/mail-page.ts';
import { ordinaryMail, startProvider } from './harness.ts';

const READER = new URL('../../../local/communication-services/outbox/calendar-entry.js', import.meta.url);
const { readEntry } = (await import(READER.href)) as { readEntry: (text: string) => object | undefined };

describe('outbox', () => {
  it('is a page that loads nothing from elsewhere', async () => {
    const acs = await startProvider();
    const page = await fetch(`${acs.endpoint}/?search=tulips`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const files = ['/outbox.css', '/outbox.js', '/calendar-entry.js'];
    const texts = [await page.text()];
    for (const file of files) texts.push(await (await fetch(acs.endpoint + file)).text());
    const all = texts.join('');
    expect(files.every((file) => all.includes(`"${file}"`) || all.includes(`'.${file}'`))).toBe(true);
    expect(texts.join('').match(/(?:src|href|url)[=(]\s*["']?(?:https?:)?\/\/\S+/g)).toBeNull();
    expect(all).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
  });

  it('shows a mail in a sandbox without scripts, with its inline images', async () => {
    const acs = await startProvider();
    const html = '<p>Hello</p><script>alert(1)</script><img src="cid:logo"><img src="https://elsewhere.example/p.gif">';
    await acs.mail(
      ordinaryMail('ann@mail.example', {
        content: { subject: 'Hello', html },
        attachments: [{ name: 'logo.png', contentType: 'image/png', contentInBase64: 'AAAA', contentId: 'logo' }],
      }),
    );
    const page = await fetch(`${acs.endpoint}/control/sends/1/mail`);
    const policy = page.headers.get('content-security-policy')?.split('; ');
    expect(policy).toEqual(expect.arrayContaining(["default-src 'none'", 'img-src data:', 'sandbox']));
    expect(await page.text()).toContain('src="data:image/png;base64,AAAA"');
    expect((await fetch(`${acs.endpoint}/control/sends/2/mail`)).status).toBe(404);
  });

  it('escapes a mail that is plain text', () => {
    const mail = {
      senderAddress: 'a@b.example',
      content: { subject: 'Hello', plainText: '<script>alert("1")</script>' },
      recipients: { to: [], cc: [], bcc: [] },
      attachments: [],
      replyTo: [],
      headers: {},
    };
    expect(mailPage(mail)).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
  });
});

describe('a calendar entry in the outbox', () => {
  const lines = (...more: string[]) =>
    [
      'BEGIN:VCALENDAR',
      'METHOD:REQUEST',
      'BEGIN:VEVENT',
      'SEQUENCE:3',
      'DTSTART:20261124T133000Z',
      'DTEND:20261124T141500Z',
      ...more,
      'END:VEVENT',
      'END:VCALENDAR',
      '',
    ].join('\r\n');

  it('is read as a calendar would show it', () => {
    const text = lines(
      'SUMMARY:Appointment with Sm',
      ' ith\\, <b>Söhne</b>',
      'LOCATION;LANGUAGE="en:GB":Ring 5\\; 2nd floor',
      'DESCRIPTION:One\\nTwo',
      'BEGIN:VALARM',
      'DESCRIPTION:Ring',
      'END:VALARM',
    );
    expect(readEntry(text)).toEqual({
      method: 'REQUEST',
      title: 'Appointment with Smith, <b>Söhne</b>',
      start: new Date('2026-11-24T13:30:00Z'),
      end: new Date('2026-11-24T14:15:00Z'),
      place: 'Ring 5; 2nd floor',
      notes: 'One\nTwo',
      sequence: '3',
    });
  });

  it('is none without an event', () => {
    expect(readEntry('BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n')).toBeUndefined();
    expect(readEntry('<html>')).toBeUndefined();
  });
});
