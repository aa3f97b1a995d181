import { app } from '@azure/functions';
import { SEND_QUEUES } from '../shared/entities.ts';
import type { Copy } from '../shared/ports.ts';
import { sendCopy } from '../shared/send.ts';
import { sending } from '../shared/wiring.ts';

app.serviceBusQueue<Copy>('send-sms', {
  connection: 'ServiceBus',
  queueName: SEND_QUEUES.sms,
  handler: (copy, context) => sendCopy(copy, context.invocationId, sending('sms', context)),
});
