import { z } from 'zod';

import type { SystemProperty } from './amqp-sections.ts';

/** Rules of a subscription: a message is taken when at least one of them matches. */

export type PropertyValue = string | number | boolean;

export type Filter =
  | { readonly kind: 'true' }
  | { readonly kind: 'false' }
  | {
      readonly kind: 'correlation';
      readonly system: Readonly<Partial<Record<SystemProperty, PropertyValue>>>;
      readonly application: Readonly<Record<string, PropertyValue>>;
    };

export interface Rule {
  readonly name: string;
  readonly filter: Filter;
}

export interface RuleSubject {
  readonly system: Partial<Record<SystemProperty, unknown>>;
  readonly application: ReadonlyMap<string, unknown>;
}

export const trueRule: Rule = { name: '$Default', filter: { kind: 'true' } };

/** All fields of a correlation filter must be equal, values case-sensitive. */
export function matches(filter: Filter, subject: RuleSubject): boolean {
  if (filter.kind !== 'correlation') return filter.kind === 'true';
  return (
    Object.entries(filter.system).every(([name, wanted]) => equal(subject.system[name as SystemProperty], wanted)) &&
    Object.entries(filter.application).every(([name, wanted]) => equal(subject.application.get(name), wanted))
  );
}

function equal(found: unknown, wanted: PropertyValue): boolean {
  return (found instanceof Date ? found.getTime() : found) === wanted;
}

/** `1=1` and `1=0` are the only SQL filters that need no interpreter. */
export function constantSqlFilter(expression: string): Filter | undefined {
  const bare = expression.replaceAll(/\s/g, '');
  if (bare === '1=1') return { kind: 'true' };
  return bare === '1=0' ? { kind: 'false' } : undefined;
}

const correlationFields = {
  ContentType: 'contentType',
  CorrelationId: 'correlationId',
  Label: 'subject',
  MessageId: 'messageId',
  ReplyTo: 'replyTo',
  ReplyToSessionId: 'replyToSessionId',
  SessionId: 'sessionId',
  To: 'to',
} as const;

const text = z.string().optional();
const correlation = z.strictObject({
  ContentType: text,
  CorrelationId: text,
  Label: text,
  MessageId: text,
  ReplyTo: text,
  ReplyToSessionId: text,
  SessionId: text,
  To: text,
  Properties: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
});

/** A rule as `Config.json` writes it. */
export const ruleSchema = z
  .strictObject({
    Name: z.string().min(1),
    Properties: z.strictObject({
      FilterType: z.enum(['Correlation', 'Sql']),
      CorrelationFilter: correlation.optional(),
      SqlFilter: z.strictObject({ SqlExpression: z.string() }).optional(),
      Action: z.strictObject({ SqlExpression: z.string().optional() }).optional(),
    }),
  })
  .transform(({ Name, Properties }, context): Rule => {
    const refuse = (message: string): never => {
      context.addIssue({ code: 'custom', path: ['Properties'], message });
      return z.NEVER;
    };
    if (Properties.Action?.SqlExpression) return refuse('SQL actions are not supported by this stand-in');
    if (Properties.FilterType === 'Sql') {
      const filter = constantSqlFilter(Properties.SqlFilter?.SqlExpression ?? '');
      return filter
        ? { name: Name, filter }
        : refuse("SQL filters other than '1=1' and '1=0' are not supported by this stand-in: use a correlation filter");
    }
    const { Properties: application, ...fields } = Properties.CorrelationFilter ?? { Properties: {} };
    const system: Partial<Record<SystemProperty, PropertyValue>> = {};
    for (const [key, value] of Object.entries(fields))
      if (value) system[correlationFields[key as keyof typeof correlationFields]] = value;
    if (Object.keys(system).length + Object.keys(application).length === 0)
      return refuse('a correlation filter needs at least one field');
    return { name: Name, filter: { kind: 'correlation', system, application } };
  });
