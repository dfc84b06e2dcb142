/**
 * The worker program of the cpu backend: walks what it is told to, keeps partials of each job, sends them when asked.
 */
import { workerScope } from '#worker-scope';
import { append } from '../../numeric/extremes.js';
import { plainError } from '../../plain-error.js';
import type { FromWorker, ToWorker, WorkerFailure } from './protocol.js';
import { Reducer } from '../reduce.js';
import { walkPaths } from './walks.js';
import type { WorkerWalk } from './walks.js';
import { openWasmKernels } from './wasm.js';
import type { WasmKernels } from './wasm.js';

/**
 * Paths walked between two reductions: their deficits stay in the cache, and counts are fetched into it for more than a
 * few paths.
 */
const BLOCK = { least: 512, most: 2048, deficits: 2 ** 16 };

/** The block of a job of so many rows. */
function blockOf(rows: number): number {
  const { least, most, deficits } = BLOCK;
  return Math.max(least, Math.min(most, Math.floor(deficits / (rows * least)) * least));
}

/**
 * Paths of a step at first, which is sized by the time that it takes, milliseconds: between two steps there are signs
 * of life.
 */
const FIRST_STEP = 4;
const STEP_MS = 20;
/** Signs of life are so far apart, milliseconds. */
const BEAT_MS = 1000;

/** Opened once; undefined where the host cannot run them. */
const wasm = openWasmKernels();

/** A job of deficits. */
interface WalkJob {
  readonly walk: WorkerWalk;
  /** What walks the job where not the TypeScript twin. */
  readonly kernels: WasmKernels | undefined;
  readonly rows: number;
  readonly reducer: Reducer;
  /** Paths of its next step. */
  step: number;
}

const jobs = new Map<number, WalkJob>();
let block = new Int32Array(0);

/** Answers to the messages that came together, and what of them changes hands. */
let answers: FromWorker[] = [];
let transfers: ArrayBuffer[] = [];

function reply(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  answers.push(message);
  append(transfers, transfer);
}

/** The job that a message refers to. */
function opened<T>(known: ReadonlyMap<number, T>, { kind, job }: ToWorker): T {
  const found = known.get(job);
  if (found === undefined) throw new Error(`cpu worker: '${kind}' before job ${job} was opened for it`);
  return found;
}

// Messages come in bundles, and a bundle's answers go back as one: a job of a few milliseconds costs one of each.
workerScope.onMessage((data) => {
  try {
    for (const message of data as ToWorker[]) act(message);
    if (answers.length > 0) workerScope.postMessage(answers, transfers);
  } catch (error) {
    workerScope.postMessage({ failure: plainError(error) } satisfies WorkerFailure);
  }
  answers = [];
  transfers = [];
});

function act(message: ToWorker): void {
  const { job } = message;
  switch (message.kind) {
    case 'hello':
      reply({ kind: 'ready', job });
      return;
    case 'open': {
      const rows = message.horizons.length;
      const kernels = message.plain ? undefined : wasm;
      const reducer = new Reducer(message.horizons, kernels?.sums);
      jobs.set(job, { walk: message.walk, kernels, rows, reducer, step: FIRST_STEP });
      if (block.length < blockOf(rows) * rows) block = new Int32Array(blockOf(rows) * rows);
      return;
    }
    case 'walk': {
      const own = opened(jobs, message);
      const { walk, kernels, rows, reducer } = own;
      const most = blockOf(rows);
      const seconds = inSteps(own, message, most, (firstPath, count) => {
        walkPaths(walk, kernels, firstPath, count, block, most);
        reducer.add(block, count, most);
      });
      reply({ kind: 'walked', job, count: message.count, seconds });
      return;
    }
    case 'rows': {
      const own = opened(jobs, message);
      const { walk, kernels, rows: number } = own;
      const { firstPath, count } = message;
      const rows = new Int32Array(count * number);
      const seconds = inSteps(own, message, count, (from, paths) => {
        walkPaths(walk, kernels, from, paths, rows.subarray(from - firstPath), count);
      });
      reply({ kind: 'rows', job, firstPath, count, rows, seconds }, [rows.buffer]);
      return;
    }
    case 'close': {
      const partials = opened(jobs, message).reducer.finish();
      jobs.delete(job);
      // Counts change hands; they are not copied.
      const counts = partials.horizons.map(({ histogram }) => histogram.buffer as ArrayBuffer);
      reply({ kind: 'partials', job, partials }, counts);
    }
  }
}

/**
 * Walks a chunk's paths step by step, each of at most `most` paths, with a sign of life now and then.
 * @returns the seconds that it took
 */
function inSteps(
  own: { step: number },
  { job, firstPath, count }: { readonly job: number; readonly firstPath: number; readonly count: number },
  most: number,
  walk: (firstPath: number, count: number) => void,
): number {
  const start = performance.now();
  let before = start;
  let beat = start;
  for (let done = 0; done < count;) {
    const paths = Math.min(own.step, most, count - done);
    walk(firstPath + done, paths);
    done += paths;
    const now = performance.now();
    if (now - before < STEP_MS && own.step < most) own.step *= 2;
    before = now;
    if (now - beat < BEAT_MS) continue;
    beat = now;
    workerScope.postMessage([{ kind: 'alive', job }] satisfies FromWorker[]);
  }
  return (before - start) / 1000;
}
