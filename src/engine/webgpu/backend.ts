/**
 * The webgpu backend: batches of paths, walked in slices of about 50 ms, reduced on the device at every checkpoint. The state of a batch
 * waits in a storage buffer between slices; partials of a finished batch are added to the run's on the device and read now and then.
 */
import { BackendError } from '../../errors.js';
import { JITTER_BITS } from '../../law/tables.js';
import type { Backend, RunControl } from '../backend.js';
import type { AdapterHandle } from '../host/contract.js';
import type { Job } from '../job.js';
import { emptyPartials } from '../partials.js';
import { openDevice } from './device.js';
import type { Device } from './device.js';
import { KERNELS, LEAST_WORD, STATE_WORDS, WORKGROUP_SIZE } from './kernels.js';
import { HORIZON_WORDS, addDevicePartials } from './limbs.js';
import { SliceLength } from './slices.js';

/** Paths of a batch: enough to fill a large GPU; a processor that plays one wants less state and longer slices. */
const HARDWARE_BATCH = 2 ** 20;
const SOFTWARE_BATCH = 2 ** 14;
/** Workgroups whose limbs the device can add before they are read: each adds less than 2^16 to a 32-bit word. */
const WORKGROUPS_BETWEEN_READS = 2 ** 16 - 1;
/** Slices submitted ahead of the one that is waited for. */
const DEPTH = 2;

interface Pipelines {
  readonly lumped: GPUComputePipeline;
  readonly lumpedResidual: GPUComputePipeline;
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
    const [lumped, lumpedResidual, reduce, merge] = await Promise.all([
      device.compile(walk, { ...workgroup, has_residual: 0 }),
      device.compile(walk, { ...workgroup, has_residual: 1 }),
      device.compile(KERNELS.reduce, workgroup),
      device.compile(KERNELS.merge, workgroup),
    ]);
    pipelines = { lumped, lumpedResidual, reduce, merge };
  } catch (error) {
    device.destroy();
    handle.release();
    throw error;
  }
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

/** Everything on the device that one job needs; destroyed together. */
class JobBuffers {
  private readonly all: GPUBuffer[] = [];
  readonly state: GPUBuffer;
  readonly walk: GPUBuffer;
  readonly walkGroup: GPUBindGroup;

  constructor(
    readonly gpu: GPUDevice,
    pipelines: Pipelines,
    readonly job: Job,
    readonly batch: number,
  ) {
    const { tables } = job;
    const core = this.filled('core columns', new Uint32Array(tables.columns));
    const residual = new Uint32Array(tables.residual === undefined ? 1 : 3 * 4096);
    if (tables.residual !== undefined) {
      residual.set(tables.residual.columns);
      residual.set(new Uint32Array(tables.residual.first.buffer), 4096);
      residual.set(tables.residual.shift, 2 * 4096);
    }
    this.state = this.empty('path state', STATE_WORDS * batch, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    this.walk = this.empty('walk', 16, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    this.walkGroup = gpu.createBindGroup({
      label: 'walk',
      layout: this.pipeline(pipelines).getBindGroupLayout(0),
      entries: [this.walk, core, this.filled('residual cells', residual), this.state].map((buffer, binding) => ({
        binding,
        resource: { buffer },
      })),
    });
  }

  /** The walk's pipeline for this job's tables. */
  pipeline(pipelines: Pipelines): GPUComputePipeline {
    return this.job.tables.residual === undefined ? pipelines.lumped : pipelines.lumpedResidual;
  }

  empty(label: string, words: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.gpu.createBuffer({ label, size: 4 * words, usage });
    this.all.push(buffer);
    return buffer;
  }

  filled(
    label: string,
    words: Uint32Array<ArrayBuffer>,
    usage: GPUBufferUsageFlags = GPUBufferUsage.STORAGE,
  ): GPUBuffer {
    const buffer = this.empty(label, words.length, usage | GPUBufferUsage.COPY_DST);
    this.gpu.queue.writeBuffer(buffer, 0, words);
    return buffer;
  }

  /** Writes the walk's parameters (struct Walk of kernels/lumped.wgsl) for one slice. */
  setWalk(firstPath: number, paths: number, begin: number, end: number): void {
    const { key, tables, initialQuanta } = this.job;
    const left = Math.max(0, tables.coreShift - JITTER_BITS);
    const right = Math.max(0, JITTER_BITS - tables.coreShift);
    const path = [firstPath >>> 0, Math.floor(firstPath / 2 ** 32)];
    const words = [...key, ...path, paths, begin, end, initialQuanta, tables.base, tables.coreShift, left, right, 0, 0];
    this.gpu.queue.writeBuffer(
      this.walk,
      0,
      Uint32Array.from(words, (word) => word >>> 0),
    );
  }

  destroy(): void {
    for (const buffer of this.all) buffer.destroy();
  }
}

/**
 * Walks one batch to its last horizon. `atHorizon` adds commands after the slice that reaches a checkpoint. Returns false if the run was
 * stopped before the end.
 */
async function walkBatch(
  device: Device,
  pipelines: Pipelines,
  buffers: JobBuffers,
  firstPath: number,
  paths: number,
  slices: SliceLength,
  atHorizon: (encoder: GPUCommandEncoder, h: number) => void,
  onSlice: (pathSlots: number) => void,
  stopped: () => boolean,
): Promise<boolean> {
  const { gpu } = device;
  const { horizons } = buffers.job;
  const waiting: Promise<void>[] = [];
  let lastDone = performance.now();
  let slot = 0;
  for (let h = 0; h < horizons.length;) {
    if (stopped()) {
      await device.guard(Promise.all(waiting));
      return false;
    }
    const begin = slot;
    const end = Math.min(begin + slices.slots(paths), horizons[h].slots);
    buffers.setWalk(firstPath, paths, begin, end);
    const encoder = gpu.createCommandEncoder({ label: `slots ${begin} to ${end}` });
    const pass = encoder.beginComputePass();
    pass.setPipeline(buffers.pipeline(pipelines));
    pass.setBindGroup(0, buffers.walkGroup);
    pass.dispatchWorkgroups(Math.ceil(paths / WORKGROUP_SIZE));
    pass.end();
    if (end === horizons[h].slots) {
      atHorizon(encoder, h);
      h++;
    }
    const submitted = performance.now();
    gpu.queue.submit([encoder.finish()]);
    slot = end;
    waiting.push(
      gpu.queue.onSubmittedWorkDone().then(() => {
        const now = performance.now();
        slices.learn((end - begin) * paths, (now - Math.max(submitted, lastDone)) / 1000);
        lastDone = now;
        onSlice((end - begin) * paths);
      }),
    );
    if (waiting.length >= DEPTH) await device.guard(waiting.shift() as Promise<void>);
  }
  await device.guard(Promise.all(waiting));
  return true;
}

/** Reads a buffer's words through a staging buffer. */
async function readWords(device: Device, source: GPUBuffer, words: number): Promise<Uint32Array<ArrayBuffer>> {
  const { gpu } = device;
  const staging = gpu.createBuffer({
    label: 'staging',
    size: 4 * words,
    usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
  });
  try {
    const encoder = gpu.createCommandEncoder({ label: 'read' });
    encoder.copyBufferToBuffer(source, 0, staging, 0, 4 * words);
    gpu.queue.submit([encoder.finish()]);
    await device.guard(staging.mapAsync(GPUMapMode.READ));
    return new Uint32Array(staging.getMappedRange().slice(0));
  } finally {
    staging.destroy();
  }
}

function batchSize(device: Device, job: Job, control: RunControl): number {
  const usual = device.info.isSoftware ? SOFTWARE_BATCH : HARDWARE_BATCH;
  const { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = device.gpu.limits;
  const most = Math.min(
    Math.floor(maxStorageBufferBindingSize / (4 * STATE_WORDS)),
    Math.min(maxComputeWorkgroupsPerDimension, WORKGROUPS_BETWEEN_READS) * WORKGROUP_SIZE,
  );
  return Math.max(1, Math.min(control.pathsPerBatch ?? usual, job.paths, most));
}

async function runJob(device: Device, pipelines: Pipelines, job: Job, control: RunControl): ReturnType<Backend['run']> {
  const { gpu } = device;
  const partials = emptyPartials(job.horizons);
  if (job.paths === 0) return partials;
  const batch = batchSize(device, job, control);
  const buffers = new JobBuffers(gpu, pipelines, job, batch);
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
      if (unreadGroups + groups > WORKGROUPS_BETWEEN_READS) await read();
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
      if (!(await walkBatch(device, pipelines, buffers, firstPath, paths, slices, atHorizon, report, stopped))) break;
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
  const batch = batchSize(device, job, control);
  const buffers = new JobBuffers(gpu, pipelines, job, batch);
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
      await walkBatch(
        device,
        pipelines,
        buffers,
        job.firstPath + done,
        paths,
        slices,
        atHorizon,
        () => undefined,
        never,
      );
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
