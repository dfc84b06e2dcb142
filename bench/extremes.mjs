/** The laws at the ends, timed: `node bench/extremes.mjs` writes docs/extremes.md. What is done: test/theory/extremes.ts. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [
    at('../node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'vitest.long.config.ts',
    'test/theory/extremes.long.test.ts',
  ],
  { cwd: at('..'), stdio: 'inherit', env: { ...process.env, EXTREMES_FILE: at('../docs/extremes.md') } },
);
process.exitCode = status ?? 1;
