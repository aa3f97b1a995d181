/** The steps of a deployment: `npm run deploy -- --help`. azd calls most of them by itself; see azure.yaml. */
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Command } from 'commander';
import { azdEnvironment } from './azd-environment.ts';
import { type Canaries, canariesIn, closeNewChannels, requireSwitches, servedNow } from './channels.ts';
import { connect } from './connections.ts';
import { deployed, requirePassed } from './deployed.ts';
import { evidenceOf, keepEvidence, leave, leftBy, type LeftWhatIf } from './evidence.ts';
import { ensureHashKey } from './hash-key.ts';
import { hashKeysOf } from './hash-keys.ts';
import { exportsOf, operatorSettings } from './operator-settings.ts';
import { packageApp } from './package.ts';
import { filledIn, type Parameters, type ParametersFile, variablesOf } from './parameters.ts';
import { preflight } from './preflight.ts';
import { principalOf } from './principal.ts';
import { ensureReportSubscription } from './report-subscription.ts';
import { reachable, sendersOf } from './senders.ts';
import { CommandFailed, processShell } from './shell.ts';
import { smokeTest, type SmokeResult } from './smoke-test.ts';
import { teardown } from './teardown.ts';
import { whatIf } from './what-if.ts';
import { outputOf, StepFailed, type World } from './world.ts';

const LEFT = '.local/deployment';
const MARKS = { ok: '✔', look: '!', stop: '✖' };
/** Azure restarts the app when its settings change; code that comes into that is lost. */
const RESTART = 30_000;
/** Steps that need to know nothing of Azure. */
const ON_THIS_MACHINE = ['select', 'package'];
const REPORTS_WITHIN = 15 * 60_000;

const say = (line: string): void => console.error(line);
const world: World = {
  shell: processShell(say),
  say,
  clock: { now: () => new Date(), monotonic: () => performance.now(), wait: (milliseconds) => wait(milliseconds) },
  environment: process.env,
};
const canaries = () => canariesIn(world.environment['NOTIFY_CANARIES'] ?? '');
const toBeTold = () => reachable(canaries(), sendersOf(world.environment));
const parametersIn = async (file: string): Promise<ParametersFile> =>
  JSON.parse(await readFile(`bicep/${file}`, 'utf8')) as ParametersFile;

/** What azd deploys with. Who deploys may be said in the shell, by somebody who only looks. */
async function parametersOf(): Promise<Parameters> {
  const { environment, shell } = world;
  const principal = environment['AZURE_PRINCIPAL_ID'] === undefined ? await principalOf(shell) : {};
  const template = await readFile('bicep/main.bicep', 'utf8');
  return filledIn(await parametersIn('main.parameters.json'), { ...environment, ...principal }, template);
}

/** @returns undefined when there is nobody to write to */
async function runSmokeTest(): Promise<SmokeResult | undefined> {
  const { publisher, subjects, deliveries, channelSwitches, close } = connect(world);
  const [linkHost = ''] = outputOf(world, 'LINK_HOSTS').split(',');
  const timing = { clock: world.clock, say, patience: REPORTS_WITHIN, pause: 5_000 };
  try {
    const wanted = toBeTold();
    const hashKeys = isNobody(wanted) ? [] : await hashKeysOf(world);
    const told = await servedNow(wanted, { channelSwitches, hashKeys }, world);
    if (!isNobody(told)) return await smokeTest(told, { publisher, subjects, deliveries, linkHost, ...timing });
    say('Nobody is written to: NOTIFY_CANARIES names nobody whom a sender reaches and a switch lets.');
    return undefined;
  } finally {
    await close();
  }
}

const isNobody = ({ sms, email }: Canaries): boolean => sms.length + email.length === 0;

const program = new Command('deploy')
  .description(
    'The steps of a deployment. Each command that it runs is shown with what it does: reads, changes, costs or destroys.',
  )
  .exitOverride()
  .hook('preAction', async (_, step) => {
    if (!ON_THIS_MACHINE.includes(step.name())) world.environment = await azdEnvironment(world.shell, process.env);
  });

program
  .command('select')
  .argument('<stage>', 'dev, test or prod')
  .description(
    'Sets the variables of the azd environment as bicep/main.parameters.<stage>.json says. Changes this machine only.',
  )
  .action(async (stage: string) => {
    const variables = variablesOf(
      await parametersIn('main.parameters.json'),
      await parametersIn(`main.parameters.${stage}.json`),
    );
    for (const [name, value] of variables) await world.shell('changes', 'azd', ['env', 'set', name, value]);
  });

program
  .command('preflight')
  .description('Whether a deployment would work. Reads only, but for variables of the azd environment.')
  .action(async () => {
    const findings = await preflight(world);
    for (const { level, what } of findings) say(`${MARKS[level]} ${what}`);
    if (findings.some(({ level }) => level === 'stop'))
      throw new StepFailed('Nothing was deployed: put right what is marked ✖.');
  });

program
  .command('what-if')
  .description('What a deployment would change. Reads only.')
  .option('--fail-on-change', 'ends with an error when something would change: Azure has drifted from the template')
  .action(async ({ failOnChange }: { failOnChange?: true }) => {
    const changes = await whatIf(world, await parametersOf());
    const at = world.clock.now().toISOString();
    const left: LeftWhatIf = { environment: outputOf(world, 'AZURE_ENV_NAME'), at, changes };
    await leave(LEFT, 'what-if', left);
    for (const { changeType, resourceId, paths } of changes)
      console.log(
        [`${changeType.padEnd(10)}  ${resourceId}`, ...paths.map((path) => `            ${path}`)].join('\n'),
      );
    say(`${changes.length} resources would change.`);
    if (failOnChange && changes.length > 0) throw new StepFailed('Azure is not as the template says.');
  });

program
  .command('package')
  .description('Puts what goes to Azure into .local/package. Changes this machine only.')
  .action(async () => packageApp('.', '.local/package'));

program
  .command('provisioned')
  .description(
    'After the template: makes the key for hashes and the switches of the channels, where there are none. Changes.',
  )
  .action(async () => {
    const served = canaries();
    await ensureHashKey(world);
    const { channelSwitches, close } = connect(world);
    const hashKeys = served.sms.length + served.email.length > 0 ? await hashKeysOf(world) : [];
    await closeNewChannels({ channelSwitches, canaries: served, hashKeys }, world);
    await close();
    await world.clock.wait(RESTART);
  });

program
  .command('ready')
  .description(
    'Before the code: whether each channel has its switch; without one it would serve everybody. Reads only.',
  )
  .action(async () => {
    const { channelSwitches, close } = connect(world);
    await requireSwitches(channelSwitches, world);
    await close();
  });

program
  .command('deployed')
  .description(
    'After the code: has reports brought to the app, writes to the canaries, keeps evidence. Changes; costs a message each.',
  )
  .action(async () => {
    await deployed({
      takeReports: () => ensureReportSubscription(world),
      smokeTest: runSmokeTest,
      keep: async (outcome) => {
        const whatIf = (await leftBy(LEFT, 'what-if')) as LeftWhatIf | undefined;
        const evidence = await evidenceOf(world, { parameters: await parametersOf(), whatIf, outcome });
        console.log(await keepEvidence('.local/evidence', evidence));
      },
    });
  });

program
  .command('smoke-test')
  .description('Sends to every canary and waits for the reports. Costs a message each.')
  .action(async () => {
    const result = await runSmokeTest();
    if (!result) return;
    console.log(JSON.stringify(result, null, 2));
    requirePassed(result);
  });

program
  .command('settings')
  .description(
    'Prints what `npm run notify` needs here, the key for hashes included: eval "$(npm run --silent deploy -- settings)". Reads only.',
  )
  .action(async () => {
    // The key would stay in the window.
    if (process.stdout.isTTY)
      throw new StepFailed('It prints the key for hashes: eval "$(npm run --silent deploy -- settings)"');
    console.log(exportsOf(await operatorSettings(world)));
  });

program
  .command('teardown')
  .description('Destroys everything of this environment.')
  .option('--destroy <environment>', 'its name, to say that you mean it')
  .action(async ({ destroy }: { destroy?: string }) => teardown(world, destroy));

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof StepFailed || error instanceof CommandFailed) say(error.message);
  else if (!(error instanceof Error && error.name === 'CommanderError')) throw error;
  const { exitCode = 1 } = error as { exitCode?: number };
  process.exitCode = exitCode;
}
