import { configDefaults, defineConfig } from 'vitest/config';
import { readFileSync } from 'node:fs';
import { wasmForVite } from './kernels/wasm/compile.mjs';
import Progress from './test/progress.js';

/** Loads kernels and sample traces as text, as esbuild does. */
const kernels = {
  name: 'kernels',
  enforce: 'pre' as const,
  load(id: string) {
    return /\.(wgsl|glsl|host\.txt|css\.txt|csv)$/.test(id)
      ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))};`
      : null;
  },
};

export default defineConfig({
  plugins: [kernels, wasmForVite],
  resolve: { conditions: ['node'] },
  test: {
    include: ['test/**/*.test.ts'],
    // Those of minutes have a run of their own: vitest.long.config.ts.
    exclude: [...configDefaults.exclude, 'test/**/*.long.test.ts'],
    globalSetup: ['test/global-setup.ts'],
    // A line that tells how far it is; what is kept in a file gets vitest's own lines.
    reporters: process.stdout.isTTY ? [new Progress()] : ['default'],
    pool: 'forks',
    maxWorkers: 2,
    // They end a hang: what takes 20 s on a quiet machine has taken 120 s on a busy one.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});
