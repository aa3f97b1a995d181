import { z } from 'zod';

/** Those that the service names in "Allowed attachment types for sending email" (ACS documentation). */
const ALLOWED: ReadonlySet<string> = new Set(
  `application/epub+zip application/gzip application/json application/msword application/octet-stream application/ogg
  application/onenote application/pdf application/rtf application/vnd.ms-excel
  application/vnd.ms-excel.sheet.binary.macroenabled.12 application/vnd.ms-excel.sheet.macroenabled.12
  application/vnd.ms-fontobject application/vnd.ms-powerpoint
  application/vnd.ms-powerpoint.presentation.macroenabled.12 application/vnd.ms-powerpoint.slideshow.macroenabled.12
  application/vnd.ms-publisher application/vnd.ms-word.document.macroenabled.12
  application/vnd.openxmlformats-officedocument.presentationml.presentation
  application/vnd.openxmlformats-officedocument.presentationml.slideshow
  application/vnd.openxmlformats-officedocument.spreadsheetml.sheet
  application/vnd.openxmlformats-officedocument.wordprocessingml.document application/vnd.rar application/vnd.visio
  application/x-7z-compressed application/x-tar application/xml application/zip
  audio/aac audio/midi audio/mpeg audio/ogg audio/opus audio/wav audio/webm audio/x-ms-wma
  font/otf font/ttf font/woff font/woff2
  image/avif image/bmp image/gif image/jpeg image/png image/svg+xml image/tiff image/vnd.microsoft.icon image/webp
  text/calendar text/csv text/plain text/xml
  video/3gpp video/3gpp2 video/mp4 video/mpeg video/ogg video/webm video/x-ms-wmv video/x-msvideo`.split(/\s+/),
);

/** `text/calendar` of `text/calendar; method=REQUEST` */
export const mediaTypeOf = (contentType: string): string => contentType.split(';', 1)[0]!.trim().toLowerCase();

const isContentType = (text: string): boolean =>
  /^[\w.+-]+\/[\w.+-]+(?:\s*;\s*[\w-]+=(?:[\w.+-]+|"[^"\r\n]*"))*$/.test(text) && ALLOWED.has(mediaTypeOf(text));

export const attachment = z.strictObject({
  name: z
    .string()
    .min(1)
    // eslint-disable-next-line no-control-regex -- a name with these would break the mail's headers
    .regex(/^[^\u0000-\u001f\u007f"/\\]+$/, 'not a file name'),
  contentType: z.string().refine(isContentType, 'not a content type that may be attached'),
  contentInBase64: z.base64().min(1),
  contentId: z.string().min(1).optional(),
});
