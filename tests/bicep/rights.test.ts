import { describe, expect, it } from 'vitest';
import { ORDER_EVENTS } from '../../shared/entities.ts';
import { BICEP, json, property, type Resource, RESOURCES, variable } from './files.ts';

type Exception = { assignment: string; rule: string; why: string; owner: string; expires: string };

const roles = json('bicep/roles.json') as Record<string, string>;
const exceptions = json('bicep/exceptions.json') as Exception[];
const assignments = RESOURCES.filter(({ type }) => type === 'Microsoft.Authorization/roleAssignments');
const made = RESOURCES.filter(({ existing }) => !existing);
const text = [...BICEP.values()].join('\n');

/** What a right on a whole account, namespace or vault reaches; everything else is an entity in one. */
const WIDE = ['hostStorage', 'dataStorage', 'serviceBus', 'vault'];
const scopeOf = ({ body }: Resource): string => property(body, 'scope') ?? '';
const roleOf = ({ body }: Resource): string => /roleDefinitions', (?:roles\.)?(\w+)\)/.exec(body)?.[1] ?? '';

const TYPES: Readonly<Record<string, RegExp>> = {
  'Microsoft.Storage/storageAccounts': /allowSharedKeyAccess: false/,
  'Microsoft.ServiceBus/namespaces': /disableLocalAuth: true/,
  'Microsoft.Communication/communicationServices': /disableLocalAuth: true/,
  'Microsoft.Insights/components': /DisableLocalAuth: true/,
  'Microsoft.OperationalInsights/workspaces': /disableLocalAuth: true/,
  'Microsoft.KeyVault/vaults': /enableRbacAuthorization: true/,
  'Microsoft.Web/sites/basicPublishingCredentialsPolicies': /allow: false/,
};

const TLS: Readonly<Record<string, RegExp>> = {
  'Microsoft.Storage/storageAccounts': /minimumTlsVersion: 'TLS1_2'/,
  'Microsoft.ServiceBus/namespaces': /minimumTlsVersion: '1\.2'/,
  'Microsoft.Web/sites': /minTlsVersion: '1\.2'/,
};

describe('no key works', () => {
  it.each(Object.entries(TYPES))('%s takes identities only', (type, expected) => {
    const of = made.filter((one) => one.type === type);
    expect(of.length).toBeGreaterThan(0);
    for (const { body, symbol } of of) expect(body, symbol).toMatch(expected);
  });

  it.each(Object.entries(TLS))('%s asks for TLS 1.2 at least', (type, expected) => {
    for (const { body, symbol } of made.filter((one) => one.type === type)) expect(body, symbol).toMatch(expected);
  });

  it('reads no key anywhere, and hands out none', () => {
    expect(text).not.toMatch(/\blist(Keys|ConnectionStrings|Secrets|AccountSas|ServiceSas)\b/i);
    expect(text).not.toMatch(/\b(AccountKey|SharedAccessKey|accesskey)=/i);
    expect(text).not.toMatch(/vaults\/secrets@/);
  });
});

describe('role assignments', () => {
  it('stand in one file', () => {
    expect(new Set(assignments.map(({ file }) => file))).toEqual(new Set(['bicep/modules/role-assignments.bicep']));
  });

  it.each(assignments.map((one) => [one.symbol, one] as const))('%s has a scope, a kind and a reason', (_, one) => {
    expect(scopeOf(one)).not.toBe('');
    expect(property(one.body, 'principalType')).toBeDefined();
    expect(property(one.body, 'description')?.length ?? 0).toBeGreaterThan(25);
  });

  it('use each role of the list, and no other', () => {
    const used = new Set(assignments.map(roleOf).filter((role) => role !== 'sendRoleId'));
    expect(new Set([...used, 'communicationServiceOwner'])).toEqual(new Set(Object.keys(roles)));
    expect(new Set(Object.values(roles)).size).toBe(Object.keys(roles).length);
    for (const id of Object.values(roles)) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  });

  it('give the owner of Service Bus data on the two send queues only', () => {
    const owned = assignments.filter((one) => roleOf(one) === 'serviceBusDataOwner');
    expect(owned.map(scopeOf)).toEqual(['sendQueues[index]']);
  });

  it('let whoever deploys do what the steps do: no message that waits can be taken', () => {
    const ofDeployer = assignments.filter(({ body }) => property(body, 'principalId') === 'deployerPrincipalId');
    expect(Object.fromEntries(ofDeployer.map((one) => [scopeOf(one), roleOf(one)]))).toEqual({
      switches: 'tableDataContributor',
      'smokeTestTables[index]': 'tableDataReader',
      'topics[0]': 'serviceBusDataSender',
      vault: 'keyVaultSecretsOfficer',
    });
    expect(variable('bicep/modules/service-bus.bicep', 'topicNames')[0]).toBe(ORDER_EVENTS);
  });

  it('are on single entities, but for exceptions', () => {
    const wide = assignments.filter((one) => WIDE.includes(scopeOf(one))).map(({ symbol }) => symbol);
    const allowed = exceptions.filter(({ rule }) => rule === 'Rights are on single entities.');
    expect(wide.toSorted()).toEqual(allowed.map(({ assignment }) => assignment).toSorted());
  });
});

describe('exceptions', () => {
  it.each(exceptions)('$assignment: its owner decides again before $expires', ({ assignment, why, owner, expires }) => {
    expect(assignments.map(({ symbol }) => symbol)).toContain(assignment);
    expect(why.length).toBeGreaterThan(20);
    expect(owner).not.toBe('');
    expect(new Date(`${expires}T23:59:59Z`).getTime(), `${assignment} has expired`).toBeGreaterThan(Date.now());
  });
});
