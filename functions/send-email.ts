import { app } from '@azure/functions';
import { SEND_QUEUES } from '../shared/entities.ts';
import type { Copy } from '../shared/ports.ts';
import { sendCopy } from '../shared/send.ts';
import { sending } from '../shared/wiring.ts';

app.serviceBusQueue<Copy>('send-email', {
  connection: 'ServiceBus',
  queueName: SEND_QUEUES.email,
  handler: (copy, context) => sendCopy(copy, context.invocationId, sending('email', context)),
});
