import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startNamespace } from './namespace.ts';
import type { Namespace } from './namespace.ts';

let namespace: Namespace;

function correlation(CorrelationFilter: unknown) {
  return [{ Name: 'rule', Properties: { FilterType: 'Correlation', CorrelationFilter } }];
}

beforeAll(async () => {
  namespace = await startNamespace({
    Topics: [
      {
        Name: 'orders',
        Subscriptions: [
          { Name: 'all' },
          { Name: 'placed', Rules: correlation({ Label: 'placed' }) },
          { Name: 'german', Rules: correlation({ Label: 'placed', Properties: { country: 'DE', vip: true } }) },
          {
            Name: 'none',
            Rules: [{ Name: 'n', Properties: { FilterType: 'Sql', SqlFilter: { SqlExpression: '1=0' } } }],
          },
        ],
      },
      { Name: 'managed', Subscriptions: [{ Name: 'one' }] },
    ],
  });
});

afterAll(() => namespace.close());

async function bodies(topic: string, subscription: string): Promise<unknown[]> {
  const receiver = namespace.client.createReceiver(topic, subscription, { receiveMode: 'receiveAndDelete' });
  const messages = await receiver.receiveMessages(20, { maxWaitTimeInMs: 200 });
  return messages.map(({ body }) => body as unknown);
}

describe('topics', () => {
  it('hand a message to every subscription whose rule matches, all fields equal and case-sensitive', async () => {
    await namespace.client
      .createSender('orders')
      .sendMessages([
        { body: 1, subject: 'placed', applicationProperties: { country: 'DE', vip: true } },
        { body: 2, subject: 'placed', applicationProperties: { country: 'de', vip: true } },
        { body: 3, subject: 'placed', applicationProperties: { country: 'DE', vip: 'true' } },
        { body: 4, subject: 'Placed' },
        { body: 5 },
      ]);
    expect(await bodies('orders', 'all')).toEqual([1, 2, 3, 4, 5]);
    expect(await bodies('orders', 'placed')).toEqual([1, 2, 3]);
    expect(await bodies('orders', 'german')).toEqual([1]);
    expect(await bodies('orders', 'none')).toEqual([]);
  });

  it('follow rules that a client adds, lists and removes', async () => {
    const rules = namespace.client.createRuleManager('managed', 'one');
    const names = async () => {
      const found: string[] = [];
      for await (const { name } of rules.listRules()) found.push(name);
      return found;
    };
    expect(await names()).toEqual(['$Default']);
    await rules.createRule('urgent', { subject: 'urgent', applicationProperties: { level: 3 } });
    await rules.deleteRule('$Default');
    expect(await names()).toEqual(['urgent']);
    for await (const rule of rules.listRules())
      expect(rule.filter).toMatchObject({ subject: 'urgent', applicationProperties: { level: 3 } });
    await namespace.client.createSender('managed').sendMessages([
      { body: 'yes', subject: 'urgent', applicationProperties: { level: 3 } },
      { body: 'no', subject: 'urgent', applicationProperties: { level: 2 } },
    ]);
    expect(await bodies('managed', 'one')).toEqual(['yes']);
    await expect(rules.createRule('urgent', { subject: 'x' })).rejects.toMatchObject({
      code: 'MessagingEntityAlreadyExists',
    });
    await expect(rules.deleteRule('nothing')).rejects.toMatchObject({ code: 'MessagingEntityNotFound' });
  });

  it('give every subscription numbers and settlements of its own', async () => {
    const { client } = namespace;
    await client.createSender('orders').sendMessages({ body: 9, subject: 'placed' });
    const all = client.createReceiver('orders', 'all');
    const [message] = await all.receiveMessages(1);
    await all.deadLetterMessage(message!, { deadLetterReason: 'r', deadLetterErrorDescription: 'd' });
    expect(await bodies('orders', 'placed')).toEqual([9]);
    const [letter] = await client.createReceiver('orders', 'all', { subQueueType: 'deadLetter' }).receiveMessages(1);
    expect(letter).toMatchObject({ body: 9, deadLetterReason: 'r' });
  });
});
