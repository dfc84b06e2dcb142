/**
 * Walking a batch of paths on the device in slices of about 50 ms, whatever a kernel keeps of them: tables and path state, the loop over slices,
 * reading words back. What is kept and counted is the business of backend.ts (deficits) and passages.ts (first passages).
 */
import { JITTER_BITS } from '../../law/tables.js';
import type { WalkTables } from '../../law/tables.js';
import type { TaskTables } from '../../law/task-tables.js';
import type { RunControl } from '../backend.js';
import type { StreamKey } from '../stream-key.js';
import type { Device, KernelSource } from './device.js';
import { STATE_WORDS, WORKGROUP_SIZE } from './kernels.js';
import type { SliceLength } from './slices.js';

/** Most workgroups of a batch: their limbs then fit the reduction's words (kernels/reduce.wgsl). */
export const MAXIMUM_WORKGROUPS = 2 ** 16 - 1;
/** Paths of a batch: enough to fill a large GPU; a processor that plays one wants less state and longer slices. */
const HARDWARE_BATCH = 2 ** 20;
const SOFTWARE_BATCH = 2 ** 14;
/** Slices submitted ahead of the one that is waited for. */
const DEPTH = 2;

/** What a walk of paths is made of, whatever is kept of it. */
export interface DeviceWalk {
  readonly tables: WalkTables;
  readonly key: StreamKey;
  readonly initialQuanta: number;
  /** Level at or below which a path has passed; 0 where nothing stops. */
  readonly barrier: number;
  /** Slots of the checkpoints, strictly ascending. */
  readonly checkpoints: readonly number[];
  /** Words of a path's state. */
  readonly stateWords: number;
  /** What kernels/batch.wgsl needs, where the walk draws task by task. */
  readonly tasks?: DeviceTasks;
}

/** The tasks of a walk. */
export interface DeviceTasks {
  readonly tables: TaskTables;
  /** Future slots kept of a path: a power of two; 0 where consumption is lumped. */
  readonly ringSlots: number;
  readonly centreQuanta: number;
  readonly plantedQuanta: number;
}

/** The pipelines of one walking kernel. */
export interface WalkPipelines {
  readonly plain: GPUComputePipeline;
  /** For tables with residual cells. */
  readonly residual: GPUComputePipeline;
}

/** Compiles a walking kernel in both forms. */
export async function compileWalk(
  device: Device,
  kernel: KernelSource,
  more: Record<string, number> = {},
): Promise<WalkPipelines> {
  const constants = { workgroup_size: WORKGROUP_SIZE, ...more };
  const [plain, residual] = await Promise.all([
    device.compile(kernel, { ...constants, has_residual: 0 }),
    device.compile(kernel, { ...constants, has_residual: 1 }),
  ]);
  return { plain, residual };
}

/** Everything on the device that one walk needs; destroyed together. */
export class WalkBuffers {
  private readonly all: GPUBuffer[] = [];
  readonly state: GPUBuffer;
  readonly pipeline: GPUComputePipeline;
  readonly group: GPUBindGroup;
  private readonly parameters: GPUBuffer;

  /** @param batch paths that the state has room for. */
  constructor(
    private readonly gpu: GPUDevice,
    pipelines: WalkPipelines,
    readonly walk: DeviceWalk,
    batch: number,
  ) {
    const { tables } = walk;
    this.pipeline = tables.residual === undefined ? pipelines.plain : pipelines.residual;
    const core = this.filled('core columns', new Uint32Array(tables.columns));
    const residual = new Uint32Array(tables.residual === undefined ? 1 : 3 * 4096);
    if (tables.residual !== undefined) {
      residual.set(tables.residual.columns);
      residual.set(new Uint32Array(tables.residual.first.buffer), 4096);
      residual.set(tables.residual.shift, 2 * 4096);
    }
    this.state = this.empty('path state', walk.stateWords * batch, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    this.parameters = this.empty('walk', 16, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
    const own = [this.parameters, core, this.filled('residual cells', residual), this.state];
    this.group = gpu.createBindGroup({
      label: 'walk',
      layout: this.pipeline.getBindGroupLayout(0),
      entries: [...own, ...this.taskBuffers(batch)].map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
  }

  /** Bindings 4 to 6 of kernels/batch.wgsl. */
  private taskBuffers(batch: number): GPUBuffer[] {
    const { tasks } = this.walk;
    if (tasks === undefined) return [];
    const { tables, ringSlots, centreQuanta, plantedQuanta } = tasks;
    const size = 2 ** tables.entryBits;
    const profilesAt = 256 + 4 * size;
    const words = new Uint32Array(profilesAt + tables.profiles.length);
    words.set(tables.countColumns);
    words.set(tables.entryColumns, 256);
    words.set(tables.energies, 256 + size);
    words.set(
      tables.profileStart.map((start) => profilesAt + start),
      256 + 2 * size,
    );
    words.set(tables.profileLength, 256 + 3 * size);
    words.set(tables.profiles, profilesAt);
    const head = [
      tables.countDraws,
      tables.entryBits,
      Math.max(1, ringSlots) - 1,
      centreQuanta,
      plantedQuanta,
      0,
      0,
      0,
    ];
    const parameters = Uint32Array.from(head, (word) => word >>> 0);
    return [
      this.filled('tasks', parameters, GPUBufferUsage.UNIFORM),
      this.filled('task tables', words),
      this.empty('future slots', Math.max(1, ringSlots * batch), GPUBufferUsage.STORAGE),
    ];
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

  /** Writes the walk's parameters (struct Walk of kernels/slot.wgsl) for one slice. */
  setWalk(firstPath: number, paths: number, begin: number, end: number): void {
    const { key, tables, initialQuanta, barrier } = this.walk;
    const left = Math.max(0, tables.coreShift - JITTER_BITS);
    const right = Math.max(0, JITTER_BITS - tables.coreShift);
    const path = [firstPath >>> 0, Math.floor(firstPath / 2 ** 32)];
    const words = [
      ...key,
      ...path,
      paths,
      begin,
      end,
      initialQuanta,
      tables.base,
      tables.coreShift,
      left,
      right,
      barrier,
      0,
    ];
    this.gpu.queue.writeBuffer(
      this.parameters,
      0,
      Uint32Array.from(words, (word) => word >>> 0),
    );
  }

  destroy(): void {
    for (const buffer of this.all) buffer.destroy();
  }
}

/**
 * Walks one batch to its last checkpoint. `atCheckpoint` adds commands after the slice that reaches a checkpoint. Returns false if the run was
 * stopped before the end.
 */
export async function walkBatch(
  device: Device,
  buffers: WalkBuffers,
  firstPath: number,
  paths: number,
  slices: SliceLength,
  atCheckpoint: (encoder: GPUCommandEncoder, h: number) => void,
  onSlice: (pathSlots: number) => void,
  stopped: () => boolean,
): Promise<boolean> {
  const { gpu } = device;
  const { checkpoints } = buffers.walk;
  const waiting: Promise<void>[] = [];
  let lastDone = performance.now();
  let slot = 0;
  for (let h = 0; h < checkpoints.length;) {
    if (stopped()) {
      await device.guard(Promise.all(waiting));
      return false;
    }
    const begin = slot;
    const end = Math.min(begin + slices.slots(paths), checkpoints[h]);
    buffers.setWalk(firstPath, paths, begin, end);
    const encoder = gpu.createCommandEncoder({ label: `slots ${begin} to ${end}` });
    const pass = encoder.beginComputePass();
    pass.setPipeline(buffers.pipeline);
    pass.setBindGroup(0, buffers.group);
    pass.dispatchWorkgroups(Math.ceil(paths / WORKGROUP_SIZE));
    pass.end();
    if (end === checkpoints[h]) {
      atCheckpoint(encoder, h);
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
export async function readWords(device: Device, source: GPUBuffer, words: number): Promise<Uint32Array<ArrayBuffer>> {
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

/** Paths of a batch, within the device's limits; `wordsPerPath` are those of the largest buffer. */
export function batchSize(device: Device, paths: number, control: RunControl, wordsPerPath = STATE_WORDS): number {
  const usual = device.info.isSoftware ? SOFTWARE_BATCH : HARDWARE_BATCH;
  const { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = device.gpu.limits;
  const most = Math.min(
    Math.floor(maxStorageBufferBindingSize / (4 * wordsPerPath)),
    Math.min(maxComputeWorkgroupsPerDimension, MAXIMUM_WORKGROUPS) * WORKGROUP_SIZE,
  );
  return Math.max(1, Math.min(control.pathsPerBatch ?? usual, paths, most));
}
