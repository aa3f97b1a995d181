import { assert, boolean, dictionary, double, integer, oneof, option, property, string, uint8Array } from 'fast-check';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';

import {
  joinContent,
  readEnvelope,
  splitMessage,
  stampMessage,
  withApplicationProperties,
} from '../../../local/service-bus/amqp-sections.ts';
import type { Stamp } from '../../../local/service-bus/amqp-sections.ts';
import { stringValue } from '../../../local/service-bus/amqp-values.ts';

const { types } = rhea;
const stamp: Stamp = {
  sequence: 7,
  enqueuedAt: 1_800_000_000_000,
  deliveryCount: 2,
  ttlMs: Infinity,
  lockedUntil: undefined,
  scheduledFor: undefined,
  state: 'active',
};
const noId = () => 'made here';

/** One value of every AMQP type that rhea can write. */
const everyType = {
  nothing: null,
  yes: types.wrap_boolean(true),
  ubyte: types.wrap_ubyte(255),
  ushort: types.wrap_ushort(65_535),
  uint: types.wrap_uint(300),
  ulong: types.wrap_ulong(Buffer.from('fffffffffffffffe', 'hex')),
  byte: types.wrap_byte(-5),
  short: types.wrap_short(-300),
  int: types.wrap_int(1),
  long: types.wrap_long(1),
  float: types.wrap_float(1.5),
  double: types.wrap_double(1),
  char: types.wrap_char(0x1f600),
  timestamp: types.wrap_timestamp(1),
  uuid: types.wrap_uuid(Buffer.alloc(16, 9)),
  binary: types.wrap_binary(Buffer.from('b')),
  text: types.wrap_string('ä'.repeat(300)),
  symbol: types.wrap_symbol('s'),
  list: types.wrap_list([1, 'two']),
  map: types.wrap_map({ a: 1 }),
  array: types.wrap_array([1, 2], 0x71, undefined),
};

function encoded(message: object): Buffer {
  return rhea.message.encode({ body: undefined, ...message });
}

function envelopeOf(message: object) {
  return readEnvelope(encoded({ body: 1, ...message }), noId);
}

describe('a message', () => {
  it('is passed on byte for byte but for header and annotations, whatever its types', () => {
    const sent = encoded({
      durable: true,
      message_id: types.wrap_ulong(5),
      user_id: Buffer.from('u'),
      group_sequence: 3,
      message_annotations: { 'x-opt-partition-key': 'p', own: everyType.uuid },
      application_properties: everyType,
      body: types.wrap_list(Object.values(everyType)),
      footer: { f: 1 },
    });
    const before = splitMessage(sent);
    const after = splitMessage(stampMessage(readEnvelope(sent, noId).content, stamp));
    expect(after.properties).toEqual(before.properties);
    expect(after.applicationProperties).toEqual(before.applicationProperties);
    expect(after.body).toEqual(before.body);
    const decoded = rhea.message.decode(stampMessage(readEnvelope(sent, noId).content, stamp));
    expect(decoded).toMatchObject({ durable: true, delivery_count: 2 });
    expect(decoded.message_annotations).toMatchObject({
      'x-opt-partition-key': 'p',
      own: Buffer.alloc(16, 9),
      'x-opt-sequence-number': 7,
    });
  });

  it('keeps its bytes for any properties and body', () => {
    assert(
      property(
        dictionary(
          string({ minLength: 1 }),
          oneof(
            string(),
            integer(),
            boolean(),
            double().map((value) => types.wrap_double(value)),
          ),
          {
            noNullPrototype: true,
          },
        ),
        uint8Array({ maxLength: 600 }),
        option(string({ minLength: 1 }), { nil: undefined }),
        (application_properties, body, subject) => {
          const sent = encoded({
            message_id: 'id',
            subject,
            application_properties,
            body: rhea.message.data_section(Buffer.from(body)),
          });
          const content = readEnvelope(sent, noId).content;
          const before = splitMessage(sent);
          const after = splitMessage(stampMessage(splitMessage(joinContent(content)), stamp));
          expect(after.properties).toEqual(before.properties);
          expect(after.applicationProperties).toEqual(before.applicationProperties);
          expect(after.body).toEqual(before.body);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gets an id when it has none, and loses annotations that only the broker may write', () => {
    const sent = encoded({
      subject: 's',
      message_annotations: { 'x-opt-sequence-number': 99, 'x-opt-locked-until': new Date(1), kept: 'k' },
      body: 'b',
    });
    const { content, messageId } = readEnvelope(sent, noId);
    expect(messageId).toBe('made here');
    const decoded = rhea.message.decode(stampMessage(content, stamp));
    expect(decoded).toMatchObject({ message_id: 'made here', subject: 's', body: 'b' });
    expect(decoded.message_annotations).toMatchObject({ 'x-opt-sequence-number': 7, kept: 'k' });
    expect(decoded.message_annotations).not.toHaveProperty('x-opt-locked-until');
  });

  it('tells what the broker needs: id by its type, session, time to live, time', () => {
    const at = new Date(1_800_000_000_000);
    expect(
      envelopeOf({
        message_id: 'm',
        group_id: 'g',
        ttl: 5,
        message_annotations: { 'x-opt-scheduled-enqueue-time': at },
      }),
    ).toMatchObject({ messageId: 'm', sessionId: 'g', ttlMs: 5, scheduledFor: at.getTime() });
    const keys = ['5', 5, Buffer.alloc(16, 5)].map((message_id) => envelopeOf({ message_id }).messageId);
    expect(new Set(keys).size).toBe(3);
  });

  it('takes changed application properties, the others keep their types', () => {
    const { content } = readEnvelope(encoded({ message_id: 'm', application_properties: everyType, body: 1 }), noId);
    const changed = withApplicationProperties(content, [
      ['text', stringValue('new')],
      ['added', stringValue('a')],
    ]);
    const expected = encoded({ application_properties: { ...everyType, text: 'new', added: 'a' }, body: 1 });
    // Behind the descriptor and the size stand the entries.
    const wanted = splitMessage(expected).applicationProperties?.subarray(12);
    expect(changed.applicationProperties?.subarray(12)).toEqual(wanted);
  });

  it.each([
    ['an end in the middle', encoded({ message_id: 'm', body: 'long enough' }).subarray(0, 14)],
    ['something that is no section', Buffer.from([0xa1, 0x01, 0x61])],
    ['an unknown type', Buffer.from([0x00, 0x53, 0x73, 0x1f])],
  ])('is refused with a decode error for %s', (_what, bytes) => {
    expect(() => readEnvelope(bytes, noId)).toThrow(
      expect.objectContaining({ condition: 'amqp:decode-error' }) as Error,
    );
  });
});
