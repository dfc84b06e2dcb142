/**
 * The draws of a walk alone on a device (kernels/stages.wgsl), and what it takes to bring words to the host: for
 * benches.
 */
import type { TasksJob } from '../job.js';
import { STAGES } from '../stages.js';
import type { Stage } from '../stages.js';
import { TIMESTAMPS } from './device.js';
import type { Device } from './device.js';
import { KERNELS, WORKGROUP_SIZE } from './kernels.js';
import { PassClock } from './pass-clock.js';
import { readWords } from './walk.js';
import { WalkBuffers } from './walk-buffers.js';
import { WalkPipelines, formOf } from './walk-pipelines.js';
import { deviceWalk } from './walks/kernel-of.js';

/** How long one dispatch took, in seconds. */
export interface StageTime {
  readonly wall: number;
  /** By the device's own clock, where it has one. */
  readonly device: number | undefined;
}

/** A stage made ready for `paths` paths. */
export interface DeviceStage {
  /** Draws `times` times on each path. */
  time(times: number): Promise<StageTime>;
  /** The sums of the first `paths` paths after the last `time`. */
  sums(paths: number): Promise<Int32Array>;
  destroy(): void;
}

/** Compiles a stage. The job's first draws are those that are timed. */
export async function openStage(
  device: Device,
  columns: 'workgroup' | 'storage',
  job: TasksJob,
  stage: Stage,
  paths: number,
): Promise<DeviceStage> {
  const { gpu } = device;
  const kernel = columns === 'storage' ? KERNELS.stagesFromStorage : KERNELS.stages;
  const pipelines = new WalkPipelines(device, kernel, { stage: STAGES.indexOf(stage), distributed: 0 });
  const groups = Math.ceil(paths / WORKGROUP_SIZE);
  const buffers = new WalkBuffers(gpu, await pipelines.choice(formOf(job.tables)), [deviceWalk(job)], groups);
  buffers.setBatch([{ walk: 0, firstPath: job.firstPath, paths, firstGroup: 0, groups }]);
  return {
    async time(times) {
      buffers.setSlices([{ begin: 0, end: times }]);
      await device.guard(gpu.queue.onSubmittedWorkDone());
      const clock = gpu.features.has(TIMESTAMPS) ? new PassClock(device, 1) : undefined;
      const encoder = gpu.createCommandEncoder({ label: stage });
      const pass = encoder.beginComputePass(clock?.pass('walk'));
      pass.setPipeline(buffers.pipeline);
      pass.setBindGroup(0, buffers.group(0));
      pass.dispatchWorkgroups(groups);
      pass.end();
      clock?.finish(encoder);
      const start = performance.now();
      gpu.queue.submit([encoder.finish()]);
      await device.guard(gpu.queue.onSubmittedWorkDone());
      const wall = (performance.now() - start) / 1000;
      let own: number | undefined;
      await clock?.read((_, seconds) => (own = seconds));
      return { wall, device: own };
    },
    sums: async (count) => new Int32Array((await readWords(device, buffers.state, count)).buffer),
    destroy() {
      buffers.destroy();
    },
  };
}

/** Seconds to bring `words` words from the device to the host. */
export async function timeTransfer(device: Device, words: number): Promise<number> {
  const source = device.gpu.createBuffer({ label: 'transfer', size: 4 * words, usage: GPUBufferUsage.COPY_SRC });
  try {
    await device.guard(device.gpu.queue.onSubmittedWorkDone());
    const start = performance.now();
    await readWords(device, source, words);
    return (performance.now() - start) / 1000;
  } finally {
    source.destroy();
  }
}
