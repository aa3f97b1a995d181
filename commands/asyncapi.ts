/** The events as an AsyncAPI 3 document, for publishers who generate code or a catalogue from it. */
import { ORDER_EVENTS } from '../shared/entities.ts';
import { EVENT_TYPES, type EventType } from '../shared/events.ts';

const CONTENT_TYPE = 'application/cloudevents+json';

/** @param schemaOf JSON Schema of a whole event, envelope and data */
export function asyncApiDocument(schemaOf: (type: EventType) => Record<string, unknown>): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Order events',
      version: '1.0.0',
      description:
        'What happened to orders, as CloudEvents 1.0 in structured JSON. Customers are told by SMS and email. A version may gain optional fields and never loses or changes one.',
      license: { name: 'MIT' },
    },
    defaultContentType: CONTENT_TYPE,
    servers: {
      serviceBus: {
        host: '{namespace}.servicebus.windows.net',
        protocol: 'amqps',
        description: 'An Azure Service Bus namespace, AMQP 1.0.',
        variables: { namespace: { description: 'Name of the namespace.' } },
      },
    },
    channels: {
      orderEvents: {
        address: ORDER_EVENTS,
        title: 'Order events',
        description: 'A topic: publishers send, this system takes.',
        servers: [{ $ref: '#/servers/serviceBus' }],
        messages: entries((type) => ({ $ref: `#/components/messages/${type}` })),
      },
    },
    operations: {
      takeOrderEvents: {
        action: 'receive',
        summary: 'Records the event and tells the customer.',
        channel: { $ref: '#/channels/orderEvents' },
        messages: EVENT_TYPES.map((type) => ({ $ref: `#/channels/orderEvents/messages/${type}` })),
      },
    },
    components: {
      messages: entries((type) => ({
        name: type,
        title: `${type}, version 1`,
        contentType: CONTENT_TYPE,
        payload: payloadOf(schemaOf(type)),
      })),
    },
  };
}

/** Without `$schema` and `$id`, which would give the references in the document another base. */
function payloadOf({ $schema: _schema, $id: _id, ...schema }: Record<string, unknown>): Record<string, unknown> {
  return schema;
}

const entries = (of: (type: EventType) => object): Record<string, object> =>
  Object.fromEntries(EVENT_TYPES.map((type) => [type, of(type)]));
