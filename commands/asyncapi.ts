/** The events as an AsyncAPI 3 document, for publishers who generate code or a catalogue from it. */
import { EVENT_TOPICS } from '../shared/entities.ts';
import { EVENT_TYPES, type EventType, FAMILIES, type Family, familyOf } from '../shared/events.ts';

const CONTENT_TYPE = 'application/cloudevents+json';

/** @param schemaOf JSON Schema of a whole event, envelope and data */
export function asyncApiDocument(schemaOf: (type: EventType) => Record<string, unknown>): object {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Order and appointment events',
      version: '1.0.0',
      description:
        'What happened to orders and appointments, as CloudEvents 1.0 in structured JSON. Customers are told by SMS and email. A version may gain optional fields and never loses or changes one.',
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
    channels: Object.fromEntries(
      FAMILIES.map((family) => [
        `${family}Events`,
        {
          address: EVENT_TOPICS[family],
          title: `${capitalized(family)} events`,
          description: 'A topic: publishers send, this system takes.',
          servers: [{ $ref: '#/servers/serviceBus' }],
          messages: entries(typesOf(family), (type) => ({ $ref: `#/components/messages/${type}` })),
        },
      ]),
    ),
    operations: Object.fromEntries(
      FAMILIES.map((family) => [
        `take${capitalized(family)}Events`,
        {
          action: 'receive',
          summary: 'Records the event and tells the customer.',
          channel: { $ref: `#/channels/${family}Events` },
          messages: typesOf(family).map((type) => ({ $ref: `#/channels/${family}Events/messages/${type}` })),
        },
      ]),
    ),
    components: {
      messages: entries(EVENT_TYPES, (type) => ({
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

const typesOf = (family: Family): EventType[] => EVENT_TYPES.filter((type) => familyOf(type) === family);

const capitalized = (word: string): string => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`;

const entries = (types: readonly EventType[], of: (type: EventType) => object): Record<string, object> =>
  Object.fromEntries(types.map((type) => [type, of(type)]));
