import { app } from '@azure/functions';
import { parseCopy } from '../shared/copy.ts';
import { SEND_QUEUES } from '../shared/entities.ts';
import { sendCopy } from '../shared/send.ts';
import { sending } from '../shared/wiring.ts';

app.serviceBusQueue('send-sms', {
  connection: 'ServiceBus',
  queueName: SEND_QUEUES.sms,
  handler: (body, context) => sendCopy(parseCopy(body), context.invocationId, sending('sms', context)),
});
