import { app, type ServiceBusQueueFunctionOptions } from '@azure/functions';
import df from 'durable-functions';
import { RETRIED_EVENTS } from '../shared/entities.ts';
import { takeEvents } from '../shared/intake.ts';
import { parkedEvents } from '../shared/trigger-metadata.ts';
import { intake } from '../shared/wiring.ts';

const options: ServiceBusQueueFunctionOptions<Buffer[]> & { dataType: 'binary' } = {
  connection: 'ServiceBus',
  queueName: RETRIED_EVENTS,
  cardinality: 'many',
  dataType: 'binary',
  extraInputs: [df.input.durableClient()],
  handler: (bodies, context) =>
    takeEvents(parkedEvents(bodies, context.triggerMetadata ?? {}), intake(context, df.getClient(context))),
};

app.serviceBusQueue('retried-events', options);
