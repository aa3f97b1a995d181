import type { EmailRequest } from './email-request.ts';

/** No script, no request to anywhere: inline styles and inline images only. */
export const mailPagePolicy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => escapes[character] ?? '');

/** The mail as its reader sees it: the HTML with inline images in place, else the plain text. Serve it with `mailPagePolicy`. */
export function mailPage(mail: EmailRequest): string {
  const { html, plainText } = mail.content;
  if (html === undefined) {
    return `<!doctype html><meta charset="utf-8"><pre style="white-space:pre-wrap;font:15px/1.5 system-ui,sans-serif;margin:16px">${escapeHtml(plainText ?? '')}</pre>`;
  }
  return mail.attachments.reduce(
    (page, { contentId, contentType, contentInBase64 }) =>
      contentId && /^image\/[\w.+-]+$/.test(contentType)
        ? page.replaceAll(`cid:${contentId}`, `data:${contentType};base64,${contentInBase64}`)
        : page,
    html,
  );
}
