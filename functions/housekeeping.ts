import { app } from '@azure/functions';
import { sweep } from '../shared/housekeeping.ts';
import { purgeOld } from '../shared/retention.ts';
import { housekeeping } from '../shared/wiring.ts';

app.timer('housekeeping', {
  schedule: '%HOUSEKEEPING_SCHEDULE%',
  handler: async (_timer, context) => {
    const dependencies = housekeeping(context);
    await sweep(dependencies);
    await purgeOld(dependencies);
  },
});
