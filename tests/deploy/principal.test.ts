import { expect, it } from 'vitest';
import { principalOf } from '../../deploy/principal.ts';
import { fakeWorld } from './world.ts';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = `${part({ alg: 'RS256' })}.${part({ oid: 'object-1' })}.signature`;

it.each([
  ['user', 'User'],
  ['servicePrincipal', 'ServicePrincipal'],
])('is named as azd names a %s, and its token is said to nobody', async (type, expected) => {
  const world = fakeWorld({ 'az account show': type, 'az account get-access-token': token });
  expect(await principalOf(world.shell)).toEqual({ AZURE_PRINCIPAL_ID: 'object-1', AZURE_PRINCIPAL_TYPE: expected });
  expect([...world.commands, ...world.said].join()).not.toContain(token);
});
