import { describe, expect, it } from 'vitest';
import { connectionsOf, hostOf } from '../../commands/connections.ts';
import sample from '../../local.settings.sample.json' with { type: 'json' };

describe('hostOf', () => {
  it.each([
    [
      'tables by key',
      'DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=s3cret==',
      'shop.table.core.windows.net',
    ],
    [
      'another cloud',
      'AccountName=shop;AccountKey=s3cret==;EndpointSuffix=core.chinacloudapi.cn',
      'shop.table.core.chinacloudapi.cn',
    ],
    ['an emulator', 'AccountName=a;AccountKey=s3cret==;TableEndpoint=http://127.0.0.1:10002/a;', '127.0.0.1:10002'],
    [
      'a broker',
      'Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=x;SharedAccessKey=s3cret',
      'shop.servicebus.windows.net',
    ],
    ['nothing of the kind', 's3cret', 'unknown.table.core.windows.net'],
  ])('names the host of %s and never a key', (_, connectionString, host) => {
    expect(hostOf({ connectionString })).toBe(host);
  });

  it('names the host that an identity is used with', () => {
    expect(hostOf({ endpoint: 'https://shop.table.core.windows.net/' })).toBe('shop.table.core.windows.net');
    expect(hostOf({ endpoint: 'shop.servicebus.windows.net' })).toBe('shop.servicebus.windows.net');
  });
});

describe('connectionsOf', () => {
  it('asks for a setting only when it is needed, and says what to do', () => {
    const connections = connectionsOf({ Tables: sample.Values.Tables });
    expect(connections.tables()).toBe(connections.tables());
    expect(connections.where('Tables')).toBe('127.0.0.1:10002');
    expect(connections.where('ServiceBus')).toBe('nowhere');
    expect(() => connections.broker()).toThrow(/^ServiceBus: missing.*npm start/);
    expect(() => connections.settings()).toThrow(/ENVIRONMENT: missing/);
  });

  const broker = (host: string) =>
    `Endpoint=sb://${host};SharedAccessKeyName=x;SharedAccessKey=s3cret;UseDevelopmentEmulator=true`;
  const tables = (host: string) => `AccountName=a;AccountKey=s3cret==;TableEndpoint=http://${host}/a;`;
  it.each([
    ['both on a laptop', true, { ServiceBus: broker('127.0.0.1:5672'), Tables: tables('localhost:10002') }],
    ['one, the other not set up', true, { ServiceBus: broker('localhost') }],
    ['tables elsewhere', false, { ServiceBus: broker('localhost'), Tables: tables('10.0.0.4:10002') }],
    ['a broker elsewhere', false, { ServiceBus: broker('shop.servicebus.windows.net'), Tables: tables('127.0.0.1') }],
    ['a name that only begins so', false, { ServiceBus: broker('localhost.shop.example') }],
    ['a broker elsewhere by identity', false, { ServiceBus__fullyQualifiedNamespace: 'shop.servicebus.windows.net' }],
    ['none', false, {}],
  ])('tells by the hosts whether this machine is all there is: %s', (_, here, environment) => {
    expect(connectionsOf(environment).areOnThisMachine()).toBe(here);
  });

  it('closes although nothing was opened', async () => {
    await expect(connectionsOf(sample.Values).close()).resolves.toBeUndefined();
  });
});
