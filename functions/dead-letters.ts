import { app, type ServiceBusQueueFunctionOptions, type ServiceBusTopicFunctionOptions } from '@azure/functions';
import { takeDeadLetter } from '../shared/dead-letters.ts';
import { EVENT_TOPICS, NOTIFICATIONS, RETRIED_EVENTS, SEND_QUEUES } from '../shared/entities.ts';
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

for (const topic of Object.values(EVENT_TOPICS)) {
  const options: ServiceBusTopicFunctionOptions<Buffer> = {
    ...handles(`${topic}/${NOTIFICATIONS}`),
    topicName: topic,
    subscriptionName: `${NOTIFICATIONS}/${DEAD_LETTERS}`,
  };
  app.serviceBusTopic(`dead-letters-${topic}`, options);
}

for (const queue of [RETRIED_EVENTS, SEND_QUEUES.sms, SEND_QUEUES.email]) {
  const options: ServiceBusQueueFunctionOptions<Buffer> = {
    ...handles(queue),
    queueName: `${queue}/${DEAD_LETTERS}`,
  };
  app.serviceBusQueue(`dead-letters-${queue}`, options);
}
