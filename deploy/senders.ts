/** Who sends in a deployment, from the variables that the template is filled in with. */
import { SENDERS_SETTING } from '../shared/sender-settings.ts';
import type { Sender } from '../shared/senders.ts';
import type { Canaries } from './channels.ts';
import type { World } from './world.ts';

/** As the template puts them together. @throws Error when they cannot be read */
export function sendersOf(environment: World['environment']): readonly Sender[] {
  const list = (name: string): unknown[] => JSON.parse(environment[name] || '[]') as unknown[];
  const quota = list('NOTIFY_EMAIL_QUOTA');
  const own = environment['NOTIFY_CUSTOM_DOMAIN_VERIFIED'] === 'true';
  const names = list('NOTIFY_EMAIL_SENDER_NAMES') as { username: string }[];
  const email = own
    ? names.map(({ username }) => ({
        sender: `${username}@${environment['NOTIFY_CUSTOM_DOMAIN']}`,
        kind: 'custom-domain',
      }))
    : [{ sender: 'DoNotReply@managed.azurecomm.net', kind: 'azure-managed-domain' }];
  const setting = {
    sms: list('NOTIFY_SMS_SENDERS'),
    email: email.map((one) => (quota.length > 0 ? { ...one, quota } : one)),
  };
  return SENDERS_SETTING.parse(JSON.stringify(setting));
}

/** Those who can be written to: on a channel without a sender, nobody. */
export function reachable(canaries: Canaries, senders: readonly Sender[]): Canaries {
  const sends = (of: keyof Canaries): boolean => senders.some(({ channel }) => channel === of);
  return { sms: sends('sms') ? canaries.sms : [], email: sends('email') ? canaries.email : [] };
}
