/** Runs once, before the test processes start: unpacks the software adapter and builds the worker programs, so that the
 *  forks only find them. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { provideSwiftShader } from '../src/host/node-software.js';

export default async function setup(): Promise<void> {
  const build = promisify(execFile)(process.execPath, [
    fileURLToPath(new URL('../esbuild.mjs', import.meta.url)),
    'workers',
  ]);
  await Promise.all([provideSwiftShader(), build]);
}
