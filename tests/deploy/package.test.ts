import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { packageApp } from '../../deploy/package.ts';

const folder = mkdtempSync(join(tmpdir(), 'package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('holds the bundle, host.json and a package.json that asks for nothing', async () => {
  const to = join(folder, 'app');
  await packageApp('.', to);
  await packageApp('.', to);
  expect(globSync('**/*.*', { cwd: to }).toSorted()).toEqual([
    join('dist', 'functions.cjs'),
    join('dist', 'functions.cjs.map'),
    join('dist', 'telemetry.cjs'),
    join('dist', 'telemetry.cjs.map'),
    'host.json',
    'package.json',
  ]);
  expect(Object.keys(JSON.parse(readFileSync(join(to, 'package.json'), 'utf8')) as object)).toEqual([
    'name',
    'version',
    'main',
  ]);
});
