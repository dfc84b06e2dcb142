/**
 * The coverage of every interval, 400 seeds each: `node bench/coverage.mjs [SEEDS]` writes docs/coverage.md in some minutes of two cores. What is done:
 * test/stats/coverage-cases.ts; with fewer seeds it is one of the long tests.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [seeds = '400'] = process.argv.slice(2);
const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const { status } = spawnSync(
  process.execPath,
  [
    at('../node_modules/vitest/vitest.mjs'),
    'run',
    '--config',
    'vitest.long.config.ts',
    'test/stats/coverage.long.test.ts',
  ],
  {
    cwd: at('..'),
    stdio: 'inherit',
    env: { ...process.env, COVERAGE_SEEDS: seeds, COVERAGE_FILE: at('../docs/coverage.md') },
  },
);
process.exitCode = status ?? 1;
