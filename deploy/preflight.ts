/** What has to be so before anything is deployed; changes nothing in Azure. */
import type { Sender } from '../shared/senders.ts';
import { capacityOf } from './capacity.ts';
import { type Finding, look, ok, stop } from './findings.ts';
import { sendersOf } from './senders.ts';
import { azJson, CommandFailed } from './shell.ts';
import { findingsOfVariables } from './variables.ts';
import type { World } from './world.ts';

export const PROVIDERS = [
  'Microsoft.AlertsManagement',
  'Microsoft.Communication',
  'Microsoft.Consumption',
  'Microsoft.EventGrid',
  'Microsoft.Insights',
  'Microsoft.KeyVault',
  'Microsoft.ManagedIdentity',
  'Microsoft.OperationalInsights',
  'Microsoft.ServiceBus',
  'Microsoft.Storage',
  'Microsoft.Web',
];

/** In this order; without a subscription the others have nothing to ask. */
export async function preflight(world: World): Promise<readonly Finding[]> {
  const subscription = await subscriptionOf(world);
  if (subscription.level === 'stop') return [subscription];
  const senders = readSenders(world);
  if ('level' in senders) return [subscription, senders];
  return [
    subscription,
    ...findingsOfVariables(world),
    ...(
      await Promise.all([
        lookedAt('Regions', regionOf(world)),
        lookedAt('Resource providers', providersOf(world)),
        lookedAt('Deleted vaults', vaultOf(world)),
        lookedAt('Numbers', numbersOf(senders, world)),
        lookedAt('The mail domain', domainOf(world)),
        lookedAt('The budget', budgetOf(world)),
      ])
    ).flat(),
    ...volumesOf(senders, world),
  ];
}

function readSenders({ environment }: World): readonly Sender[] | Finding {
  try {
    return sendersOf(environment);
  } catch (error) {
    return stop(`The app would not take the senders: ${error instanceof Error ? error.message : 'unknown'}`);
  }
}

/** What cannot be looked at stops nothing: Azure will say itself. */
async function lookedAt(what: string, findings: Promise<Finding | Finding[]>): Promise<Finding | Finding[]> {
  try {
    return await findings;
  } catch (error) {
    if (error instanceof CommandFailed) return look(`${what} could not be looked at: ${error.message}`);
    throw error;
  }
}

async function subscriptionOf({ shell, environment }: World): Promise<Finding> {
  try {
    const account = (await azJson(shell, 'reads', ['account', 'show'])) as { id: string; name: string; state: string };
    if (account.state !== 'Enabled') return stop(`The subscription ${account.name} is ${account.state}.`);
    const wanted = environment['AZURE_SUBSCRIPTION_ID'];
    return wanted && wanted !== account.id
      ? stop(`az is signed in to ${account.name}, azd deploys to ${wanted}: az account set --subscription ${wanted}`)
      : ok(`Subscription ${account.name}.`);
  } catch (error) {
    if (error instanceof CommandFailed) return stop(`${error.message} Sign in: az login`);
    throw error;
  }
}

async function regionOf({ shell, environment }: World): Promise<Finding> {
  const region = environment['AZURE_LOCATION'] ?? '';
  const list = ['functionapp', 'list-flexconsumption-locations', '--query', '[].name'];
  const regions = (await azJson(shell, 'reads', list)) as string[];
  return regions.includes(region)
    ? ok(`Flex Consumption is in ${region}.`)
    : stop(`Flex Consumption is not in "${region}": azd env set AZURE_LOCATION <one of ${regions.join(', ')}>`);
}

async function providersOf({ shell }: World): Promise<Finding[]> {
  const list = ['provider', 'list', '--query', "[?registrationState=='Registered'].namespace"];
  const registered = new Set(((await azJson(shell, 'reads', list)) as string[]).map((one) => one.toLowerCase()));
  const missing = PROVIDERS.filter((name) => !registered.has(name.toLowerCase()));
  if (missing.length === 0) return [ok('All resource providers are registered.')];
  return missing.map((name) =>
    stop(`${name} is not registered (changes): az provider register --namespace ${name} --wait`),
  );
}

type DeletedVault = { name: string; location: string; tags?: Readonly<Record<string, string>> | null };

/** A vault that was torn down keeps its name for 90 days: the template has to recover it. */
async function vaultOf(world: World): Promise<Finding> {
  const { shell, environment } = world;
  const query = '[].{name: name, location: properties.location, tags: properties.tags}';
  const list = ['keyvault', 'list-deleted', '--resource-type', 'vault', '--query', query];
  const deleted = ((await azJson(shell, 'reads', list)) as DeletedVault[]).find(
    ({ location, tags }) =>
      location === environment['AZURE_LOCATION'] &&
      tags?.['service'] === 'notifications' &&
      tags['azd-env-name'] === environment['AZURE_ENV_NAME'],
  );
  const mode = deleted === undefined ? 'default' : 'recover';
  if ((environment['NOTIFY_KEY_VAULT_CREATE_MODE'] || 'default') !== mode)
    await keep(world, 'NOTIFY_KEY_VAULT_CREATE_MODE', mode);
  return deleted === undefined
    ? ok('No deleted vault stands in the way.')
    : look(`The deleted vault ${deleted.name} is recovered.`);
}

/** Sets a variable of the azd environment, on this machine. */
async function keep({ shell, environment }: World, name: string, value: string): Promise<void> {
  const which = environment['AZURE_ENV_NAME'] ? ['--environment', environment['AZURE_ENV_NAME']] : [];
  await shell('changes', 'azd', ['env', 'set', name, value, ...which]);
}

type Budget = { properties: { timePeriod: { startDate: string } } };

/** Azure refuses a new budget that starts in a month that is over, and another start for one that is there. */
async function budgetOf(world: World): Promise<Finding> {
  const { environment, clock } = world;
  if (!Number(environment['NOTIFY_MONTHLY_BUDGET'] || '0'))
    return look('There is no budget: nobody is told what it costs.');
  if (environment['NOTIFY_BUDGET_START']) return ok(`The budget counts from ${environment['NOTIFY_BUDGET_START']}.`);
  const start = (await budgetsOf(world))[0]?.properties.timePeriod.startDate ?? clock.now().toISOString();
  const first = `${start.slice(0, 7)}-01`;
  await keep(world, 'NOTIFY_BUDGET_START', first);
  return ok(`The budget counts from ${first}.`);
}

async function budgetsOf({ shell, environment }: World): Promise<Budget[]> {
  const group = `resourceGroups/rg-notifications-${environment['AZURE_ENV_NAME']}`;
  const url = `https://management.azure.com/subscriptions/{subscriptionId}/${group}/providers/Microsoft.Consumption/budgets?api-version=2024-08-01`;
  try {
    return ((await azJson(shell, 'reads', ['rest', '--method', 'get', '--url', url])) as { value: Budget[] }).value;
  } catch (error) {
    if (error instanceof CommandFailed && /ResourceGroupNotFound/.test(error.message)) return [];
    throw error;
  }
}

type PhoneNumber = { phoneNumber: string; capabilities: { sms: string } };

async function numbersOf(senders: readonly Sender[], { shell, environment }: World): Promise<Finding[]> {
  const wanted = senders.filter(({ kind }) => kind === 'toll-free' || kind === 'long-code');
  const others = senders.filter(({ kind }) => kind === 'short-code' || kind === 'alphanumeric');
  const unseen = others.map(({ sender, kind }) =>
    look(`${sender} (${kind}) cannot be looked at from here: see in the portal that it may send.`),
  );
  const endpoint = environment['COMMUNICATION_ENDPOINT'];
  if (!endpoint)
    return [look('Numbers are looked at once the communication resource is there: run this again then.'), ...unseen];
  const get = ['rest', '--method', 'get', '--resource', 'https://communication.azure.com'];
  const url = `${endpoint.replace(/\/$/, '')}/phoneNumbers?api-version=2025-06-01`;
  const { phoneNumbers } = (await azJson(shell, 'reads', [...get, '--url', url])) as { phoneNumbers: PhoneNumber[] };
  const canSend = new Set(
    phoneNumbers
      .filter(({ capabilities }) => capabilities.sms.includes('outbound'))
      .map(({ phoneNumber }) => phoneNumber),
  );
  const names = new Set(wanted.map(({ sender }) => sender));
  return [
    ...wanted.map(({ sender }) =>
      canSend.has(sender)
        ? ok(`${sender} is ours and sends SMS.`)
        : stop(`${sender} is not ours, or has no SMS: buy it (costs) in the portal.`),
    ),
    ...phoneNumbers
      .filter(({ phoneNumber }) => !names.has(phoneNumber))
      .map(({ phoneNumber }) => look(`${phoneNumber} is paid for every month and sends nothing.`)),
    ...unseen,
  ];
}

type Domain = { properties: { verificationStates: Record<string, { status: string }> } };

async function domainOf({ shell, environment }: World): Promise<Finding> {
  const domain = environment['NOTIFY_CUSTOM_DOMAIN'];
  if (!domain) return look('Mails come from a domain that Azure manages: ten an hour at most.');
  const [group, service] = [environment['AZURE_RESOURCE_GROUP'], environment['EMAIL_SERVICE_NAME']];
  if (!group || !service) return look(`${domain} is looked at once the mail resource is there: run this again then.`);
  const path = `resourceGroups/${group}/providers/Microsoft.Communication/emailServices/${service}/domains/${domain}`;
  const url = `https://management.azure.com/subscriptions/{subscriptionId}/${path}?api-version=2025-09-01`;
  const { properties } = (await azJson(shell, 'reads', ['rest', '--method', 'get', '--url', url])) as Domain;
  const open = ['Domain', 'SPF', 'DKIM', 'DKIM2'].filter(
    (record) => properties.verificationStates[record]?.status !== 'Verified',
  );
  if (open.length === 0) return ok(`${domain} is verified.`);
  const wait = `${domain} is not verified: ${open.join(', ')}. The records stand in CUSTOM_DOMAIN_RECORDS (azd env get-values).`;
  return environment['NOTIFY_CUSTOM_DOMAIN_VERIFIED'] === 'true' ? stop(wait) : look(wait);
}

/** The caps of a day stand for what is expected of it. */
function volumesOf(senders: readonly Sender[], { environment }: World): Finding[] {
  const expected = { sms: environment['NOTIFY_SMS_PER_DAY'], email: environment['NOTIFY_EMAIL_PER_DAY'] };
  return (['sms', 'email'] as const).flatMap((channel): Finding[] => {
    const { aDay, limits } = capacityOf(channel, senders);
    const wanted = Number(expected[channel] ?? 0);
    if (limits.length === 0) return [look(`There is no sender for ${channel}: nothing is sent on it.`)];
    if (wanted > aDay)
      return [
        look(
          `${channel}: ${wanted} a day are expected, quotas let ${aDay} through (${limits.join('; ')}). Ask Azure support for more.`,
        ),
      ];
    return [ok(`${channel}: quotas let ${aDay} a day through (${limits.join('; ')}).`)];
  });
}
