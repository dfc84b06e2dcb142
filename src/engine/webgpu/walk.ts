/**
 * Walking a batch of paths on the device in submissions of about 50 ms, whatever a kernel keeps of them: the loop over
 * slices, reading words back. What is kept and counted is the business of wave.ts (deficits) and passages.ts (first
 * passages).
 */
import type { RunControl } from '../backend.js';
import { STATE } from '../kernels/state.js';
import { DeviceLimitError } from '../../errors.js';
import { allocated } from './allocation.js';
import { deviceName } from './device.js';
import type { Device } from './device.js';
import type { FormChoice } from './form-choice.js';
import { WORKGROUP_SIZE } from './kernels.js';
import type { PassClock } from './pass-clock.js';
import type { BatchRoom, Segment } from './segments.js';
import type { SlicePlan } from './slices.js';
import type { Submissions } from './submissions.js';
import { WalkBuffers } from './walk-buffers.js';
import type { DeviceWalk } from './walk-buffers.js';

/**
 * Most workgroups of a batch: with one segment for each they add twice to a limb, which holds that
 * (kernels/reduce.wgsl).
 */
const MAXIMUM_WORKGROUPS = 2 ** 15 - 1;
/**
 * Paths of a batch: enough to fill a large GPU, and where paths are short as many more as make a batch worth its
 * dispatches. A processor that plays a GPU wants less state and longer slices.
 */
const HARDWARE_BATCH = { least: 2 ** 20, most: 2 ** 22, pathSlots: 2 ** 34 };
const SOFTWARE_BATCH = 2 ** 14;

/** Paths of a batch. */
export function pathsOf(batch: readonly Segment[]): number {
  return batch.reduce((sum, { paths }) => sum + paths, 0);
}

/** Slots of a walk. */
export function slotsOf({ checkpoints }: DeviceWalk): number {
  return checkpoints[checkpoints.length - 1];
}

/** Workgroups of a batch. */
export function groupsOf(batch: readonly Segment[]): number {
  const { firstGroup, groups } = batch[batch.length - 1];
  return firstGroup + groups;
}

/**
 * Submits the walk of one batch to its last checkpoint: in each submission as many slots as take about 50 ms, a
 * dispatch from checkpoint to checkpoint. `atCheckpoint` adds commands after the dispatch that reaches a checkpoint.
 * Returns false if the run was stopped before the end. What is submitted afterwards comes after it; `left` tells the
 * path-slots of the run that are left, by which a long run is known; `submissions.drain` waits for it.
 */
export async function walkBatch(
  device: Device,
  buffers: WalkBuffers,
  batch: readonly Segment[],
  plan: SlicePlan,
  submissions: Submissions,
  atCheckpoint: (encoder: GPUCommandEncoder, h: number, clock: PassClock | undefined) => void,
  onSlice: (pathSlots: number) => void,
  stopped: () => boolean,
  left: () => number = () => 0,
): Promise<boolean> {
  const { gpu } = device;
  const [walk] = buffers.walks;
  const { checkpoints } = walk;
  const paths = pathsOf(batch);
  const groups = groupsOf(batch);
  const last = slotsOf(walk);
  buffers.setBatch(batch);
  for (let begin = 0; begin < last;) {
    if (stopped()) {
      await submissions.drain();
      return false;
    }
    plan.turn(left());
    const { slices, work } = plan.next(begin, paths);
    const { end } = slices[slices.length - 1];
    buffers.setSlices(slices);
    const encoder = gpu.createCommandEncoder({ label: `slots ${begin} to ${end}` });
    // A checkpoint's reductions are one pass more.
    const clock = submissions.clock(2 * slices.length);
    slices.forEach((slice, i) => {
      const pass = encoder.beginComputePass(clock?.pass('walk'));
      pass.setPipeline(buffers.pipeline);
      pass.setBindGroup(0, buffers.group(i));
      pass.dispatchWorkgroups(groups);
      pass.end();
      const h = checkpoints.indexOf(slice.end);
      if (h >= 0) atCheckpoint(encoder, h, clock);
    });
    const pathSlots = (end - begin) * paths;
    await submissions.submit(encoder, clock, { pace: plan.pace, work }, () => {
      onSlice(pathSlots);
    });
    begin = end;
  }
  return true;
}

/** Reads a buffer's words through a staging buffer. */
export async function readWords(device: Device, source: GPUBuffer, words: number): Promise<Uint32Array<ArrayBuffer>> {
  const { gpu } = device;
  const usage = GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
  const staging = await device.allocate(() => gpu.createBuffer({ label: 'staging', size: 4 * words, usage }));
  if (staging === undefined) {
    throw new DeviceLimitError(`${deviceName(device.info)} has no memory for ${4 * words} bytes that are read back`);
  }
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
 * Room of a batch for `paths` paths of `slots` slots in all, within the device's limits; `wordsPerPath` are those of
 * the largest buffer. Where several jobs share batches their segments leave gaps, for which there is room as well.
 */
export function batchRoom(
  device: Device,
  paths: number,
  jobs: number,
  slots: number,
  control: RunControl,
  wordsPerPath: number = STATE.lumped.words,
): BatchRoom {
  const { least, most: longest, pathSlots } = HARDWARE_BATCH;
  const usual = device.info.isSoftware
    ? SOFTWARE_BATCH
    : Math.max(least, Math.min(longest, Math.floor(pathSlots / slots)));
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

/** A walk's buffers, and one into which what comes of its batches is copied. */
export interface CopiedWalk {
  readonly room: BatchRoom;
  readonly buffers: WalkBuffers;
  readonly copied: GPUBuffer;
  destroy(): void;
}

/** What walks of which single paths are read back need. @param wordsOfPath copied of each path */
export function allocatedCopies(
  device: Device,
  most: BatchRoom,
  choice: FormChoice,
  walks: readonly DeviceWalk[],
  wordsOfPath: number,
): Promise<CopiedWalk> {
  return allocated(device, most, (room) => {
    const buffers = new WalkBuffers(device.gpu, choice, walks, room.groups);
    const words = wordsOfPath * room.groups * WORKGROUP_SIZE;
    return {
      room,
      buffers,
      copied: buffers.empty('single paths', words, GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST),
      destroy() {
        buffers.destroy();
      },
    };
  });
}
