import { describe, expect, it } from 'vitest';
import { remembered } from '../../shared/remembered.ts';

describe('what is remembered', () => {
  it('is made once per key', () => {
    let made = 0;
    const numbered = remembered(10, (a: string, b: string) => `${a}${b}${(made += 1)}`);
    expect([numbered('a', 'b'), numbered('a', 'b'), numbered('ab', '')]).toEqual(['ab1', 'ab1', 'ab2']);
  });

  it('never grows beyond its limit, however many keys come', () => {
    const made: string[] = [];
    const value = remembered(2, (key: string) => made.push(key));
    for (const key of ['a', 'b', 'b', 'c', 'c', 'a']) value(key);
    expect(made).toEqual(['a', 'b', 'c', 'a']);
  });
});
