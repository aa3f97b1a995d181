import { app, type ServiceBusTopicFunctionOptions } from '@azure/functions';
import df from 'durable-functions';
import { NOTIFICATIONS, ORDER_EVENTS } from '../shared/entities.ts';
import { takeEvents } from '../shared/intake.ts';
import { publishedEvents } from '../shared/trigger-metadata.ts';
import { intake } from '../shared/wiring.ts';

/** `dataType` is missing from the package's own type; without it the host parses JSON and skips empty bodies. */
const options: ServiceBusTopicFunctionOptions<Buffer[]> & { dataType: 'binary' } = {
  connection: 'ServiceBus',
  topicName: ORDER_EVENTS,
  subscriptionName: NOTIFICATIONS,
  cardinality: 'many',
  dataType: 'binary',
  extraInputs: [df.input.durableClient()],
  handler: (bodies, context) =>
    takeEvents(publishedEvents(bodies, context.triggerMetadata ?? {}), intake(context, df.getClient(context))),
};

app.serviceBusTopic('order-events', options);
