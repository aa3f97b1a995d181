import { app } from '@azure/functions';
import { sweep } from '../shared/housekeeping.ts';
import { housekeeping } from '../shared/wiring.ts';

app.timer('housekeeping', {
  schedule: '%HOUSEKEEPING_SCHEDULE%',
  handler: (_timer, context) => sweep(housekeeping(context)),
});
