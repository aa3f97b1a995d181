import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { type End, endOf, type Memory, type Point, POINTS } from '../crash/points.ts';

const page = readFileSync('docs/failure-modes.md', 'utf8').replaceAll(/ +/g, ' ');

const inWords = ({ status, sends }: End): string =>
  status === 'uncertain' ? `\`uncertain\`, ${sends === 0 ? 'not sent' : 'sent once'}` : 'sent once';

function cellOf(point: Point, memory: Memory): string {
  const [sms, email] = [inWords(endOf(point, 'sms', memory)), inWords(endOf(point, 'email', memory))];
  return sms === email ? sms : `SMS ${sms}; mail ${email}`;
}

it.each(POINTS)('docs/failure-modes.md says what becomes of a process killed at $number, $name', (point) => {
  expect(page).toContain(
    `\n| ${point.number} | ${point.name} | ${cellOf(point, 'inside')} | ${cellOf(point, 'beyond')} |\n`,
  );
});
