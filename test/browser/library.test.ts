/**
 * The built library in a page: from a plain `<script type="module">`, and through a bundler. The files of dist/ as
 * users get them.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, test } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { prepareRun } from '../../src/study/plan.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { browserMissing, runInBrowser } from './chromium.js';

const REQUEST = { trials: 2000, horizons: [8, 64], seed: 'library' };
const BODY = `
  export default async function () {
    const { loadPreset, simulate, partialsSha256 } = await library;
    const hashes = {};
    for (const backend of ['cpu', 'webgpu', 'gpujs']) {
      const { run } = await simulate(loadPreset('benchmark'), { ...${JSON.stringify(REQUEST)}, backend });
      hashes[backend] = partialsSha256(run.partials);
    }
    return hashes;
  }`;

describe.skipIf(browserMissing !== undefined)(`the library in a browser ${browserMissing ?? ''}`, () => {
  test.each([
    ['a plain module', `const address = '/index.browser.js'; const library = import(address); ${BODY}`],
    ['a bundle', `const library = import('../../dist/index.browser.js'); ${BODY}`],
  ])('%s simulates on every backend', async (_, program) => {
    const backend = createCpuBackend(host, 1);
    const expected = partialsSha256(
      await backend.run(prepareRun(resolveScenario(loadPreset('benchmark')), REQUEST).job),
    );
    await backend.release();
    expect(await runInBrowser(program)).toEqual({ cpu: expected, webgpu: expected, gpujs: expected });
  });
});
