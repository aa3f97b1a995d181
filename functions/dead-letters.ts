import { app, type ServiceBusQueueFunctionOptions, type ServiceBusTopicFunctionOptions } from '@azure/functions';
import { takeDeadLetter } from '../shared/dead-letters.ts';
import { NOTIFICATIONS, ORDER_EVENTS, RETRIED_EVENTS, SEND_QUEUES } from '../shared/entities.ts';
import { deadLetterOf } from '../shared/trigger-metadata.ts';
import { deadLetters } from '../shared/wiring.ts';

const DEAD_LETTERS = '$DeadLetterQueue';

/** The same for every dead-letter queue: `one` at a time, so that a letter that cannot be stored hinders no other. */
function handles(
  entity: string,
): Pick<ServiceBusQueueFunctionOptions<Buffer>, 'connection' | 'handler'> & { dataType: 'binary' } {
  return {
    connection: 'ServiceBus',
    dataType: 'binary',
    handler: (body, context) =>
      takeDeadLetter(deadLetterOf(entity, body, context.triggerMetadata ?? {}, new Date()), deadLetters(context)),
  };
}

const orderEvents: ServiceBusTopicFunctionOptions<Buffer> = {
  ...handles(`${ORDER_EVENTS}/${NOTIFICATIONS}`),
  topicName: ORDER_EVENTS,
  subscriptionName: `${NOTIFICATIONS}/${DEAD_LETTERS}`,
};
app.serviceBusTopic(`dead-letters-${ORDER_EVENTS}`, orderEvents);

for (const queue of [RETRIED_EVENTS, SEND_QUEUES.sms, SEND_QUEUES.email]) {
  const options: ServiceBusQueueFunctionOptions<Buffer> = {
    ...handles(queue),
    queueName: `${queue}/${DEAD_LETTERS}`,
  };
  app.serviceBusQueue(`dead-letters-${queue}`, options);
}
