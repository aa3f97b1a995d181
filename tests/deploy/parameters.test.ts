import { describe, expect, it } from 'vitest';
import dev from '../../bicep/main.parameters.dev.json' with { type: 'json' };
import main from '../../bicep/main.parameters.json' with { type: 'json' };
import prod from '../../bicep/main.parameters.prod.json' with { type: 'json' };
import test from '../../bicep/main.parameters.test.json' with { type: 'json' };
import { filledIn, variablesOf } from '../../deploy/parameters.ts';

describe('the parameters that azd fills in', () => {
  it.each(Object.entries({ dev, test, prod }))('are those of the file of %s, once it is selected', (_, stage) => {
    const variables = variablesOf(main, stage);
    const environment = { ...Object.fromEntries(variables), AZURE_ENV_NAME: stage.parameters.environmentName.value };
    expect(filledIn(main, environment)).toEqual(stage.parameters);
  });

  it('leave to the template what nobody has set', () => {
    expect(filledIn(main, { AZURE_ENV_NAME: 'dev', NOTIFY_ALERTS_ENABLED: 'false' })).toEqual({
      environmentName: { value: 'dev' },
      alertsEnabled: { value: false },
    });
  });

  it('keep a text that only looks like JSON', () => {
    expect(filledIn(main, { NOTIFY_OWNER: '[the team]' })).toEqual({ owner: { value: '[the team]' } });
  });

  it('leave the name of the environment to azd', () => {
    expect([...variablesOf(main, dev).keys()]).not.toContain('AZURE_ENV_NAME');
  });
});
