/**
 * Walking a batch of paths on the device in slices of about 50 ms, whatever a kernel keeps of them: pipelines, the loop over slices, reading words
 * back. What is kept and counted is the business of wave.ts (deficits) and passages.ts (first passages).
 */
import type { RunControl } from '../backend.js';
import type { Device, KernelSource } from './device.js';
import { STATE_WORDS, WORKGROUP_SIZE } from './kernels.js';
import type { BatchRoom, Segment } from './segments.js';
import type { SliceLength } from './slices.js';
import type { WalkBuffers } from './walk-buffers.js';

/** Most workgroups of a batch: their limbs then fit the reduction's words (kernels/reduce.wgsl). */
export const MAXIMUM_WORKGROUPS = 2 ** 16 - 1;
/** Paths of a batch: enough to fill a large GPU; a processor that plays one wants less state and longer slices. */
const HARDWARE_BATCH = 2 ** 20;
const SOFTWARE_BATCH = 2 ** 14;
/** Slices submitted ahead of the one that is waited for. */
const DEPTH = 2;

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

/** Paths of a batch. */
export function pathsOf(batch: readonly Segment[]): number {
  return batch.reduce((sum, { paths }) => sum + paths, 0);
}

/** Workgroups of a batch. */
export function groupsOf(batch: readonly Segment[]): number {
  const { firstGroup, groups } = batch[batch.length - 1];
  return firstGroup + groups;
}

/**
 * Walks one batch to its last checkpoint. `atCheckpoint` adds commands after the slice that reaches a checkpoint. Returns false if the run was
 * stopped before the end.
 */
export async function walkBatch(
  device: Device,
  buffers: WalkBuffers,
  batch: readonly Segment[],
  slices: SliceLength,
  atCheckpoint: (encoder: GPUCommandEncoder, h: number) => void,
  onSlice: (pathSlots: number) => void,
  stopped: () => boolean,
): Promise<boolean> {
  const { gpu } = device;
  const { checkpoints } = buffers.walks[0];
  const paths = pathsOf(batch);
  const groups = groupsOf(batch);
  const waiting: Promise<void>[] = [];
  let lastDone = performance.now();
  let slot = 0;
  buffers.setBatch(batch);
  for (let h = 0; h < checkpoints.length;) {
    if (stopped()) {
      await device.guard(Promise.all(waiting));
      return false;
    }
    const begin = slot;
    const end = Math.min(begin + slices.slots(paths), checkpoints[h]);
    buffers.setSlice(begin, end);
    const encoder = gpu.createCommandEncoder({ label: `slots ${begin} to ${end}` });
    const pass = encoder.beginComputePass();
    pass.setPipeline(buffers.pipeline);
    pass.setBindGroup(0, buffers.group);
    pass.dispatchWorkgroups(groups);
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

/**
 * Room of a batch for `paths` paths in all, within the device's limits; `wordsPerPath` are those of the largest buffer. Where several jobs share
 * batches their segments leave gaps, for which there is room as well.
 */
export function batchRoom(
  device: Device,
  paths: number,
  jobs: number,
  control: RunControl,
  wordsPerPath = STATE_WORDS,
): BatchRoom {
  const usual = device.info.isSoftware ? SOFTWARE_BATCH : HARDWARE_BATCH;
  const { maxStorageBufferBindingSize, maxComputeWorkgroupsPerDimension } = device.gpu.limits;
  const most = Math.max(
    1,
    Math.min(
      Math.floor(maxStorageBufferBindingSize / (4 * wordsPerPath * WORKGROUP_SIZE)),
      maxComputeWorkgroupsPerDimension,
      MAXIMUM_WORKGROUPS,
    ),
  );
  const wanted = Math.max(1, Math.min(control.pathsPerBatch ?? usual, paths, most * WORKGROUP_SIZE));
  const groups = Math.min(most, Math.ceil(wanted / WORKGROUP_SIZE) + jobs - 1);
  return { paths: wanted, groups };
}
