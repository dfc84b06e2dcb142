/** Tests that take minutes: `npm run test:long`, which builds first. */
import { defineConfig } from 'vitest/config';
import usual from './vitest.config.js';

export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: ['test/**/*.long.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
});
