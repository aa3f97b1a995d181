import { AmqpError } from './amqp-error.ts';
import type { Rule } from './rules.ts';

/** The rules of one subscription, which clients may change. */
export interface RuleSet {
  list(): readonly Rule[];
  add(rule: Rule): void;
  remove(name: string): void;
}

/** `changed` is told the whole list after every change. */
export function createRuleSet(initial: readonly Rule[], changed: (rules: readonly Rule[]) => void): RuleSet {
  let rules = [...initial];
  return {
    list: () => rules,
    add(rule) {
      if (rules.some(({ name }) => name === rule.name))
        throw new AmqpError('com.microsoft:entity-already-exists', `The rule '${rule.name}' exists already.`);
      rules = [...rules, rule];
      changed(rules);
    },
    remove(name) {
      if (!rules.some((rule) => rule.name === name))
        throw new AmqpError('amqp:not-found', `The messaging entity '${name}' could not be found.`);
      rules = rules.filter((rule) => rule.name !== name);
      changed(rules);
    },
  };
}
