/** Runs one of the long tests as the maker of a page of docs, which it writes where the environment names its file. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** @returns {number} the exit status */
export function writePage(test, variable, page, environment = {}) {
  const vitest = [at('node_modules/vitest/vitest.mjs'), 'run', '--config', 'vitest.long.config.ts', test];
  const env = { ...process.env, ...environment, [variable]: at(page) };
  return spawnSync(process.execPath, vitest, { cwd: at('.'), stdio: 'inherit', env }).status ?? 1;
}
