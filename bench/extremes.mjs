/**
 * The laws at the ends, timed: `node bench/extremes.mjs` writes docs/extremes.md. What is done:
 * test/theory/extremes.ts.
 */
import { writePage } from './long-test.mjs';

process.exitCode = writePage('test/theory/extremes.long.test.ts', 'EXTREMES_FILE', 'docs/extremes.md');
