import { describe, expect, it } from 'vitest';
import { emailProvider } from '../../shared/azure/email.ts';
import { smsProvider } from '../../shared/azure/sms.ts';
import type { Channel, Content } from '../../shared/delivery.ts';
import { startStub } from './azure/stub-provider.ts';
import { sendWorld } from './send-world.ts';

const NAME = 'Zoë Marker';
const TEXT = `${NAME}, your order 1042 is late: https://track.example.com/1042.`;
const ADDRESSES: Record<Channel, string> = { sms: '+4915112345678', email: 'zoe.marker@mail.example' };
const CONTENTS: Record<Channel, Content> = {
  sms: { channel: 'sms', text: TEXT, segments: 1 },
  email: { channel: 'email', subject: TEXT, html: `<p>${TEXT}</p>`, text: TEXT },
};
/** Whatever form they may take on their way back. */
const PERSONAL = /15112345678|zoe\.?marker|mail\.example|Zo(ë|\\u00eb)|Marker|is late|track\.example/i;

type Answer = { status: number; body: unknown; headers?: Record<string, string> };
type Request = { body: string; address: string };

/** An item of an SMS answer, or the error of a mail: both say the same. */
const about = ({ address }: Request, words: string) => ({
  to: address,
  httpStatusCode: 400,
  successful: false,
  messageId: address,
  errorMessage: words,
});

const ECHOES: [string, (request: Request) => Answer][] = [
  ['the whole request', ({ body }) => ({ status: 400, body })],
  [
    'the request in its message',
    ({ body }) => ({ status: 400, body: { error: { code: 'BadRequest', message: body } } }),
  ],
  [
    'the address as code, target and field',
    ({ address }) => ({
      status: 400,
      body: {
        error: { code: address, target: address, message: TEXT, innererror: { code: address.replace('+', '') } },
        errors: { [address]: [TEXT], [address.replace('+', 'To')]: [TEXT], To: [address, address.replace('+', '')] },
      },
    }),
  ],
  [
    'the number as a number',
    () => ({ status: 500, body: { value: [{ to: 4_915_112_345_678, text: [NAME, [TEXT]] }] } }),
  ],
  [
    'a page with the text',
    ({ address }) => ({
      status: 429,
      body: `<html><h1>${address}</h1><p>${TEXT}</p></html>`,
      headers: { 'content-type': 'text/html', 'retry-after': '5' },
    }),
  ],
  ['the address in its headers', ({ address }) => ({ status: 401, body: '', headers: { 'x-ms-error-code': address } })],
  ['an item about the recipient', (request) => ({ status: 202, body: { value: [about(request, TEXT)] } })],
  [
    'the address as its id',
    ({ address }) => ({ status: 202, body: { id: address, messageId: address, status: NAME } }),
  ],
];

describe.each(['sms', 'email'] as const)('a parked copy of an %s with an answer that repeats', (channel) => {
  it.each(ECHOES)('%s carries neither address nor name nor text', async (_, echo) => {
    const address = ADDRESSES[channel];
    let given: Answer | undefined;
    const { connectionString, requests } = await startStub((_request, response) => {
      given = echo({ body: requests.at(-1)!.body, address });
      const { status, body, headers } = given;
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
    const world = sendWorld({
      channel,
      plan: { address, content: CONTENTS[channel] },
      onCall: ({ port, operation }) => {
        if (given && port === 'deliveries' && operation === 'record') throw new Error('away');
      },
    });
    const provider =
      channel === 'sms'
        ? ({ channel, provider: smsProvider({ connectionString }) } as const)
        : ({ channel, provider: emailProvider({ connectionString }) } as const);
    Object.assign(world.dependencies, provider);

    await world.takeNext();
    expect(requests[0]?.body).toContain(address);
    expect(requests[0]?.body).toContain(NAME);
    expect(world.queue).toHaveLength(1);
    const [parked] = world.queue;
    expect(parked?.body).toMatchObject({ parked: 1, answer: { answer: { kind: 'answered', status: given?.status } } });
    expect(JSON.stringify([parked, world.entries])).not.toMatch(PERSONAL);
  });
});
