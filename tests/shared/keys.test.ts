import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deliveryId } from '../../shared/delivery-id.ts';
import {
  CURRENT_ROW,
  deadLetterKey,
  decodeKeyPart,
  deliveryRow,
  encodeKeyPart,
  eventRow,
  readSubjectRow,
  rejectedKey,
  reportKey,
  subjectPartition,
  subjectPrefix,
  suppressionKey,
} from '../../shared/keys.ts';

/** Any text that UTF-8 can hold, with the characters that keys forbid more often than chance has it. */
const anyText = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('/', '\\', '#', '?', '%', '~', '@', ':', '\n', '\u007f', 'a', 'é', '🚚') }),
  fc.string({ minLength: 300, maxLength: 700 }),
);
const LEGAL = /^[A-Za-z0-9._~@:-]{0,512}$/;

describe('encodeKeyPart', () => {
  it('encodes what a key forbids or the service may decode, byte by byte', () => {
    expect(encodeKeyPart('order:10/42 %2F ä')).toBe('order~3A10~2F42~20~252F~20~C3~A4');
  });

  it('is undone by decodeKeyPart for every text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(decodeKeyPart(encodeKeyPart(text))).toBe(text);
      }),
    );
  });

  it('leaves only letters, digits, full stop, hyphen, underscore and tilde', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(encodeKeyPart(text)).toMatch(/^[A-Za-z0-9._~-]*$/);
      }),
    );
  });
});

const ARRIVED = new Date('2026-11-20T23:59:59.999Z');

const rejectedRow = (source: string, id: string, body: string) =>
  rejectedKey({ arrived: ARRIVED, source, id, body: Buffer.from(body) }).rowKey;

describe('keys', () => {
  it('reads as the design says', () => {
    expect(subjectPartition('/shops/nordlicht', 'order:1042')).toBe('order~3A1042@~2Fshops~2Fnordlicht');
    expect(subjectPrefix('order:1042')).toBe('order~3A1042@');
    expect(deadLetterKey({ enqueued: ARRIVED, entity: 'order-events/notifications', sequenceNumber: '12' })).toEqual({
      partitionKey: '2026-11-20',
      rowKey: 'order-events~2Fnotifications@12',
    });
    expect(suppressionKey('sms', 'k1:ab')).toEqual({ partitionKey: 'sms', rowKey: 'k1~3Aab' });
    expect(reportKey({ at: ARRIVED, reportId: 'a/b' })).toEqual({ partitionKey: '2026-11-20', rowKey: 'a~2Fb' });
  });

  it('are legal and short enough whatever upstream sends', () => {
    fc.assert(
      fc.property(anyText, anyText, (a, b) => {
        const keys = [
          subjectPartition(a, b),
          subjectPartition(b, a),
          eventRow(a),
          ...Object.values(rejectedKey({ arrived: ARRIVED, source: a, id: b, body: Buffer.from(a) })),
          ...Object.values(reportKey({ at: ARRIVED, reportId: a })),
          ...Object.values(deadLetterKey({ enqueued: ARRIVED, entity: a, sequenceNumber: '1' })),
        ];
        for (const key of keys) expect(key).toMatch(LEGAL);
      }),
    );
  });

  it('put a subject under its prefix, and tell two subjects and two sources apart', () => {
    fc.assert(
      fc.property(anyText, anyText, anyText, (source, subject, other) => {
        fc.pre(other !== subject && other !== source);
        const key = subjectPartition(source, subject);
        expect(key.startsWith(subjectPrefix(subject))).toBe(true);
        expect(key.startsWith(subjectPrefix(other))).toBe(false);
        expect(subjectPartition(other, subject)).not.toBe(key);
      }),
    );
  });

  it('keep a source of 300 characters readable and give a longer one its digest', () => {
    const readable = subjectPartition('s'.repeat(300), 'order:1');
    expect(readable).toBe(`order~3A1@${'s'.repeat(300)}`);
    expect(subjectPartition('s'.repeat(301), 'order:1')).toMatch(/^order~3A1@~sha256-[0-9a-f]{64}$/);
  });

  it('tell source, id and body of a rejected event apart', () => {
    expect(
      new Set([
        rejectedRow('ab', 'c', 'd'),
        rejectedRow('a', 'bc', 'd'),
        rejectedRow('a', 'b', 'cd'),
        rejectedRow('abc', 'd', ''),
      ]).size,
    ).toBe(4);
  });
});

describe('readSubjectRow', () => {
  it('tells the rows of a subject apart and finds the delivery again', () => {
    const delivery = deliveryId({
      instant: new Date(),
      source: 's',
      subject: 'o',
      occasion: 'e',
      role: 'customer',
      message: 'm',
      channel: 'sms',
    });
    expect(readSubjectRow(CURRENT_ROW)).toEqual({ kind: 'current' });
    expect(readSubjectRow(eventRow('e'))).toEqual({ kind: 'event' });
    expect(readSubjectRow(deliveryRow(delivery))).toEqual({ kind: 'delivery', delivery });
    expect(readSubjectRow('delivery:nonsense')).toBeUndefined();
    expect(readSubjectRow('note')).toBeUndefined();
  });
});
