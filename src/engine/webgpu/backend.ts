/**
 * The webgpu backend: batches of paths, walked in slices of about 50 ms, reduced on the device at every checkpoint. The state of a batch
 * waits in a storage buffer between slices; partials of a finished batch are added to the run's on the device and read now and then.
 */
import { BackendError } from '../../errors.js';
import type { Backend, RunControl } from '../backend.js';
import type { AdapterHandle } from '../host/contract.js';
import type { Job } from '../job.js';
import { emptyPartials } from '../partials.js';
import { PROOF_ROWS } from '../proof-job.js';
import { jobRows } from '../rows.js';
import { openDevice } from './device.js';
import type { Device } from './device.js';
import { KERNELS, LEAST_WORD, PROOF_FIRST_WORD, PROOF_STATE_WORDS, STATE_WORDS, WORKGROUP_SIZE } from './kernels.js';
import { HORIZON_WORDS, addDevicePartials } from './limbs.js';
import { readPassages } from './passages.js';
import { SliceLength } from './slices.js';
import { MAXIMUM_WORKGROUPS, WalkBuffers, batchSize, compileWalk, readWords, walkBatch } from './walk.js';
import type { DeviceWalk, WalkPipelines } from './walk.js';

interface Pipelines {
  readonly lumped: WalkPipelines;
  /** Of the word of the deficit. */
  readonly reduce: GPUComputePipeline;
  readonly merge: GPUComputePipeline;
}

/** What one job runs with. */
interface JobPipelines {
  readonly walk: WalkPipelines;
  /** For each quantity that the job is reduced to, the word of the path state where it waits, negated, and its reduction. */
  readonly quantities: readonly { readonly word: number; readonly reduce: GPUComputePipeline }[];
  readonly merge: GPUComputePipeline;
}

/** Choices that change speed alone. */
export interface WebGpuOptions {
  /** Where the alias columns lie while a slice runs. */
  readonly columns: 'workgroup' | 'storage';
}

/** Opens a device on an adapter and compiles the kernels. @throws BackendError, KernelError */
export async function createWebGpuBackend(
  handle: AdapterHandle,
  options: WebGpuOptions = { columns: handle.info.isSoftware ? 'storage' : 'workgroup' },
): Promise<Backend> {
  const device = await openDevice(handle);
  let pipelines: Pipelines;
  try {
    const workgroup = { workgroup_size: WORKGROUP_SIZE };
    const walk = options.columns === 'storage' ? KERNELS.lumpedFromStorage : KERNELS.lumped;
    const [lumped, reduce, merge] = await Promise.all([
      compileWalk(device, walk),
      device.compile(KERNELS.reduce, workgroup),
      device.compile(KERNELS.merge, workgroup),
    ]);
    pipelines = { lumped, reduce, merge };
  } catch (error) {
    device.destroy();
    handle.release();
    throw error;
  }
  // Compiled when first asked for: most runs never need it.
  let passage: Promise<WalkPipelines> | undefined;
  const passagePipelines = (): Promise<WalkPipelines> =>
    (passage ??= compileWalk(device, options.columns === 'storage' ? KERNELS.passageFromStorage : KERNELS.passage));
  const taskPipelines = new Map<string, Promise<JobPipelines>>();
  const jobPipelines = async (job: Job): Promise<JobPipelines> => {
    const { lumped, reduce, merge } = pipelines;
    if (job.kernel === 'lumped') return { walk: lumped, quantities: [{ word: LEAST_WORD, reduce }], merge };
    const name = job.kernel === 'tasks' ? `tasks ${job.accounting}` : job.kernel;
    let compiled = taskPipelines.get(name);
    if (compiled === undefined) {
      compiled = compileTasks(device, options, job, pipelines);
      taskPipelines.set(name, compiled);
    }
    return compiled;
  };
  let released = false;
  let running = false;
  const exclusively = async <T>(act: () => Promise<T>): Promise<T> => {
    if (released) throw new BackendError('The webgpu backend was released; create another.');
    if (running)
      throw new BackendError('The webgpu backend runs one job at a time; await the first, or create another backend.');
    running = true;
    try {
      return await act();
    } finally {
      running = false;
    }
  };

  return {
    name: 'webgpu',
    adapter: handle.info,
    run: (job, control = {}) => exclusively(async () => runJob(device, await jobPipelines(job), job, control)),
    deficits: (job, control = {}) =>
      exclusively(async () => readDeficits(device, await jobPipelines(job), job, control)),
    passages: (job, control = {}) =>
      exclusively(async () => readPassages(device, await passagePipelines(), job, control)),
    release() {
      if (!released) {
        released = true;
        device.destroy();
        handle.release();
      }
      return Promise.resolve();
    },
  };
}

/** Compiles the kernels of a task-resolved job: its walk, and a reduction for each quantity. */
async function compileTasks(
  device: Device,
  { columns }: WebGpuOptions,
  job: Exclude<Job, { kernel: 'lumped' }>,
  { reduce, merge }: Pipelines,
): Promise<JobPipelines> {
  const fromStorage = columns === 'storage';
  if (job.kernel === 'tasks') {
    const kernel = fromStorage ? KERNELS.tasksFromStorage : KERNELS.tasks;
    const walk = await compileWalk(device, kernel, { distributed: job.accounting === 'distributed' ? 1 : 0 });
    return { walk, quantities: [{ word: LEAST_WORD, reduce }], merge };
  }
  const [walk, ...reductions] = await Promise.all([
    compileWalk(device, fromStorage ? KERNELS.proofFromStorage : KERNELS.proof, { distributed: 1 }),
    ...PROOF_ROWS.map((_, i) =>
      device.compile(KERNELS.reduce, { workgroup_size: WORKGROUP_SIZE, state_word: PROOF_FIRST_WORD + i }),
    ),
  ]);
  return { walk, quantities: reductions.map((own, i) => ({ word: PROOF_FIRST_WORD + i, reduce: own })), merge };
}

/** The walk of a job. */
function deviceWalk(job: Job): DeviceWalk {
  const { tables, key, initialQuanta, horizons } = job;
  const checkpoints = horizons.map((h) => h.slots);
  const walk = { tables, key, initialQuanta, barrier: 0, checkpoints, stateWords: STATE_WORDS };
  if (job.kernel === 'lumped') return walk;
  // A power of two of slots, so that a slot's place is a mask away.
  const ring = 2 ** Math.ceil(Math.log2(job.tables.longestService));
  if (job.kernel === 'tasks') {
    const ringSlots = job.accounting === 'distributed' ? ring : 0;
    return { ...walk, tasks: { tables: job.tables, ringSlots, centreQuanta: 0, plantedQuanta: 0 } };
  }
  const { centreQuanta, plantedQuanta } = job;
  const tasks = { tables: job.tables, ringSlots: ring, centreQuanta, plantedQuanta };
  return { ...walk, stateWords: PROOF_STATE_WORDS, tasks };
}

/** Words that one path takes in the largest of a walk's buffers. */
function wordsPerPath({ stateWords, tasks }: DeviceWalk): number {
  return Math.max(stateWords, tasks?.ringSlots ?? 0);
}

async function runJob(
  device: Device,
  pipelines: JobPipelines,
  job: Job,
  control: RunControl,
): ReturnType<Backend['run']> {
  const { gpu } = device;
  const rows = jobRows(job);
  const partials = emptyPartials(rows);
  if (job.paths === 0) return partials;
  const walk = deviceWalk(job);
  const batch = batchSize(device, job.paths, control, wordsPerPath(walk));
  const buffers = new WalkBuffers(gpu, pipelines.walk, walk, batch);
  try {
    const words = HORIZON_WORDS * rows.length;
    const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const total = buffers.empty('partials of the run', words, storage);
    const current = buffers.empty('partials of the batch', words, storage);
    // Row r is quantity ⌊r / horizons⌋ at horizon r mod horizons.
    const reductions = rows.map(({ bins }, r) => {
      const parameters = Uint32Array.of(0, r * HORIZON_WORDS, bins.offset, bins.shift);
      const buffer = buffers.filled(`reduction ${r}`, parameters, GPUBufferUsage.UNIFORM);
      const { reduce } = pipelines.quantities[Math.floor(r / job.horizons.length)];
      const group = gpu.createBindGroup({
        layout: reduce.getBindGroupLayout(0),
        entries: [buffer, buffers.state, current].map((b, binding) => ({ binding, resource: { buffer: b } })),
      });
      return { parameters, buffer, reduce, group };
    });
    const mergeGroup = gpu.createBindGroup({
      layout: pipelines.merge.getBindGroupLayout(0),
      entries: [total, current].map((b, binding) => ({ binding, resource: { buffer: b } })),
    });

    const slots = job.horizons[job.horizons.length - 1].slots;
    const slices = new SliceLength(control.slotsPerSlice);
    const start = performance.now();
    let pathsDone = 0;
    let pathSlots = 0;
    let unread = 0;
    let unreadGroups = 0;
    const report = (more: number): void => {
      pathSlots += more;
      control.onProgress?.({
        done: pathSlots,
        total: job.paths * slots,
        paths: pathsDone,
        elapsedSeconds: (performance.now() - start) / 1000,
      });
    };
    const read = async (): Promise<void> => {
      if (unread === 0) return;
      addDevicePartials(partials, await readWords(device, total, words), unread);
      const encoder = gpu.createCommandEncoder({ label: 'clear' });
      encoder.clearBuffer(total);
      gpu.queue.submit([encoder.finish()]);
      unread = 0;
      unreadGroups = 0;
    };
    const stopped = (): boolean => control.signal?.aborted === true;

    while (pathsDone < job.paths && !stopped()) {
      const paths = Math.min(batch, job.paths - pathsDone);
      const groups = Math.ceil(paths / WORKGROUP_SIZE);
      if (unreadGroups + groups > MAXIMUM_WORKGROUPS) await read();
      for (const { parameters, buffer } of reductions) {
        parameters[0] = paths;
        gpu.queue.writeBuffer(buffer, 0, parameters);
      }
      const atHorizon = (encoder: GPUCommandEncoder, h: number): void => {
        const pass = encoder.beginComputePass();
        for (let r = h; r < rows.length; r += job.horizons.length) {
          pass.setPipeline(reductions[r].reduce);
          pass.setBindGroup(0, reductions[r].group);
          pass.dispatchWorkgroups(groups);
        }
        pass.end();
      };
      const firstPath = job.firstPath + pathsDone;
      if (!(await walkBatch(device, buffers, firstPath, paths, slices, atHorizon, report, stopped))) break;
      const encoder = gpu.createCommandEncoder({ label: 'merge' });
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipelines.merge);
      pass.setBindGroup(0, mergeGroup);
      pass.dispatchWorkgroups(Math.min(Math.ceil(words / WORKGROUP_SIZE), 1024));
      pass.end();
      gpu.queue.submit([encoder.finish()]);
      pathsDone += paths;
      unread += paths;
      unreadGroups += groups;
      report(0);
    }
    await read();
    return partials;
  } finally {
    buffers.destroy();
  }
}

async function readDeficits(
  device: Device,
  pipelines: JobPipelines,
  job: Job,
  control: RunControl,
): Promise<Int32Array> {
  const { gpu } = device;
  const rows = jobRows(job).length;
  const out = new Int32Array(job.paths * rows);
  if (job.paths === 0) return out;
  const walk = deviceWalk(job);
  const batch = batchSize(device, job.paths, control, wordsPerPath(walk));
  const buffers = new WalkBuffers(gpu, pipelines.walk, walk, batch);
  try {
    const minima = buffers.empty('minima', batch * rows, GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST);
    const slices = new SliceLength(control.slotsPerSlice);
    for (let done = 0; done < job.paths; done += batch) {
      const paths = Math.min(batch, job.paths - done);
      const atHorizon = (encoder: GPUCommandEncoder, h: number): void => {
        pipelines.quantities.forEach(({ word }, i) => {
          const row = i * job.horizons.length + h;
          encoder.copyBufferToBuffer(buffers.state, 4 * word * paths, minima, 4 * row * paths, 4 * paths);
        });
      };
      const never = (): boolean => false;
      await walkBatch(device, buffers, job.firstPath + done, paths, slices, atHorizon, () => undefined, never);
      const words = new Int32Array((await readWords(device, minima, paths * rows)).buffer);
      for (let h = 0; h < rows; h++) {
        for (let i = 0; i < paths; i++) out[h * job.paths + done + i] = -words[h * paths + i];
      }
    }
    return out;
  } finally {
    buffers.destroy();
  }
}
