import { app } from '@azure/functions';
import { flushTelemetry } from '../shared/wiring.ts';

/** The instance goes: what is measured and not sent yet would go with it. */
app.hook.appTerminate(flushTelemetry);
