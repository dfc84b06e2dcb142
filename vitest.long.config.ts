import { defineConfig } from 'vitest/config';
import base from './vitest.config.js';

/** Suites that take many minutes: `npm run test:long`. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/**/*.long.ts'], globalSetup: [], testTimeout: 3_600_000 },
});
