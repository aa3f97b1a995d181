import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ensureReportSubscription } from '../../deploy/report-subscription.ts';
import { CommandFailed } from '../../deploy/shell.ts';
import { fakeWorld, InTurn } from './world.ts';

const ENVIRONMENT = {
  AZURE_RESOURCE_GROUP: 'rg-notifications-dev',
  FUNCTION_APP_NAME: 'func-dev',
  REPORT_TOPIC_NAME: 'evgt-dev',
  DATA_STORAGE_NAME: 'stdata',
  UNDELIVERED_REPORTS_CONTAINER: 'undelivered-reports',
};

it('deploys the subscription once the function is there, the same every time', async () => {
  const notYet = new CommandFailed('az', 'ResourceNotFound');
  const world = fakeWorld(
    { 'az functionapp function show': new InTurn(notYet, notYet, 'func-dev/delivery-reports') },
    ENVIRONMENT,
  );
  await ensureReportSubscription(world);
  await ensureReportSubscription(world);
  const [first, second, ...others] = world.commands.filter((line) => line.startsWith('changes'));
  expect(second).toBe(first);
  expect(others).toEqual([]);
  expect(world.clock.monotonic()).toBe(30_000);
});

it('gives every parameter of its template', async () => {
  const world = fakeWorld({}, ENVIRONMENT);
  await ensureReportSubscription(world);
  const template = readFileSync('bicep/delivery-reports.bicep', 'utf8');
  const declared = [...template.matchAll(/^param (\w+)/gm)].map(([, name]) => name);
  const given = [...world.commands.at(-1)!.matchAll(/ (\w+)=/g)].map(([, name]) => name);
  expect(new Set(given)).toEqual(new Set(declared));
});

it('deploys nothing while the function is missing', async () => {
  const world = fakeWorld({ 'az functionapp function show': new CommandFailed('az', 'ResourceNotFound') }, ENVIRONMENT);
  await expect(ensureReportSubscription(world)).rejects.toThrow('ResourceNotFound');
  expect(world.commands.filter((line) => !line.startsWith('reads'))).toEqual([]);
});

it('says what is missing when nothing was provisioned', async () => {
  await expect(ensureReportSubscription(fakeWorld())).rejects.toThrow('AZURE_RESOURCE_GROUP is not known');
});
