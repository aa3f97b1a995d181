import { describe, expect, it } from 'vitest';
import dev from '../../bicep/main.parameters.dev.json' with { type: 'json' };
import main from '../../bicep/main.parameters.json' with { type: 'json' };
import prod from '../../bicep/main.parameters.prod.json' with { type: 'json' };
import test from '../../bicep/main.parameters.test.json' with { type: 'json' };
import { filledIn as filled, variablesOf } from '../../deploy/parameters.ts';
import { bicep } from '../bicep/files.ts';

const filledIn = (file: typeof main, environment: Record<string, string>) =>
  filled(file, environment, bicep('bicep/main.bicep'));

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

  it('are of the type that the template declares, whatever they look like', () => {
    const environment = {
      NOTIFY_OWNER: '[the team]',
      NOTIFY_COST_CENTER: '4711',
      NOTIFY_RETENTION_DAYS: '30',
      NOTIFY_PUBLISHER_PRINCIPAL_IDS: '["id-1"]',
    };
    expect(filledIn(main, environment)).toEqual({
      owner: { value: '[the team]' },
      costCenter: { value: '4711' },
      retentionDays: { value: 30 },
      publisherPrincipalIds: { value: ['id-1'] },
    });
  });

  it('leave to the template a number or list whose variable is empty, and take an empty text', () => {
    expect(filledIn(main, { NOTIFY_SMS_PER_DAY: '', NOTIFY_ALERT_EMAILS: '', NOTIFY_CUSTOM_DOMAIN: '' })).toEqual({
      customDomain: { value: '' },
    });
  });

  it('leave the name of the environment to azd', () => {
    expect([...variablesOf(main, dev).keys()]).not.toContain('AZURE_ENV_NAME');
  });
});
