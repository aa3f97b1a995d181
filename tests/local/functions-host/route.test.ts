import { describe, expect, it } from 'vitest';
import { parseRoute } from '../../../local/functions-host/http/route.ts';

describe('a route template', () => {
  it.each([
    ['api/orders', '/api/orders', {}],
    ['api/orders', '/API/Orders/', {}],
    ['api/orders', '/api/orders/1', undefined],
    ['', '/', {}],
    ['a/{x}', '/a/b%20c', { x: 'b c' }],
    ['a/{x}', '/a', undefined],
    ['a/{x?}', '/a', {}],
    ['a/{x=1}', '/a', { x: '1' }],
    ['a/{x:int}', '/a/-12', { x: '-12' }],
    ['a/{x:int}', '/a/12a', undefined],
    ['a/{x:int}', '/a/2147483648', undefined],
    ['a/{x:long}', '/a/2147483648', { x: '2147483648' }],
    ['a/{x:int:min(5)?}', '/a/4', undefined],
    ['a/{x:int:min(5)?}', '/a', {}],
    ['a/{x:guid}', '/a/0af76519-16cd-43dd-8448-eb211c80319c', { x: '0af76519-16cd-43dd-8448-eb211c80319c' }],
    ['a/{x:guid}', '/a/nope', undefined],
    ['a/{x:alpha:length(2,3)}', '/a/abcd', undefined],
    ['a/{x:range(1,3)}', '/a/3', { x: '3' }],
    [String.raw`a/{x:regex(^\d{{2}}/?$)}`, '/a/12', { x: '12' }],
    [String.raw`a/{x:regex(^\d{{2}}/?$)}`, '/a/123', undefined],
    ['a/{*rest}', '/a/b/c%2Fd', { rest: 'b/c/d' }],
    ['a/{*rest}', '/a', {}],
    ['a/v{major:int}.{minor}', '/a/v2.5', { major: '2', minor: '5' }],
    ['a/{x}', '/a/%zz', { x: '%zz' }],
  ])('%s against %s', (template, path, expected) => {
    expect(parseRoute(template).match(path)).toEqual(expected);
  });

  it('is the more specific the more literal it is', () => {
    const templates = ['a/{*rest}', 'a/{x}', 'a/{x:int}', 'a/b'];
    const order = templates.toSorted((a, b) => parseRoute(a).precedence.localeCompare(parseRoute(b).precedence));
    expect(order).toEqual(['a/b', 'a/{x:int}', 'a/{x}', 'a/{*rest}']);
  });

  it.each(['{x:odd}', '{x', '{a b}'])('is refused: %s', (template) => {
    expect(() => parseRoute(template)).toThrow(template);
  });
});
