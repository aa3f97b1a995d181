import rhea from 'rhea';

import { notImplemented } from './amqp-error.ts';
import type { SystemProperty } from './amqp-sections.ts';
import { plain } from './amqp-values.ts';
import type { RequestMap } from './management.ts';
import { mapOf } from './management.ts';
import { constantSqlFilter } from './rules.ts';
import type { PropertyValue, Rule } from './rules.ts';

/** Rules as `$management` writes them: maps in requests, described lists in answers. */

/** The filter's fields in the order of the described list. */
const fieldNames: readonly (readonly [wire: string, property: SystemProperty])[] = [
  ['correlation-id', 'correlationId'],
  ['message-id', 'messageId'],
  ['to', 'to'],
  ['reply-to', 'replyTo'],
  ['label', 'subject'],
  ['session-id', 'sessionId'],
  ['reply-to-session-id', 'replyToSessionId'],
  ['content-type', 'contentType'],
];

const descriptors = {
  rule: 0x1_3700_0000_04,
  emptyAction: 0x1_3700_0000_05,
  true: 0x13_7000_0007,
  false: 0x13_7000_0008,
  correlation: 0x13_7000_0009,
};

export function ruleFromRequest(name: string, description: RequestMap): Rule {
  const action = mapOf(description.get('sql-rule-action'));
  if (textOf(action, 'expression')) throw notImplemented('A SQL action');
  if (description.has('sql-filter')) {
    const filter = constantSqlFilter(textOf(mapOf(description.get('sql-filter')), 'expression') ?? '');
    if (!filter) throw notImplemented("A SQL filter other than '1=1' and '1=0'");
    return { name, filter };
  }
  if (!description.has('correlation-filter')) throw notImplemented('A rule without a filter that is known here');
  const fields = mapOf(description.get('correlation-filter'));
  const system: Partial<Record<SystemProperty, PropertyValue>> = {};
  for (const [wire, property] of fieldNames) {
    const text = textOf(fields, wire);
    if (text) system[property] = text;
  }
  const application: Record<string, PropertyValue> = {};
  for (const [key, typed] of mapOf(fields.get('properties'))) {
    const value = plain(typed);
    application[key] = value instanceof Date ? value.getTime() : (value as PropertyValue);
  }
  return { name, filter: { kind: 'correlation', system, application } };
}

function textOf(map: RequestMap, name: string): string | undefined {
  const value = map.get(name)?.value;
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function ruleForAnswer({ name, filter }: Rule): unknown {
  const fields =
    filter.kind === 'correlation'
      ? [...fieldNames.map(([, property]) => filter.system[property] ?? null), filter.application]
      : [];
  return described(descriptors.rule, [
    described(descriptors[filter.kind], fields),
    described(descriptors.emptyAction, []),
    name,
  ]);
}

function described(code: number, items: unknown[]): unknown {
  return rhea.types.wrap_described(items, code);
}
