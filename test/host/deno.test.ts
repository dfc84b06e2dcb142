/** The built library in Deno, on another WebGPU than Node's and Chromium's: wgpu, whose compiler of WGSL is naga. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { prepareRun } from '../../src/study/plan.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { denoMissing, runDeno } from './deno.js';

const dist = fileURLToPath(new URL('../../dist/', import.meta.url));
const REQUEST = { trials: 2000, horizons: [8, 64], seed: 'library' };

test.skipIf(denoMissing !== undefined)(
  `the library for browsers simulates on Deno's WebGPU ${denoMissing ?? ''}`,
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'deno-'));
    const file = join(folder, 'program.js');
    await writeFile(
      file,
      `import { loadPreset, partialsSha256, simulate } from '${pathToFileURL(join(dist, 'index.browser.js')).href}';
       const request = ${JSON.stringify(REQUEST)};
       const on = { backend: 'webgpu', adapter: 'software' };
       const { run } = await simulate(loadPreset('benchmark'), { ...request, ...on });
       console.log(partialsSha256(run.partials));`,
    );
    const backend = createCpuBackend(host, 1);
    const expected = partialsSha256(
      await backend.run(prepareRun(resolveScenario(loadPreset('benchmark')), REQUEST).job),
    );
    await backend.release();
    expect(await runDeno(file, dist)).toBe(`${expected}\n`);
    await rm(folder, { recursive: true });
  },
);
