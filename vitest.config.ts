import { defineConfig } from 'vitest/config';
import CloudsFirst from './tests/clouds-first.ts';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: 'tests/build-app.ts',
    maxWorkers: 2,
    sequence: { sequencer: CloudsFirst },
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
});
