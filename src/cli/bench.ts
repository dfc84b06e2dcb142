/**
 * `batterywalk bench`: the workload W (preset `benchmark`, T = 4096, 32 log-spaced horizons) whole and its stages alone, on every backend that opens, each
 * speed with the hash of what was counted; with `--peers` beside the programs of bench/peers, run in turn.
 */
import { cpus } from 'node:os';
import { host } from '#host';
import type { Backend } from '../engine/backend.js';
import { Reducer } from '../engine/reduce.js';
import { walkLumped } from '../engine/cpu/lumped.js';
import { openWasmKernels } from '../engine/cpu/wasm.js';
import { pathState } from '../engine/stream.js';
import { openBackend } from '../engine/open-backend.js';
import type { BackendRequest } from '../engine/open-backend.js';
import { partialsSha256 } from '../engine/partials-codec.js';
import { prepareRun } from '../engine/simulate.js';
import type { PreparedRun } from '../engine/simulate.js';
import { BatterywalkError } from '../errors.js';
import { sampleLaw } from '../law/sampled-law.js';
import { benchText } from '../report/bench-text.js';
import type { BenchDocument, BenchRate } from '../report/bench-text.js';
import { loadPreset } from '../scenario/presets.js';
import { VERSION } from '../version.js';
import { runPeers } from './bench-peers.js';
import type { CommandSpec } from './context.js';
import { parseNumber } from '../scenario/values.js';

const SLOTS = 4096;
/** Paths whose partials are hashed: the same on every backend. */
const HASHED_PATHS = 2048;

/** 32 horizons, even on a logarithmic scale, as the peers have them. */
function logHorizons(): number[] {
  const out: number[] = [];
  for (let i = 0; i < 32; i++) out.push(Math.max(Math.floor(SLOTS ** (i / 31) + 0.5), (out.at(-1) ?? 0) + 1));
  return out;
}

const BACKENDS: readonly { readonly name: string; readonly request: BackendRequest }[] = [
  { name: 'webgpu, hardware', request: { backend: 'webgpu', adapter: 'hardware' } },
  { name: 'cpu', request: { backend: 'cpu' } },
  { name: 'webgpu, software', request: { backend: 'webgpu', adapter: 'software' } },
  { name: 'gpujs', request: { backend: 'gpujs' } },
];

/** The workloads, the lumped one first. */
function workloads(): { readonly name: string; readonly prepared: PreparedRun }[] {
  const seed = 'bench';
  const w = loadPreset('benchmark');
  const plan = { trials: HASHED_PATHS, horizons: logHorizons(), seed };
  const reference = loadPreset('reference');
  return [
    { name: 'W, lumped', prepared: prepareRun(w, plan) },
    { name: 'W, one horizon', prepared: prepareRun(w, { ...plan, horizons: [SLOTS] }) },
    { name: 'W, tasks', prepared: prepareRun(w, { ...plan, kernel: 'tasks' }) },
    { name: 'reference, tasks distributed', prepared: prepareRun({ ...reference, accounting: 'distributed' }, plan) },
  ];
}

export const bench: CommandSpec = {
  name: 'bench',
  describe: 'measure: the workload W and its stages on every backend; --peers beside other programs',
  configure(command) {
    command.option('--peers', 'build and run the programs of bench/peers in turn (from a checkout)');
    command.option('--seconds <S>', 'wall time of each timed run, about (default: 1)');
    command.option('--repeats <N>', 'timed runs of each (default: 5)');
  },
  async run(context) {
    const seconds = parseNumber('--seconds', context.text('seconds') ?? '1', 'seconds > 0', (x) => x > 0);
    const wholeRuns = (x: number): boolean => Number.isInteger(x) && x >= 1;
    const repeats = parseNumber('--repeats', context.text('repeats') ?? '5', 'a whole number of at least 1', wholeRuns);
    const all = workloads();
    const rates: BenchRate[] = [];
    const unavailable: { name: string; reason: string }[] = [];
    const chosen = BACKENDS.filter(
      ({ request }) =>
        (context.options.backend === 'auto' || context.options.backend === request.backend) &&
        (context.options.adapter === 'auto' ||
          request.backend !== 'webgpu' ||
          context.options.adapter === request.adapter),
    );
    for (const { name, request } of chosen) {
      let backend: Backend | undefined;
      try {
        backend = await openBackend(host, request);
        // gpu.js walks lumped jobs only.
        for (const workload of all.filter((w) => request.backend !== 'gpujs' || w.prepared.job.kernel === 'lumped')) {
          context.progress.report({
            label: `${name}: ${workload.name}`,
            done: rates.length,
            total: all.length * chosen.length,
            rate: 0,
            etaSeconds: NaN,
          });
          rates.push(await measure(name, backend, workload, seconds, repeats));
          if (context.signal.aborted) break;
        }
      } catch (error) {
        if (!(error instanceof BatterywalkError)) throw error;
        unavailable.push({ name, reason: error.message });
      } finally {
        await backend?.release();
      }
    }
    const stages = stageRates(all[0].prepared, seconds, repeats);
    const peers =
      context.own['peers'] === true && !context.signal.aborted
        ? await runPeers((peer) => {
            context.remark(`peer: ${peer}`);
            return Promise.resolve();
          })
        : undefined;
    const [cpu] = cpus();
    const document: BenchDocument = {
      schemaVersion: 1,
      version: VERSION,
      date: new Date().toISOString().slice(0, 10),
      machine: {
        cpu: cpu.model.trim(),
        threads: cpus().length,
        node: process.version,
        platform: process.platform,
        architecture: process.arch,
      },
      workload: { preset: 'benchmark', slots: SLOTS, horizons: logHorizons().length, hashedPaths: HASHED_PATHS },
      rates,
      stages,
      unavailable,
      agree: all.every(
        ({ name }) => new Set(rates.filter((r) => r.workload === name).map((r) => r.partialsSha256)).size <= 1,
      ),
      ...(peers === undefined ? {} : { peers: peers.rates, skippedPeers: peers.skipped }),
    };
    context.save('bench.json', `${JSON.stringify(document, null, 2)}\n`);
    if (context.options.json) context.printJson(document);
    else context.print(benchText(document));
    return document.agree ? 0 : 1;
  },
};

/** One workload on one backend: the hash of a fixed part, a warm-up that finds how many paths a run takes, then timed runs. */
async function measure(
  backendName: string,
  backend: Backend,
  { name, prepared }: { name: string; prepared: PreparedRun },
  seconds: number,
  repeats: number,
): Promise<BenchRate> {
  const hash = partialsSha256(await backend.run(prepared.job));
  const timed = async (paths: number): Promise<number> => {
    const start = performance.now();
    await backend.run({ ...prepared.job, paths });
    return (performance.now() - start) / 1000;
  };
  let paths = HASHED_PATHS;
  let took = await timed(paths);
  // Twice at most: the second guess comes from a run long enough to be believed.
  for (let i = 0; i < 2 && took < 0.7 * seconds; i++) {
    paths = Math.max(paths, Math.round((paths * Math.min(seconds / took, 50)) / 256) * 256);
    took = await timed(paths);
  }
  const rates: number[] = [];
  for (let i = 0; i < repeats; i++) rates.push((paths * SLOTS) / (await timed(paths)));
  return {
    backend: backendName,
    adapter: backend.adapter,
    workload: name,
    paths,
    ...spread(rates),
    partialsSha256: hash,
  };
}

/** The stages of the lumped walk alone, on one thread of the processor. */
function stageRates(prepared: PreparedRun, seconds: number, repeats: number): BenchDocument['stages'] {
  const { job, law, walk } = prepared;
  if (job.kernel !== 'lumped') return [];
  const horizons = job.horizons.map((h) => h.slots);
  const lumped = { tables: job.tables, initialQuanta: job.initialQuanta, key: job.key };
  const paths = 512;
  const rows = new Int32Array(paths * horizons.length);
  const reducer = new Reducer(job.horizons);
  walkLumped({ ...lumped, slots: horizons }, 0, paths, rows, paths);
  const kernels = openWasmKernels();
  let from = 0;
  const stages: { stage: string; unit: string; size: number; act: () => void }[] = [
    {
      stage: 'stream: a path’s state',
      unit: 'paths/s',
      size: paths,
      act: () => {
        for (let i = 0; i < paths; i++) pathState(job.key, from++);
      },
    },
    {
      stage: 'walk, one horizon, TypeScript',
      unit: 'path-slots/s',
      size: paths * SLOTS,
      act: () => {
        walkLumped({ ...lumped, slots: [SLOTS] }, (from += paths), paths, rows, paths);
      },
    },
    {
      stage: 'walk, 32 horizons, TypeScript',
      unit: 'path-slots/s',
      size: paths * SLOTS,
      act: () => {
        walkLumped({ ...lumped, slots: horizons }, (from += paths), paths, rows, paths);
      },
    },
    ...(kernels === undefined
      ? []
      : [1, horizons.length].map((count) => ({
          stage: `walk, ${count === 1 ? 'one horizon' : `${count} horizons`}, WebAssembly`,
          unit: 'path-slots/s',
          size: paths * SLOTS,
          act: () => {
            kernels.lumped({ ...lumped, slots: horizons.slice(-count) }, (from += paths), paths, rows, paths);
          },
        }))),
    {
      stage: 'reduction',
      unit: 'deficits/s',
      size: paths * horizons.length,
      act: () => {
        reducer.add(rows, paths, paths);
      },
    },
    {
      stage: 'sampling the law',
      unit: 'laws/s',
      size: 1,
      act: () => {
        sampleLaw(walk, { slots: law.maximumSlots > SLOTS ? SLOTS : law.maximumSlots });
      },
    },
  ];
  return stages.map(({ stage, unit, size, act }) => {
    const timed = (times: number): number => {
      const start = performance.now();
      for (let i = 0; i < times; i++) act();
      return (performance.now() - start) / 1000;
    };
    timed(1);
    const times = Math.max(1, Math.round((0.3 * seconds) / Math.max(1e-6, timed(1))));
    return { stage, unit, ...spread(Array.from({ length: repeats }, () => (size * times) / timed(times))) };
  });
}

function spread(rates: readonly number[]): { median: number; slowest: number; fastest: number } {
  const sorted = [...rates].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], slowest: sorted[0], fastest: sorted[sorted.length - 1] };
}
