/**
 * The webgpu backend: batches of paths, walked in slices of about 50 ms, reduced on the device at every checkpoint. The state of a batch
 * waits in a storage buffer between slices; partials of a finished batch are added to the run's on the device and read now and then.
 */
import { BackendError } from '../../errors.js';
import type { Backend, RunControl } from '../backend.js';
import type { AdapterHandle } from '../host/contract.js';
import type { Job } from '../job.js';
import { emptyPartials } from '../partials.js';
import { openDevice } from './device.js';
import type { Device } from './device.js';
import { KERNELS, LEAST_WORD, WORKGROUP_SIZE } from './kernels.js';
import { HORIZON_WORDS, addDevicePartials } from './limbs.js';
import { readPassages } from './passages.js';
import { SliceLength } from './slices.js';
import { MAXIMUM_WORKGROUPS, WalkBuffers, batchSize, compileWalk, readWords, walkBatch } from './walk.js';
import type { DeviceWalk, WalkPipelines } from './walk.js';

interface Pipelines {
  readonly lumped: WalkPipelines;
  readonly reduce: GPUComputePipeline;
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
    run: (job, control = {}) => exclusively(() => runJob(device, pipelines, job, control)),
    deficits: (job, control = {}) => exclusively(() => readDeficits(device, pipelines, job, control)),
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

/** The lumped walk of a job. */
function deviceWalk({ tables, key, initialQuanta, horizons }: Job): DeviceWalk {
  return { tables, key, initialQuanta, barrier: 0, checkpoints: horizons.map((h) => h.slots) };
}

async function runJob(device: Device, pipelines: Pipelines, job: Job, control: RunControl): ReturnType<Backend['run']> {
  const { gpu } = device;
  const partials = emptyPartials(job.horizons);
  if (job.paths === 0) return partials;
  const batch = batchSize(device, job.paths, control);
  const buffers = new WalkBuffers(gpu, pipelines.lumped, deviceWalk(job), batch);
  try {
    const words = HORIZON_WORDS * job.horizons.length;
    const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    const total = buffers.empty('partials of the run', words, storage);
    const current = buffers.empty('partials of the batch', words, storage);
    const reductions = job.horizons.map(({ bins }, h) => {
      const parameters = Uint32Array.of(0, h * HORIZON_WORDS, bins.offset, bins.shift);
      return { parameters, buffer: buffers.filled(`reduction ${h}`, parameters, GPUBufferUsage.UNIFORM) };
    });
    const reduceGroups = reductions.map(({ buffer }) =>
      gpu.createBindGroup({
        layout: pipelines.reduce.getBindGroupLayout(0),
        entries: [buffer, buffers.state, current].map((b, binding) => ({ binding, resource: { buffer: b } })),
      }),
    );
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
        pass.setPipeline(pipelines.reduce);
        pass.setBindGroup(0, reduceGroups[h]);
        pass.dispatchWorkgroups(groups);
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

async function readDeficits(device: Device, pipelines: Pipelines, job: Job, control: RunControl): Promise<Int32Array> {
  const { gpu } = device;
  const out = new Int32Array(job.paths * job.horizons.length);
  if (job.paths === 0) return out;
  const batch = batchSize(device, job.paths, control);
  const buffers = new WalkBuffers(gpu, pipelines.lumped, deviceWalk(job), batch);
  try {
    const minima = buffers.empty(
      'minima',
      batch * job.horizons.length,
      GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST,
    );
    const slices = new SliceLength(control.slotsPerSlice);
    for (let done = 0; done < job.paths; done += batch) {
      const paths = Math.min(batch, job.paths - done);
      const atHorizon = (encoder: GPUCommandEncoder, h: number): void => {
        encoder.copyBufferToBuffer(buffers.state, 4 * LEAST_WORD * paths, minima, 4 * h * paths, 4 * paths);
      };
      const never = (): boolean => false;
      await walkBatch(device, buffers, job.firstPath + done, paths, slices, atHorizon, () => undefined, never);
      const words = new Int32Array((await readWords(device, minima, paths * job.horizons.length)).buffer);
      for (let h = 0; h < job.horizons.length; h++) {
        for (let i = 0; i < paths; i++) out[h * job.paths + done + i] = -words[h * paths + i];
      }
    }
    return out;
  } finally {
    buffers.destroy();
  }
}
