import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import { describe, expect, it } from 'vitest';
import { batchData, messageData } from '../../../local/functions-host/service-bus/message-data.ts';

const received = (body: unknown, more: object = {}, bodyType = 'data') =>
  ({
    body: typeof body === 'string' && bodyType === 'data' ? Buffer.from(body) : body,
    _rawAmqpMessage: { bodyType },
    messageId: 'm',
    deliveryCount: 0,
    enqueuedTimeUtc: new Date('2026-11-21T01:02:03.450Z'),
    ...more,
  }) as unknown as ServiceBusReceivedMessage;
const text = { binary: false };
const binary = { binary: true };

describe('what a function for one message is handed', () => {
  it('is the body as text, which the library parses', () => {
    expect(messageData(received('{"a":1}'), text).input).toEqual({ string: '{"a":1}' });
    expect(messageData(received(undefined), text).input).toEqual({ string: '' });
    expect(messageData(received(Buffer.from([0xff])), text).input).toEqual({ string: '\uFFFD' });
  });

  it('is bytes when the trigger says so', () => {
    expect(messageData(received('{"a":1}'), binary)).toMatchObject({ input: { bytes: Buffer.from('{"a":1}') } });
    expect(messageData(received('{"a":1}'), binary).triggerMetadata).not.toHaveProperty('a');
  });

  it('has fields of a JSON body over the metadata of the same name in any case', () => {
    const body = '{"messageid":"from the body","to":{"street":"x"},"subject":null,"label":["no"],"paid":true,"n":1.50}';
    expect(messageData(received(body, { subject: 'kept' }), text).triggerMetadata).toMatchObject({
      MessageId: { string: 'from the body' },
      to: { json: '{"street":"x"}' },
      Subject: { string: 'kept' },
      Label: { string: 'kept' },
      paid: { string: 'True' },
      n: { string: '1.5' },
    });
  });

  it('counts deliveries from 1 and leaves absent values out', () => {
    const { triggerMetadata } = messageData(received('x', { deliveryCount: 2, applicationProperties: { A: 1 } }), text);
    expect(triggerMetadata).toEqual({
      MessageId: { string: 'm' },
      DeliveryCount: { json: '3' },
      SequenceNumber: { json: '0' },
      EnqueuedTimeUtc: { json: '"2026-11-21T01:02:03.45"' },
      EnqueuedTime: { json: '"2026-11-21T01:02:03.45+00:00"' },
      ApplicationProperties: { json: '{"A":1}' },
      UserProperties: { json: '{"A":1}' },
    });
  });

  it.each([
    ['a sequence', [[1]], 'sequence'],
    ['a value that is no string', { a: 1 }, 'value'],
  ])('cannot be bound from %s', (_, body, bodyType) => {
    expect(() => messageData(received(body, {}, bodyType), text)).toThrow('cannot be bound');
  });

  it('is bound from a string value', () => {
    expect(messageData(received('plain', {}, 'value'), text).input).toEqual({ string: 'plain' });
  });
});

describe('what a function for many messages is handed', () => {
  it('skips empty bodies and absent texts, but not numbers and times', () => {
    const batch = [received('one', { subject: 's' }), received('', { deliveryCount: 4 })];
    expect(batchData(batch, text)).toMatchObject({
      input: { collectionString: { string: ['one'] } },
      triggerMetadata: {
        MessageIdArray: { collectionString: { string: ['m', 'm'] } },
        SubjectArray: { collectionString: { string: ['s'] } },
        DeliveryCountArray: { collectionSint64: { sint64: [1, 5] } },
        EnqueuedTimeUtcArray: { json: '["2026-11-21T01:02:03.45","2026-11-21T01:02:03.45"]' },
        ApplicationPropertiesArray: { json: '[{},{}]' },
      },
    });
  });

  it('is bytes of every body when the trigger says so', () => {
    expect(batchData([received('one'), received('')], binary).input).toEqual({
      collectionBytes: { bytes: [Buffer.from('one'), Buffer.alloc(0)] },
    });
  });
});
