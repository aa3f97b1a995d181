import { describe, expect, it } from 'vitest';
import { preflight, PROVIDERS } from '../../deploy/preflight.ts';
import { CommandFailed } from '../../deploy/shell.ts';
import { fakeWorld } from './world.ts';

const TOLL_FREE = '+18005550100';

const ENVIRONMENT = {
  AZURE_ENV_NAME: 'dev',
  AZURE_LOCATION: 'westeurope',
  NOTIFY_MONTHLY_BUDGET: '30',
  NOTIFY_BUDGET_START: '2026-09-01',
  NOTIFY_RUNBOOK_URL: 'https://github.example/docs/runbook.md',
  AZURE_RESOURCE_GROUP: 'rg-notifications-dev',
  EMAIL_SERVICE_NAME: 'email-dev',
  COMMUNICATION_ENDPOINT: 'https://acs-dev.europe.communication.azure.com',
  NOTIFY_ALERT_EMAILS: '["ops@example.com"]',
  NOTIFY_SMS_SENDERS: JSON.stringify([{ sender: TOLL_FREE, kind: 'toll-free' }]),
  NOTIFY_CUSTOM_DOMAIN: 'mail.example.com',
  NOTIFY_CUSTOM_DOMAIN_VERIFIED: 'true',
  NOTIFY_EMAIL_SENDER_NAMES: '[{"username":"news","displayName":"News"}]',
};

const verified = { status: 'Verified' };
const states = { Domain: verified, SPF: verified, DKIM: verified, DKIM2: verified };

const AZURE = {
  'az account show': { id: 'sub-1', name: 'Shop', state: 'Enabled' },
  'az functionapp list-flexconsumption-locations': ['westeurope', 'northeurope'],
  'az provider list': PROVIDERS,
  'az keyvault list-deleted': [],
  'az rest --method get --resource https://communication.azure.com': {
    phoneNumbers: [{ phoneNumber: TOLL_FREE, capabilities: { sms: 'inbound+outbound' } }],
  },
  'az rest --method get --url https://management.azure.com': { properties: { verificationStates: states } },
};

const DELETED = {
  name: 'kv-abc',
  location: 'westeurope',
  tags: { 'azd-env-name': 'dev', service: 'notifications' },
};

async function findings(azure: Readonly<Record<string, unknown>> = {}, environment: Record<string, string> = {}) {
  const world = fakeWorld({ ...AZURE, ...azure }, { ...ENVIRONMENT, ...environment });
  const found = await preflight(world);
  const of = (level: string) => found.filter((one) => one.level === level).map(({ what }) => what);
  return { world, ok: of('ok'), look: of('look'), stop: of('stop') };
}

describe('the preflight', () => {
  it('finds nothing in the way when all is well, and only reads', async () => {
    const { world, look, stop } = await findings();
    expect({ look, stop }).toEqual({ look: [], stop: [] });
    expect(world.commands.filter((line) => !line.startsWith('reads: az '))).toEqual([]);
  });

  it.each([
    [
      'nobody is signed in',
      { 'az account show': new CommandFailed('az', 'Please run az login') },
      {},
      /Please run.*az login/,
    ],
    [
      'the subscription is off',
      { 'az account show': { id: 'sub-1', name: 'Shop', state: 'Disabled' } },
      {},
      /Disabled/,
    ],
    ['az and azd mean different subscriptions', {}, { AZURE_SUBSCRIPTION_ID: 'sub-2' }, /az account set/],
    ['the region has no Flex Consumption', {}, { AZURE_LOCATION: 'westcentralus' }, /not in "westcentralus"/],
    ['a provider is not registered', { 'az provider list': PROVIDERS.slice(1) }, {}, /az provider register/],
    ['the network is to be private', {}, { NOTIFY_NETWORK_PROFILE: 'private' }, /677 USD/],
    [
      'the number is not ours',
      { 'az rest --method get --resource https://communication.azure.com': { phoneNumbers: [] } },
      {},
      /not ours/,
    ],
    [
      'the domain is not verified',
      {
        'az rest --method get --url https://management.azure.com': {
          properties: { verificationStates: { ...states, DKIM2: { status: 'NotStarted' } } },
        },
      },
      {},
      /mail\.example\.com is not verified: DKIM2/,
    ],
    ['the app could not start under that name', {}, { AZURE_ENV_NAME: 'Dev' }, /a-z, 0-9 and -/],
    ['prod has nobody to alert', {}, { NOTIFY_STAGE: 'prod', NOTIFY_ALERT_EMAILS: '' }, /tell nobody/],
    [
      'links of prod may point to the example only',
      {},
      { NOTIFY_STAGE: 'prod', NOTIFY_LINK_HOSTS: 'track.example.com' },
      /^linkHosts is still/,
    ],
    [
      'prod has the cost centre of the example',
      {},
      { NOTIFY_STAGE: 'prod', NOTIFY_COST_CENTER: '0000' },
      /^costCenter/,
    ],
    ['a sender cannot be', {}, { NOTIFY_SMS_SENDERS: '[{"sender":"12","kind":"toll-free"}]' }, /would not take/],
  ])('stops when %s', async (_, azure, environment, expected) => {
    const { stop } = await findings(azure, environment);
    expect(stop).toEqual([expect.stringMatching(expected)]);
  });

  it('has a torn-down vault recovered, which changes a variable on this machine only', async () => {
    const { world, look } = await findings({ 'az keyvault list-deleted': [DELETED] });
    expect(look).toEqual(['The deleted vault kv-abc is recovered.']);
    expect(world.commands).toContain('changes: azd env set NOTIFY_KEY_VAULT_CREATE_MODE recover --environment dev');
    const { world: again } = await findings({}, { NOTIFY_KEY_VAULT_CREATE_MODE: 'recover' });
    expect(again.commands).toContain('changes: azd env set NOTIFY_KEY_VAULT_CREATE_MODE default --environment dev');
  });

  it.each([
    ['of another product', { ...DELETED, tags: { ...DELETED.tags, service: 'shop' } }],
    ['of another environment', { ...DELETED, tags: { ...DELETED.tags, 'azd-env-name': 'test' } }],
    ['of another region', { ...DELETED, location: 'eastus' }],
    ['without tags', { ...DELETED, tags: null }],
  ])('leaves a deleted vault %s alone', async (_, deleted) => {
    const { world, look } = await findings({ 'az keyvault list-deleted': [deleted] });
    expect(look).toEqual([]);
    expect(world.commands.filter((line) => line.startsWith('changes'))).toEqual([]);
  });

  it.each([
    ['this month, when there is none yet', new CommandFailed('az', '(ResourceGroupNotFound)'), '2026-11-01'],
    ['this month, when the group has none', { value: [] }, '2026-11-01'],
    [
      'its own month, when there is one',
      { value: [{ properties: { timePeriod: { startDate: '2026-03-01T00:00:00Z' } } }] },
      '2026-03-01',
    ],
  ])('has the budget start with %s, and keeps that', async (_, budgets, expected) => {
    const group =
      'az rest --method get --url https://management.azure.com/subscriptions/{subscriptionId}/resourceGroups/rg-notifications-dev/providers/Microsoft.Consumption';
    const { world, stop } = await findings({ [group]: budgets }, { NOTIFY_BUDGET_START: '' });
    expect(stop).toEqual([]);
    expect(world.commands).toContain(`changes: azd env set NOTIFY_BUDGET_START ${expected} --environment dev`);
  });

  it('tells of senders that it cannot look at, and of alerts that link nothing', async () => {
    const { look } = await findings(
      {},
      {
        NOTIFY_SMS_SENDERS: JSON.stringify([
          { sender: TOLL_FREE, kind: 'toll-free' },
          { sender: 'Shop News', kind: 'alphanumeric', countries: ['*'] },
        ]),
        NOTIFY_RUNBOOK_URL: '',
      },
    );
    expect(look).toEqual([
      expect.stringContaining('NOTIFY_RUNBOOK_URL'),
      expect.stringMatching(/^Shop News \(alphanumeric\)/),
    ]);
  });

  it('only tells of what is left open in dev', async () => {
    const { look, stop } = await findings({}, { NOTIFY_ALERT_EMAILS: '[]', NOTIFY_LINK_HOSTS: 'track.example.com' });
    expect(stop).toEqual([]);
    expect(look).toHaveLength(2);
  });

  it('tells of numbers that are paid for and not used', async () => {
    const numbers = [
      { phoneNumber: TOLL_FREE, capabilities: { sms: 'outbound' } },
      { phoneNumber: '+18005550199', capabilities: { sms: 'none' } },
    ];
    const { look } = await findings({
      'az rest --method get --resource https://communication.azure.com': { phoneNumbers: numbers },
    });
    expect(look).toEqual([expect.stringMatching(/^\+18005550199 is paid for/)]);
  });

  it('compares what quotas let through with what is expected', async () => {
    const { look, ok } = await findings({}, { NOTIFY_EMAIL_PER_DAY: '20000', NOTIFY_SMS_PER_DAY: '10000' });
    expect(look).toEqual([
      'email: 20000 a day are expected, quotas let 2400 through (custom-domain: 100 in 3600 s). Ask Azure support for more.',
    ]);
    expect(ok).toContain('sms: quotas let 288000 a day through (toll-free: 200 in 60 s).');
  });

  it('tells of logs that will hold recipients', async () => {
    const { look } = await findings({}, { NOTIFY_RECIPIENT_LOGS: 'true' });
    expect(look).toEqual(['Platform logs will hold phone numbers and mail addresses, for seven days.']);
  });

  it('goes on where it may not look, and says so', async () => {
    const { look, stop } = await findings({
      'az rest --method get --resource https://communication.azure.com': new CommandFailed('az', 'Forbidden'),
    });
    expect(stop).toEqual([]);
    expect(look).toEqual(['Numbers could not be looked at: az failed: Forbidden']);
  });

  it('asks for what is not there yet only once it is', async () => {
    const { look, stop } = await findings({}, { COMMUNICATION_ENDPOINT: '', EMAIL_SERVICE_NAME: '' });
    expect(stop).toEqual([]);
    expect(look).toHaveLength(2);
  });
});
