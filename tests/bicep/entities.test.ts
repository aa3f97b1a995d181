import { describe, expect, it } from 'vitest';
import local from '../../demo/entities.json' with { type: 'json' };
import * as code from '../../shared/entities.ts';
import { LIMITS } from '../../shared/limits.ts';
import { bicep, property, RESOURCES, variable } from './files.ts';

const FILE = 'bicep/modules/service-bus.bicep';
const [namespace] = local.UserConfig.Namespaces;
const topics = variable(FILE, 'topicNames');
const sendQueues = variable(FILE, 'sendQueueNames');
const [retriedEvents] = variable(FILE, 'retriedEventsName');
const [subscription] = variable(FILE, 'subscriptionName');

/** Both topics there are; the one of appointments reaches code and laptop with their events. */
const TOPICS = new Set([...namespace!.Topics.map(({ Name }) => Name), code.ORDER_EVENTS, 'appointment-events']);

const bodyOf = (symbol: string): string =>
  RESOURCES.find((one) => one.file === FILE && one.symbol === symbol)?.body ?? '';

/** What a property is set to, variables resolved. */
function setTo(symbol: string, name: string): string | undefined {
  const value = property(bodyOf(symbol), name);
  if (value === undefined || /^('|true$|false$|\d)/.test(value)) return value;
  return value === 'deliveries' ? bicepNumber('deliveries') : `'${variable(FILE, value)[0]}'`;
}
const bicepNumber = (name: string): string | undefined =>
  new RegExp(`^var ${name} = (\\d+)$`, 'm').exec(bicep(FILE))?.[1];

const minutes = (milliseconds: number): string => `'PT${milliseconds / 60_000}M'`;
const hours = (milliseconds: number): string => `'PT${milliseconds / 3_600_000}H'`;

describe('the entities of Service Bus', () => {
  it('are named as in code and on the laptop', () => {
    expect(new Set(topics)).toEqual(TOPICS);
    expect(subscription).toBe(code.NOTIFICATIONS);
    expect(new Set(sendQueues)).toEqual(new Set(Object.values(code.SEND_QUEUES)));
    expect(retriedEvents).toBe(code.RETRIED_EVENTS);
    expect(new Set([...sendQueues, retriedEvents])).toEqual(new Set(namespace!.Queues.map(({ Name }) => Name)));
    for (const { Subscriptions } of namespace!.Topics)
      expect(Subscriptions.map(({ Name }) => Name)).toEqual([subscription]);
  });

  it.each(['subscriptions', 'retriedEvents', 'sendQueues'])('have the numbers of the code: %s', (symbol) => {
    expect(setTo(symbol, 'lockDuration')).toBe(minutes(LIMITS.real.lock));
    expect(setTo(symbol, 'maxDeliveryCount')).toBe(String(LIMITS.real.maxDeliveryCount));
    expect(setTo(symbol, 'deadLetteringOnMessageExpiration')).toBe('true');
  });

  it('drop a copy that comes twice, and no parked event', () => {
    expect(setTo('sendQueues', 'requiresDuplicateDetection')).toBe('true');
    expect(setTo('sendQueues', 'duplicateDetectionHistoryTimeWindow')).toBe(hours(LIMITS.real.duplicateDetection));
    expect(setTo('retriedEvents', 'requiresDuplicateDetection')).toBe('false');
    expect(setTo('topics', 'requiresDuplicateDetection')).toBe('false');
  });

  it('have the numbers of the laptop', () => {
    for (const { Name, Properties } of namespace!.Queues) {
      const symbol = Name === retriedEvents ? 'retriedEvents' : 'sendQueues';
      expect(setTo(symbol, 'lockDuration'), Name).toBe(`'${Properties.LockDuration}'`);
      expect(setTo(symbol, 'defaultMessageTimeToLive'), Name).toBe(`'${Properties.DefaultMessageTimeToLive}'`);
      expect(setTo(symbol, 'maxDeliveryCount'), Name).toBe(String(Properties.MaxDeliveryCount));
      expect(setTo(symbol, 'requiresDuplicateDetection'), Name).toBe(String(Properties.RequiresDuplicateDetection));
    }
    for (const { Name, Properties, Subscriptions } of namespace!.Topics) {
      expect(setTo('topics', 'defaultMessageTimeToLive'), Name).toBe(`'${Properties.DefaultMessageTimeToLive}'`);
      for (const { Properties: own } of Subscriptions) {
        expect(setTo('subscriptions', 'lockDuration'), Name).toBe(`'${own.LockDuration}'`);
        expect(setTo('subscriptions', 'defaultMessageTimeToLive'), Name).toBe(`'${own.DefaultMessageTimeToLive}'`);
        expect(setTo('subscriptions', 'maxDeliveryCount'), Name).toBe(String(own.MaxDeliveryCount));
      }
    }
  });
});
