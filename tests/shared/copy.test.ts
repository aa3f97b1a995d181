import { describe, expect, it } from 'vitest';
import { parseCopy } from '../../shared/copy.ts';
import type { Copy } from '../../shared/ports.ts';
import { planOf } from './send-world.ts';

const delivery = planOf('sms').id;
const copy: Copy = {
  delivery,
  copy: 3,
  slot: '2026-11-20T13:00:00.000Z',
  parked: 2,
  answer: {
    run: 'run-1',
    call: 'repeat',
    at: '2026-11-20T13:00:00.000Z',
    attempt: 1,
    answer: { kind: 'answered', status: 202, headers: { date: 'x' }, body: { value: [] } },
  },
};

describe('parseCopy', () => {
  it('takes every copy of ours as it is', () => {
    for (const good of [
      copy,
      { delivery, copy: 0 },
      { ...copy, answer: { ...copy.answer!, answer: { kind: 'unanswered', code: 'timeout' } } },
    ])
      expect(parseCopy(JSON.parse(JSON.stringify(good)))).toEqual(good);
  });

  it.each([
    ['$', undefined],
    ['$', 'text'],
    ['delivery', { ...copy, delivery: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff' }],
    ['copy', { ...copy, copy: -1 }],
    ['slot', { ...copy, slot: 'soon' }],
    ['parked', { ...copy, parked: 'x' }],
    ['answer.at', { ...copy, answer: { ...copy.answer!, at: 'garbage' } }],
    ['answer.answer.kind', { ...copy, answer: { ...copy.answer!, answer: {} } }],
  ])('says that %s is wrong, and no more', (path, bad) => {
    expect(() => parseCopy(bad)).toThrow(`not a copy of a delivery: ${path}`);
  });
});
