import { describe, expect, it } from 'vitest';
import { mailPage } from '../../../local/communication-services/mail-page.ts';
import { ordinaryMail, startProvider } from './harness.ts';

describe('outbox', () => {
  it('is a page that loads nothing from elsewhere', async () => {
    const acs = await startProvider();
    const page = await fetch(`${acs.endpoint}/?search=tulips`);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    const files = ['/outbox.css', '/outbox.js'];
    const texts = [await page.text()];
    for (const file of files) texts.push(await (await fetch(acs.endpoint + file)).text());
    expect(files.every((file) => texts[0]?.includes(`"${file}"`))).toBe(true);
    expect(texts.join('').match(/(?:src|href|url)[=(]\s*["']?(?:https?:)?\/\/\S+/g)).toBeNull();
    expect(texts[2]).not.toMatch(/innerHTML|insertAdjacentHTML|document\.write/);
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
