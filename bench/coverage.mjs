/**
 * The coverage of every interval, 400 seeds each: `node bench/coverage.mjs [SEEDS]` writes docs/coverage.md in some
 * minutes of two cores. What is done: test/stats/coverage-cases.ts; with fewer seeds it is one of the long tests.
 */
import { writePage } from './long-test.mjs';

const [seeds = '400'] = process.argv.slice(2);
process.exitCode = writePage('test/stats/coverage.long.test.ts', 'COVERAGE_FILE', 'docs/coverage.md', {
  COVERAGE_SEEDS: seeds,
});
