/**
 * The gpu.js backend on WebGL2 in a real browser: equal partials from webgpu, gpu.js and cpu, in the page and in Node;
 * and the silent failures of WebGL, provoked there.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { prepareRun } from '../../src/study/plan.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { browserMissing, runInBrowser } from './chromium.js';

const PRESETS = ['reference', 'benchmark', 'surplus', 'rare-heavy'] as const;
const REQUEST = { trials: 3000, horizons: [16, 100, 256], seed: 'one seed' };

const IMPORTS = `
  import { host } from '#host';
  import { openBackend } from '../../src/engine/open-backend.js';
  import { partialsSha256 } from '../../src/engine/partials-codec.js';
  import { resolveScenario } from '../../src/fleet/resolve.js';
  import { prepareRun } from '../../src/study/plan.js';
  import { loadPreset } from '../../src/scenario/presets.js';
`;

describe.skipIf(browserMissing !== undefined)(`one scenario and seed ${browserMissing ?? ''}`, () => {
  let inPage: Record<string, Record<string, string>>;
  let times: Record<string, number>;
  beforeAll(async () => {
    const answer = (await runInBrowser(
      `${IMPORTS}
      export default async function () {
        const hashes = {};
        const times = {};
        for (const name of ['webgpu', 'gpujs', 'cpu']) {
          const backend = await openBackend(host, { backend: name, adapter: name === 'webgpu' ? 'software' : 'auto' });
          hashes[name] = {};
          for (const preset of ${JSON.stringify(PRESETS)}) {
            const { job } = prepareRun(resolveScenario(loadPreset(preset)), ${JSON.stringify(REQUEST)});
            hashes[name][preset] = partialsSha256(await backend.run(job));
          }
          const { job } = prepareRun(resolveScenario(loadPreset('reference')), { trials: 100_000, horizons: [1024], seed: 'long' });
          const start = performance.now();
          hashes[name].long = partialsSha256(await backend.run(job));
          times[name] = performance.now() - start;
          await backend.release();
        }
        return { hashes, times };
      }`,
      120_000,
    )) as { hashes: typeof inPage; times: typeof times };
    ({ hashes: inPage, times } = answer);
  });

  test.each(PRESETS)('%s: equal partials from webgpu, gpujs and cpu, in the page and in Node', async (preset) => {
    const { job } = prepareRun(resolveScenario(loadPreset(preset)), REQUEST);
    const hashes = [inPage['webgpu'][preset], inPage['gpujs'][preset], inPage['cpu'][preset]];
    for (const backend of [
      await openBackend(host, { backend: 'gpujs' }),
      createCpuBackend(host, 2),
      await openBackend(host, { backend: 'webgpu', adapter: 'software' }),
    ]) {
      hashes.push(partialsSha256(await backend.run(job)));
      await backend.release();
    }
    expect(new Set(hashes), hashes.join('\n')).toHaveProperty('size', 1);
  });

  test('1e5 paths of 1024 slots complete in the browser on each backend, with one result', () => {
    expect(Object.keys(times)).toEqual(['webgpu', 'gpujs', 'cpu']);
    expect(new Set(Object.values(inPage).map((own) => own['long'])).size).toBe(1);
  });
});

describe.skipIf(browserMissing !== undefined)(`what WebGL does without a word ${browserMissing ?? ''}`, () => {
  let names: Record<string, string>;
  beforeAll(async () => {
    names = (await runInBrowser(
      `${IMPORTS}
      import { readDeficits, checkKernel } from '../../src/engine/gpujs/guards.js';
      import { createGpuJsBackend } from '../../src/engine/gpujs/backend.js';
      import { loadGpuJs } from '../../src/engine/gpujs/library.js';
      const contexts = [];
      for (const Canvas of [HTMLCanvasElement, OffscreenCanvas]) {
        const { getContext } = Canvas.prototype;
        Canvas.prototype.getContext = function (...args) {
          const context = getContext.apply(this, args);
          if (/webgl/.test(args[0])) contexts.push(context);
          return context;
        };
      }
      const nameOf = async (act) => {
        try {
          await act();
          return 'nothing';
        } catch (error) {
          return error.name;
        }
      };
      const { job } = prepareRun(resolveScenario(loadPreset('reference')), { trials: 20_000, horizons: [1024], seed: 'lost' });
      const lost = async (loseIt) => {
        const backend = await createGpuJsBackend('webgl2');
        const name = await nameOf(() => backend.run(job, { onProgress: loseIt }));
        await backend.release().catch(() => undefined);
        return name;
      };
      export default async function () {
        const names = {};
        names.lost = await lost(() => contexts.forEach((c) => c.getExtension('WEBGL_lose_context')?.loseContext()));
        names.recovered = await nameOf(async () => {
          const backend = await openBackend(host, { backend: 'gpujs' });
          await backend.run({ ...job, paths: 100 });
          await backend.release();
        });
        const kept = [];
        names.tooMany = await lost(() => {
          while (kept.length < 24) {
            const context = document.createElement('canvas').getContext('webgl2');
            context.clear(context.COLOR_BUFFER_BIT);
            kept.push(context);
          }
        });
        kept.forEach((c) => c.getExtension('WEBGL_lose_context')?.loseContext());

        // What is opened for a run outlives one such loss.
        const lasting = await openBackend(host, { backend: 'gpujs' });
        let losses = 0;
        const loseOnce = () => {
          if (losses++ === 0) contexts.at(-1).getExtension('WEBGL_lose_context').loseContext();
        };
        const small = { ...job, paths: 2000 };
        const walked = partialsSha256(await lasting.run(small, { onProgress: loseOnce, pathsPerBatch: 256 }));
        await lasting.release();
        const cpu = await openBackend(host, { backend: 'cpu', threads: 1 });
        names.outlived = walked === partialsSha256(await cpu.run(small)) && losses > 1 ? 'the same integers' : 'others';
        await cpu.release();

        const Gpu = await loadGpuJs();
        const gpu = new Gpu({ mode: 'webgl2' });
        const options = { output: [4, 1], returnType: 'Array(4)', argumentTypes: ['Array'], tactic: 'precision', loopMaxIterations: 1000, asyncMode: true };
        // A loop bound by an argument stops at 1000: the step counter then says so.
        const truncated = gpu.createKernel(\`function(bounds) {
          let steps = 0;
          for (let t = 0; t < bounds[0]; t++) { steps += 1; }
          return [steps === bounds[0] ? 1 : -65535, 0, 1, 0];
        }\`, { ...options, precision: 'single' });
        const rows = await truncated(Float32Array.of(3000));
        names.truncated = await nameOf(() => readDeficits(truncated, rows, 4, 1, new Int32Array(4), 4));
        // A kernel that was given up leaves zeros.
        const zeros = gpu.createKernel('function(bounds) { return [bounds[0], 0, 0, 0]; }', { ...options, precision: 'single' });
        const nothing = await zeros(Float32Array.of(0));
        names.abandoned = await nameOf(() => readDeficits(zeros, nothing, 4, 1, new Int32Array(4), 4));
        // Lossy precision.
        const unsigned = gpu.createKernel('function(bounds) { return bounds[0]; }', { output: [4, 1], argumentTypes: ['Array'], precision: 'unsigned' });
        await unsigned(Float32Array.of(1));
        names.unsigned = await nameOf(() => checkKernel(unsigned, 'webgl2'));
        await gpu.destroy();
        // WebGL 1, whose integers are floats.
        const old = new Gpu({ mode: 'webgl' });
        const kernel = old.createKernel('function(bounds) { return bounds[0]; }', { output: [4, 1], argumentTypes: ['Array'], precision: 'single' });
        await kernel(Float32Array.of(1));
        names.webgl1 = await nameOf(() => checkKernel(kernel, 'webgl2'));
        await old.destroy();
        return names;
      }`,
      120_000,
    )) as Record<string, string>;
  });

  test.each([
    ['lost', 'ContextLostError'],
    ['recovered', 'nothing'],
    ['tooMany', 'ContextLostError'],
    ['outlived', 'the same integers'],
    ['truncated', 'LoopTruncatedError'],
    ['abandoned', 'KernelAbandonedError'],
    ['unsigned', 'KernelModeError'],
    ['webgl1', 'KernelModeError'],
  ])('%s: %s', (what, name) => {
    expect(names[what]).toBe(name);
  });
});
