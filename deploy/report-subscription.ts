/** The subscription that brings delivery reports to the app: made once the function is there. */
import { patiently } from './patience.ts';
import { azJson, CommandFailed } from './shell.ts';
import { outputOf, type World } from './world.ts';

const FUNCTION = 'delivery-reports';

/** Safe to repeat: the same deployment again changes nothing. */
export async function ensureReportSubscription(world: World): Promise<void> {
  const { shell, say } = world;
  const group = ['--resource-group', outputOf(world, 'AZURE_RESOURCE_GROUP')];
  const app = outputOf(world, 'FUNCTION_APP_NAME');
  const show = ['functionapp', 'function', 'show', ...group, '--name', app, '--function-name', FUNCTION];
  await patiently(
    'Finding the function',
    () => azJson(shell, 'reads', [...show, '--query', 'name']),
    (error) => error instanceof CommandFailed,
    world,
  );
  await shell('changes', 'az', [
    'deployment',
    'group',
    'create',
    ...group,
    '--name',
    FUNCTION,
    '--template-file',
    'bicep/delivery-reports.bicep',
    '--parameters',
    `topicName=${outputOf(world, 'REPORT_TOPIC_NAME')}`,
    `functionAppName=${app}`,
    `deadLetterAccountName=${outputOf(world, 'DATA_STORAGE_NAME')}`,
    `deadLetterContainerName=${outputOf(world, 'UNDELIVERED_REPORTS_CONTAINER')}`,
    '--output',
    'none',
  ]);
  say('Delivery reports go to the app.');
}
