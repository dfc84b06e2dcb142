/**
 * The gpu.js backend: the lumped walk on WebGL2 for browsers whose GPU has no WebGPU, and in gpu.js's cpu mode
 * elsewhere. Stateless calls: an invocation walks one path to two checkpoints; deficits are reduced on the host.
 * Nothing that gpu.js says is believed unchecked (guards.ts, known-answer.ts).
 */
import hostLeaf from '../../../kernels/gpujs/lumped.host.txt';
import glslLeaf from '../../../kernels/gpujs/lumped.glsl';
import { BackendError } from '../../errors.js';
import type { Backend, RunControl } from '../backend.js';
import type { Job, LumpedJob } from '../job.js';
import type { Partials } from '../partials.js';
import { Reducer } from '../reduce.js';
import { callParameters, checkpointPairs, jobArrays } from './arrays.js';
import type { JobArrays } from './arrays.js';
import { runInTurn, withoutSignal } from '../feed.js';
import { KernelModeError, WrongWordsError } from './errors.js';
import { describeContext } from './context.js';
import { checkContext, checkKernel, readDeficits } from './guards.js';
import { knownDeficits, knownJob } from './known-answer.js';
import { loadGpuJs } from './library.js';
import type { GpuJs, GpuJsKernel, GpuJsMode, KernelRows } from './library.js';

/** Paths of one call; a call of a small number of slots takes the most, so that it is worth its overhead. */
const MOST_PATHS = 8192;
const LEAST_PATHS = 64;
/** Wall time of one call, seconds: long enough for its overhead, short enough for a page to stay alive. */
const CALL_SECONDS = 0.08;
const FIRST_PATH_SLOTS = 100_000;

const SOURCE = `function(columns, residual, parameters) {
  const ran = walk_path(this.thread.x, this.thread.y, 0);
  return [ran, walk_path(ran, this.thread.y, 1), walk_path(ran, this.thread.y, 2), walk_path(ran, this.thread.y, 3)];
}`;

/** One instance for a page: more than about sixteen contexts lose the oldest, which then answers with zeros. */
let shared: { readonly mode: GpuJsMode; readonly gpu: Promise<GpuJs>; users: number } | undefined;

async function acquire(mode: GpuJsMode): Promise<GpuJs> {
  if (shared === undefined || shared.mode !== mode) {
    if (shared !== undefined)
      throw new BackendError(`gpu.js is in use in its mode ${shared.mode}; release that backend first.`);
    shared = { mode, users: 0, gpu: loadGpuJs().then((Gpu) => withLeaves(new Gpu({ mode }), mode)) };
  }
  shared.users++;
  try {
    return await shared.gpu;
  } catch (error) {
    shared = undefined;
    throw new BackendError(`gpu.js cannot run in its mode ${mode}: ${(error as Error).message}`, { cause: error });
  }
}

async function surrender(): Promise<void> {
  if (shared === undefined || --shared.users > 0) return;
  const { gpu } = shared;
  shared = undefined;
  await (await gpu).destroy();
}

function withLeaves(gpu: GpuJs, mode: GpuJsMode): GpuJs {
  gpu.addNativeFunction('walk_path', mode === 'cpu' ? hostLeaf : glslLeaf, {
    returnType: 'Number',
    argumentTypes: { path: 'Number', pair: 'Number', part: 'Number' },
  });
  return gpu;
}

/** Deficits of `count` ≤ `width` paths from `firstPath` on, by a call for `width` paths. */
type Call = (
  job: LumpedJob,
  arrays: JobArrays,
  firstPath: number,
  width: number,
  count: number,
  out: Int32Array,
  stride: number,
) => Promise<void>;

/**
 * Opens the backend and has it walk a known answer.
 * @throws BackendError, KernelModeError, WrongWordsError, ContextLostError
 */
export async function createGpuJsBackend(mode: GpuJsMode): Promise<Backend> {
  const gpu = await acquire(mode);
  let released = false;
  const kernels = new Map<string, GpuJsKernel>();

  /** A kernel for arrays and outputs of one size: gpu.js does not take others afterwards. */
  const kernelOf = (paths: number, pairs: number, { residual }: JobArrays): GpuJsKernel => {
    const name = [paths, pairs, residual.length].join(' ');
    let kernel = kernels.get(name);
    if (kernel === undefined) {
      kernel = gpu.createKernel(SOURCE, {
        ...{ output: [paths, pairs], returnType: 'Array(4)', argumentTypes: ['Array', 'Array', 'Array'] },
        ...{ precision: 'single', tactic: 'precision', loopMaxIterations: 1000, asyncMode: mode === 'webgl2' },
      });
      kernels.set(name, kernel);
    }
    return kernel;
  };

  const call: Call = async (job, arrays, firstPath, width, count, out, stride) => {
    const pairs = checkpointPairs(job.horizons.map((h) => h.slots)).length;
    const kernel = kernelOf(width, pairs, arrays);
    let rows: KernelRows;
    try {
      rows = await kernel(arrays.columns, arrays.residual, callParameters(job, firstPath));
    } catch (error) {
      checkContext(kernel, { cause: error });
      throw new KernelModeError(`gpu.js: the kernel failed: ${(error as Error).message}`, { cause: error });
    }
    checkKernel(kernel, mode);
    checkContext(kernel);
    readDeficits(kernel, rows, count, job.horizons.length, out, stride);
  };

  const exclusively = oneAtATime(() => released);
  const release = async (): Promise<void> => {
    if (released) return;
    released = true;
    await surrender();
  };
  let adapter: Backend['adapter'] = { vendor: 'cpu', threads: 1 };
  try {
    const known = knownJob();
    const answer = new Int32Array(known.paths * known.horizons.length);
    await call(known, jobArrays(known), known.firstPath, known.paths, known.paths, answer, known.paths);
    checkWords(answer, knownDeficits(known));
    const [kernel] = kernels.values();
    if (mode === 'webgl2') adapter = describeContext(kernel.kernel.context);
  } catch (error) {
    await release();
    throw error;
  }

  const run: Backend['run'] = (job, control = {}) =>
    exclusively(job, async (lumped): Promise<Partials> => {
      const reducer = new Reducer(lumped.horizons);
      await walk(call, lumped, control, (deficits, _, count, stride) => {
        reducer.add(deficits, count, stride);
      });
      return reducer.finish();
    });

  return {
    name: 'gpujs',
    adapter,
    ready: () => Promise.resolve(),
    run,
    runAll: (feed, control = {}) => runInTurn(run, feed, control),
    deficits: (job, control = {}) =>
      exclusively(job, async (lumped) => {
        const out = new Int32Array(lumped.paths * lumped.horizons.length);
        await walk(call, lumped, withoutSignal(control), (deficits, first, count, stride) => {
          for (let h = 0; h < lumped.horizons.length; h++) {
            out.set(deficits.subarray(h * stride, h * stride + count), h * lumped.paths + first);
          }
        });
        return out;
      }),
    passages: () => Promise.reject(new BackendError('The gpujs backend has no first passages: use webgpu or cpu.')),
    release,
  };
}

/** Walks a job in calls of about CALL_SECONDS; `onBlock` gets deficits of the paths in order. */
async function walk(
  call: Call,
  job: LumpedJob,
  control: RunControl,
  onBlock: (deficits: Int32Array, first: number, count: number, stride: number) => void,
): Promise<void> {
  const arrays = jobArrays(job);
  const slots = job.horizons.map((h) => h.slots);
  const last = slots[slots.length - 1];
  const walked = checkpointPairs(slots).reduce((sum, [, end]) => sum + end, 0);
  let width = widthFor(FIRST_PATH_SLOTS / walked, job.paths, control);
  const start = performance.now();
  for (let done = 0; done < job.paths && control.signal?.aborted !== true;) {
    const count = Math.min(width, job.paths - done);
    const block = new Int32Array(width * slots.length);
    const before = performance.now();
    await call(job, arrays, job.firstPath + done, width, count, block, width);
    onBlock(block, done, count, width);
    done += count;
    const seconds = (performance.now() - before) / 1000;
    control.onProgress?.({
      done: done * last,
      total: job.paths * last,
      paths: done,
      elapsedSeconds: (performance.now() - start) / 1000,
    });
    width = widthFor(width * Math.min(4, CALL_SECONDS / Math.max(seconds, 1e-4)), job.paths, control);
    // A page gets its turn.
    await new Promise((resolve) => setTimeout(resolve));
  }
}

/** Keeps jobs apart, and from a backend that was released. */
function oneAtATime(isReleased: () => boolean) {
  let running = false;
  return async <T>(job: Job, act: (lumped: LumpedJob) => Promise<T>): Promise<T> => {
    if (isReleased()) throw new BackendError('The gpujs backend was released; create another.');
    if (running)
      throw new BackendError('The gpujs backend runs one job at a time; await the first, or create another backend.');
    if (job.kernel !== 'lumped') {
      throw new BackendError(
        `The gpujs backend walks lumped jobs; this one needs the ${job.kernel} kernel: use webgpu or cpu.`,
      );
    }
    running = true;
    try {
      return await act(job);
    } finally {
      running = false;
    }
  };
}

/**
 * @throws WrongWordsError where a device's integers are not the stream's (silent failure 5, and any other of its kind)
 */
export function checkWords(got: Int32Array, expected: Int32Array): void {
  const wrong = got.findIndex((value, i) => value !== expected[i]);
  if (wrong < 0) return;
  throw new WrongWordsError(
    `gpu.js: the known walk came out wrong: ${got[wrong]} for ${expected[wrong]} at ${wrong}. This device does not keep 32-bit integers; use the cpu backend.`,
  );
}

/** Paths of a call: a power of two, so that few sizes are compiled; fixed where a test asks. */
function widthFor(wanted: number, paths: number, { pathsPerBatch }: RunControl): number {
  if (pathsPerBatch !== undefined) return Math.min(pathsPerBatch, paths);
  const most = Math.min(MOST_PATHS, 2 ** Math.ceil(Math.log2(Math.max(paths, LEAST_PATHS))));
  return Math.min(most, Math.max(LEAST_PATHS, 2 ** Math.floor(Math.log2(Math.max(wanted, 1)))));
}
