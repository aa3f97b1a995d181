import { describe, expect, it } from 'vitest';

import { parseConfig, readConfig } from '../../../local/service-bus/config.ts';
import { parseDuration } from '../../../local/service-bus/durations.ts';
import { namespaceConfig } from './namespace.ts';

const minute = 60_000;

describe('the config', () => {
  it("is read in the official emulator's format, comments and trailing commas included", () => {
    const config = parseConfig(`\uFEFF{
      // the official sample is full of these
      "UserConfig": {
        "Namespaces": [{
          "Name": "sbemulatorns", /* always */
          "Queues": [{
            "Name": "queue.1",
            "Properties": {
              "DeadLetteringOnMessageExpiration": true,
              "DefaultMessageTimeToLive": "PT1H",
              "DuplicateDetectionHistoryTimeWindow": "PT20S",
              "ForwardDeadLetteredMessagesTo": "",
              "ForwardTo": "",
              "LockDuration": "PT1M",
              "MaxDeliveryCount": 3,
              "RequiresDuplicateDetection": true,
              "RequiresSession": false,
            },
          }],
          "Topics": [{
            "Name": "topic.1",
            "Properties": { "DefaultMessageTimeToLive": "PT1H", "RequiresDuplicateDetection": false },
            "Subscriptions": [{
              "Name": "sub",
              "Properties": { "LockDuration": "PT3S", "MaxDeliveryCount": 10 },
              "Rules": [{
                "Name": "app-prop-filter-1",
                "Properties": {
                  "FilterType": "Correlation",
                  "CorrelationFilter": { "ContentType": "application//json", "Properties": { "prop1": "value1" } },
                },
              }],
            }],
          }],
        }],
        "Logging": { "Type": "File" }
      }
    }`);
    expect(config.queues).toEqual([
      {
        name: 'queue.1',
        settings: {
          lockDurationMs: minute,
          defaultTtlMs: 60 * minute,
          maxDeliveryCount: 3,
          deadLetterOnExpiry: true,
          requiresSession: false,
        },
        duplicateWindowMs: 20_000,
      },
    ]);
    expect(config.topics[0]).toMatchObject({
      name: 'topic.1',
      defaultTtlMs: 60 * minute,
      duplicateWindowMs: undefined,
    });
    expect(config.topics[0]?.subscriptions[0]).toMatchObject({
      name: 'sub',
      settings: { lockDurationMs: 3000, maxDeliveryCount: 10 },
      rules: [
        {
          name: 'app-prop-filter-1',
          filter: {
            kind: 'correlation',
            system: { contentType: 'application//json' },
            application: { prop1: 'value1' },
          },
        },
      ],
    });
    expect(config.warnings).toEqual([]);
  });

  it('warns about what it ignores', () => {
    const { warnings } = readConfig(namespaceConfig({ Queues: [{ Name: 'q', Properties: { ForwardTo: 'other' } }] }));
    expect(warnings).toEqual(['q: ForwardTo is ignored, this broker does not do it.']);
  });

  it.each([
    ['a lock of six minutes', { Queues: [{ Name: 'q', Properties: { LockDuration: 'PT6M' } }] }, 'LockDuration'],
    ['an unknown property', { Queues: [{ Name: 'q', Properties: { Lock: 1 } }] }, 'Queues[0].Properties'],
    ['no name', { Queues: [{}] }, 'Queues[0].Name'],
    ['one name twice', { Queues: [{ Name: 'q' }], Topics: [{ Name: 'Q' }] }, "'Q' is used twice"],
    [
      'a SQL filter',
      { Topics: [topicWith({ FilterType: 'Sql', SqlFilter: { SqlExpression: 'x > 1' } })] },
      'SQL filters',
    ],
    [
      'a SQL action',
      { Topics: [topicWith({ FilterType: 'Sql', Action: { SqlExpression: 'SET x = 1' } })] },
      'SQL actions',
    ],
    [
      'an empty correlation filter',
      { Topics: [topicWith({ FilterType: 'Correlation', CorrelationFilter: {} })] },
      'Rules[0]',
    ],
  ])('is refused for %s, and says where', (_what, entities, where) => {
    expect(() => readConfig(namespaceConfig(entities))).toThrow(where);
  });

  it('is refused when it is no JSON', () => {
    expect(() => parseConfig('{')).toThrow('not JSON');
  });
});

function topicWith(Properties: unknown) {
  return { Name: 't', Subscriptions: [{ Name: 's', Rules: [{ Name: 'r', Properties }] }] };
}

describe('a duration', () => {
  it.each([
    ['PT3S', 3000],
    ['PT0.5S', 500],
    ['PT1M30S', 90_000],
    ['P14D', 14 * 24 * 60 * minute],
    ['P1DT2H', 26 * 60 * minute],
    ['P10675199DT2H48M5.4775807S', 922_337_203_685_478],
    ['PT', undefined],
    ['P', undefined],
    ['1 hour', undefined],
    ['P1DT', undefined],
  ])('%s is %s ms', (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });
});
