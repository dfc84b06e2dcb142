import { defineConfig } from 'vitest/config';
import { readFileSync } from 'node:fs';

/** Loads kernels as text, as esbuild does. */
const wgsl = {
  name: 'wgsl',
  enforce: 'pre' as const,
  load(id: string) {
    return id.endsWith('.wgsl') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))};` : null;
  },
};

export default defineConfig({
  plugins: [wgsl],
  resolve: { conditions: ['node'] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
