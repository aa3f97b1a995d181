import { ConfigurationError } from '../configuration-error.ts';

export interface Route {
  /** The values of the route parameters when the path (no leading slash, still percent-encoded) matches. */
  match(path: string): Record<string, string> | undefined;
  /** Compares segment by segment: the smaller text is the more specific template. */
  precedence: string;
}

interface Parameter {
  name: string;
  optional: boolean;
  fallback: string | undefined;
  catchAll: boolean;
  accepts: ((value: string) => boolean)[];
}

type Segment = { literal: string } | { pattern: RegExp; parameters: Parameter[] };

const whole = /^[+-]?\d+$/;
const between = (value: number, low: number, high: number): boolean => value >= low && value <= high;

const constraints: Record<string, (...args: string[]) => (value: string) => boolean> = {
  int: () => (value) => whole.test(value) && between(Number(value), -(2 ** 31), 2 ** 31 - 1),
  long: () => (value) => whole.test(value),
  decimal: () => (value) => /^[+-]?(\d+\.?\d*|\.\d+)$/.test(value),
  double: () => (value) => value.trim() !== '' && Number.isFinite(Number(value)),
  float: () => (value) => value.trim() !== '' && Number.isFinite(Number(value)),
  bool: () => (value) => /^(true|false)$/i.test(value),
  datetime: () => (value) => !Number.isNaN(Date.parse(value)),
  guid: () => (value) => /^\{?[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i.test(value),
  alpha: () => (value) => /^[a-z]*$/i.test(value),
  length: (low, high) => (value) => between(value.length, Number(low), Number(high ?? low)),
  minlength: (low) => (value) => value.length >= Number(low),
  maxlength: (high) => (value) => value.length <= Number(high),
  min: (low) => (value) => whole.test(value) && Number(value) >= Number(low),
  max: (high) => (value) => whole.test(value) && Number(value) <= Number(high),
  range: (low, high) => (value) => whole.test(value) && between(Number(value), Number(low), Number(high)),
  required: () => (value) => value !== '',
  regex: (...pattern) => {
    const expression = new RegExp(pattern.join(','), 'i');
    return (value) => expression.test(value);
  },
};

/** Splits at a character outside of brackets of any kind, because a regex constraint may hold any of them. */
function splitOutside(text: string, separator: string): string[] {
  const parts = [''];
  let depth = 0;
  for (const character of text) {
    if ('{(['.includes(character)) depth += 1;
    if ('})]'.includes(character)) depth -= 1;
    if (character === separator && depth === 0) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts;
}

function parseParameter(text: string, template: string): Parameter {
  const catchAll = text.startsWith('*');
  const optional = text.endsWith('?');
  const [nameWithFallback = '', ...ruleTexts] = splitOutside(text.replace(/^\*{1,2}/, '').replace(/\?$/, ''), ':');
  const [name = '', fallback] = nameWithFallback.split('=');
  if (!/^\w+$/.test(name)) throw new ConfigurationError(`route "${template}": "{${text}}" is no legal parameter.`);
  const accepts = ruleTexts.map((rule) => {
    const [, ruleName = '', args] = /^(\w+)(?:\((.*)\))?$/s.exec(rule) ?? [];
    const constraint = constraints[ruleName.toLowerCase()];
    if (!constraint) throw new ConfigurationError(`route "${template}": the constraint "${rule}" is unknown.`);
    const unescaped = args?.replaceAll('{{', '{').replaceAll('}}', '}');
    return constraint(...(unescaped === undefined ? [] : unescaped.split(',')));
  });
  return { name, optional, fallback, catchAll, accepts };
}

const escapeForPattern = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);

function parseSegment(text: string, template: string): Segment {
  const parts = splitParts(text, template);
  if (parts.every((part) => typeof part === 'string')) return { literal: parts.join('').toLowerCase() };
  const parameters = parts.filter((part) => typeof part !== 'string');
  const pattern = parts.map((part) => (typeof part === 'string' ? escapeForPattern(part) : '(.+)')).join('');
  return { pattern: new RegExp(`^${pattern}$`, 'is'), parameters };
}

function closingBrace(text: string, open: number): number {
  let depth = 0;
  for (let index = open; index < text.length; index += 1) {
    if (text[index] === '{') depth += 1;
    if (text[index] === '}') depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}

function splitParts(text: string, template: string): (string | Parameter)[] {
  const parts: (string | Parameter)[] = [];
  let rest = text;
  while (rest !== '') {
    const open = rest.indexOf('{');
    if (open === -1) return [...parts, rest];
    if (open > 0) parts.push(rest.slice(0, open));
    const close = closingBrace(rest, open);
    if (close === -1) throw new ConfigurationError(`route "${template}": a "{" is never closed.`);
    parts.push(parseParameter(rest.slice(open + 1, close), template));
    rest = rest.slice(close + 1);
  }
  return parts;
}

/** 1 literal, 2 constrained, 3 parameter, 4 and 5 the same for a catch-all. */
function rank(segment: Segment): string {
  if ('literal' in segment) return '1';
  const constrained = segment.parameters.some((parameter) => parameter.accepts.length > 0);
  if (segment.parameters.some((parameter) => parameter.catchAll)) return constrained ? '4' : '5';
  return constrained ? '2' : '3';
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    // A stray "%" stays as it is.
    return segment;
  }
}

/** An ASP.NET route template: literals, `{x}`, `{x?}`, `{x=value}`, `{x:int}`, `{x:regex(…)}`, `a{x}b`, `{*rest}`; letter case is ignored. */
export function parseRoute(template: string): Route {
  const segments = splitOutside(template.replace(/^\/|\/$/g, ''), '/')
    .filter((text) => text !== '')
    .map((text) => parseSegment(text, template));

  return {
    precedence: segments.map(rank).join(''),
    match: (path) => {
      const trimmed = path.replace(/^\/|\/$/g, '');
      const values = trimmed === '' ? [] : trimmed.split('/');
      const parameters: Record<string, string> = {};
      for (const [index, segment] of segments.entries()) {
        const value = values[index];
        if ('literal' in segment) {
          if (value === undefined || decode(value).toLowerCase() !== segment.literal) return undefined;
          continue;
        }
        const [only] = segment.parameters;
        if (only?.catchAll) {
          const rest = values.slice(index).map(decode).join('/');
          if (!only.accepts.every((accept) => accept(rest))) return undefined;
          if (rest !== '') parameters[only.name] = rest;
          return parameters;
        }
        if (value === undefined) {
          if (!only?.optional && only?.fallback === undefined) return undefined;
          if (only.fallback !== undefined) parameters[only.name] = only.fallback;
          continue;
        }
        const found = segment.pattern.exec(decode(value));
        if (!found) return undefined;
        for (const [position, parameter] of segment.parameters.entries()) {
          const text = found[position + 1] ?? '';
          if (!parameter.accepts.every((accept) => accept(text))) return undefined;
          parameters[parameter.name] = text;
        }
      }
      return values.length > segments.length ? undefined : parameters;
    },
  };
}
