/** What people have set for a deployment, as far as it can be judged without Azure. */
import { SETTINGS } from '../shared/config.ts';
import { type Finding, look, ok, stop } from './findings.ts';
import type { World } from './world.ts';

export function findingsOfVariables({ environment }: Pick<World, 'environment'>): Finding[] {
  /** What is nobody's in dev is missing in prod. */
  const missing = environment['NOTIFY_STAGE'] === 'prod' ? stop : look;
  const name = SETTINGS.ENVIRONMENT.safeParse(environment['AZURE_ENV_NAME']);
  return [
    name.success
      ? ok(`The environment is named ${name.data}.`)
      : stop(
          'The app would not start: the name of the environment has to be up to 16 of a-z, 0-9 and -, a letter first.',
        ),
    (environment['NOTIFY_NETWORK_PROFILE'] || 'public') === 'public'
      ? ok('Network profile public: public endpoints, identities only.')
      : stop('Network profile private is not built; it needs Service Bus Premium, about 677 USD a month and unit.'),
    ...placeholdersIn(environment).map((what) => missing(`${what} is still that of the example.`)),
    environment['NOTIFY_RECIPIENT_LOGS'] === 'true'
      ? look('Platform logs will hold phone numbers and mail addresses, for seven days.')
      : ok('Platform logs hold no recipients.'),
    (environment['NOTIFY_ALERT_EMAILS'] || '[]') === '[]'
      ? missing(`Alerts and budget tell nobody: azd env set NOTIFY_ALERT_EMAILS '["ops@example.com"]'`)
      : ok('Alerts have somebody to tell.'),
    environment['NOTIFY_RUNBOOK_URL']?.startsWith('https:')
      ? ok('Alerts link the runbook.')
      : look('Alerts name the runbook, but link it nowhere: azd env set NOTIFY_RUNBOOK_URL https://…/docs/runbook.md'),
  ];
}

const placeholdersIn = (environment: World['environment']): string[] => [
  ...(/(^|[.,\s])example\.(com|net|org)\b/.test(environment['NOTIFY_LINK_HOSTS'] ?? '') ? ['linkHosts'] : []),
  ...(environment['NOTIFY_COST_CENTER'] === '0000' ? ['costCenter'] : []),
];
