import { app } from '@azure/functions';
import df from 'durable-functions';
import { sweep } from '../shared/housekeeping.ts';
import { purgeOld } from '../shared/retention.ts';
import { tellStanding } from '../shared/standing.ts';
import { housekeeping, standing } from '../shared/wiring.ts';

app.timer('housekeeping', {
  schedule: '%HOUSEKEEPING_SCHEDULE%',
  extraInputs: [df.input.durableClient()],
  handler: async (_timer, context) => {
    const dependencies = housekeeping(context, df.getClient(context));
    const looking = standing(context);
    try {
      await sweep(dependencies);
      await purgeOld(dependencies);
    } finally {
      if (looking) await tellStanding(looking);
    }
  },
});
