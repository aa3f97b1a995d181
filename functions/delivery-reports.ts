import { app } from '@azure/functions';
import { takeReport } from '../shared/take-report.ts';
import { reports } from '../shared/wiring.ts';

app.eventGrid('delivery-reports', {
  handler: (event, context) => takeReport(event, reports(context)),
});
