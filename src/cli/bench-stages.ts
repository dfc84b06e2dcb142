/** The stages of the lumped walk alone, on one thread of the processor. */
import { walkLumped } from '../engine/cpu/lumped.js';
import { stageSums } from '../engine/cpu/stages.js';
import { openWasmKernels } from '../engine/cpu/wasm.js';
import { Reducer } from '../engine/reduce.js';
import type { PreparedRun } from '../study/plan.js';
import { STAGES } from '../engine/stages.js';
import { PURPOSE } from '../engine/purposes.js';
import { pathState } from '../engine/stream.js';
import { sampleLaw } from '../law/sampled-law.js';
import type { BenchDocument } from '../report/bench-text.js';
import { SLOTS, spread } from './bench-measure.js';

/** The words of a stream alone, as WebAssembly draws them: what every kernel of the processor is bound by. */
export const CPU_STREAM_STAGE = 'stream: words, WebAssembly';
/** Words of one timed call. */
const WORDS_AT_ONCE = 2 ** 16;

interface Stage {
  readonly stage: string;
  readonly unit: string;
  readonly size: number;
  readonly act: () => void;
}

/** Words alone, where the host has WebAssembly. */
const wordsStage = (kernels: ReturnType<typeof openWasmKernels>): readonly Stage[] =>
  kernels === undefined
    ? []
    : [
        {
          ...{ stage: CPU_STREAM_STAGE, unit: 'words/s', size: WORDS_AT_ONCE },
          act: () => {
            kernels.drawWords(WORDS_AT_ONCE);
          },
        },
      ];

/** Every stage. Draws in their plain form, which the walks write out for speed. */
function stagesOf(prepared: PreparedRun, drawn: PreparedRun): readonly Stage[] {
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
  return [
    {
      stage: 'stream: a path’s state',
      unit: 'paths/s',
      size: paths,
      act: () => {
        for (let i = 0; i < paths; i++) pathState(job.key, from++, PURPOSE.increments);
      },
    },
    ...STAGES.map((stage) => ({
      stage: stage === 'stream' ? 'stream: words, plain' : `${stage}, plain`,
      unit: stage === 'stream' ? 'words/s' : 'slots/s',
      size: 64 * 512,
      act: () => {
        if (drawn.job.kernel === 'tasks') stageSums(drawn.job, stage, 64, 512);
      },
    })),
    ...wordsStage(kernels),
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
}

/** Rates of every stage. */
export function stageRates(
  prepared: PreparedRun,
  drawn: PreparedRun,
  seconds: number,
  repeats: number,
): BenchDocument['stages'] {
  return stagesOf(prepared, drawn).map(({ stage, unit, size, act }) => {
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
