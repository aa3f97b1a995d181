/** Takes a deployment away. The vault stays recoverable for 90 days, numbers stay ours and cost until they are released. */
import { azJson } from './shell.ts';
import { outputOf, StepFailed, type World } from './world.ts';

/** @param confirmed the name of the environment, typed by whoever destroys it */
export async function teardown(world: World, confirmed: string | undefined): Promise<void> {
  const { shell, say, environment } = world;
  const name = outputOf(world, 'AZURE_ENV_NAME');
  if (confirmed !== name)
    throw new StepFailed(`This destroys everything in ${name}, rows and messages included. Say so: --destroy ${name}`);
  const group = outputOf(world, 'AZURE_RESOURCE_GROUP');
  const scope = `/subscriptions/${outputOf(world, 'AZURE_SUBSCRIPTION_ID')}/resourceGroups/${group}`;
  // A role that nobody could assign any more would stay in the tenant, and its name with it.
  const role = ['role', 'definition', 'list', '--custom-role-only', '--scope', scope];
  const query = `[?roleName=='Notification sender in ${group}'].name`;
  const [id] = (await azJson(shell, 'reads', [...role, '--query', query])) as string[];
  if (id !== undefined) {
    await shell('destroys', 'az', [
      'role',
      'assignment',
      'delete',
      '--role',
      id,
      '--scope',
      outputOf(world, 'COMMUNICATION_ID'),
    ]);
    await shell('destroys', 'az', ['role', 'definition', 'delete', '--name', id, '--scope', scope]);
  }
  await shell('destroys', 'azd', ['down', '--force', '--environment', name]);
  if (environment['NOTIFY_SMS_SENDERS'] && environment['NOTIFY_SMS_SENDERS'] !== '[]')
    say('Phone numbers went with the communication resource; look in the portal that none is left that costs.');
  say('The vault can be recovered for 90 days; the next deployment of this name does so by itself.');
}
