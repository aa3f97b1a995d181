import { AsyncLocalStorage } from 'node:async_hooks';
import { SmsClient } from '@azure/communication-sms';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';
import type { TokenCredential } from '@azure/identity';
import type { AttemptId } from '../delivery-id.ts';
import type { Provider } from '../ports.ts';
import { type CommunicationServicesSettings, connectionOf, oneCall, oneCallOptions } from './one-call.ts';

type Identity = { attempt: AttemptId; firstSent: Date };

const identities = new AsyncLocalStorage<Identity>();

type SmsBody = { smsRecipients: Record<string, unknown>[] };

/** The client draws a new id for each call; ours takes its place before the body is signed. */
const ownIdentity: PipelinePolicy = {
  name: 'ownIdentity',
  sendRequest(request, next) {
    const identity = identities.getStore();
    if (!identity || typeof request.body !== 'string') throw new Error('an SMS is only sent with an identity of ours');
    const body = JSON.parse(request.body) as SmsBody;
    for (const recipient of body.smsRecipients) {
      recipient['repeatabilityRequestId'] = identity.attempt;
      recipient['repeatabilityFirstSent'] = identity.firstSent.toUTCString();
    }
    request.body = JSON.stringify(body);
    return next(request);
  },
};

/** @throws on settings that cannot be used, without repeating them */
export function smsProvider(settings: CommunicationServicesSettings): Provider {
  const connection = connectionOf(settings);
  const options = oneCallOptions(connection, [{ policy: ownIdentity, position: 'perCall' }]);
  // The constructor takes either kind of credential, but has no overload for the two together.
  const client = new SmsClient(connection.endpoint, connection.credential as TokenCredential, options);
  return {
    async send({ attempt, firstSent, sender, address, content, tag }, timeout) {
      if (content.channel !== 'sms') return { kind: 'not-reached', code: 'not-an-sms' };
      return identities.run({ attempt, firstSent }, () =>
        oneCall(timeout, (abortSignal) =>
          client.send(
            { from: sender, to: [address], message: content.text },
            { enableDeliveryReport: true, tag, abortSignal },
          ),
        ),
      );
    },
  };
}
