/**
 * First passages on the device: batches walked by kernels/passage.wgsl, two words a path read back. No reduction:
 * weights are the host's.
 */
import type { RunControl } from '../backend.js';
import { emptyPassages } from '../passage-job.js';
import type { PassageJob, Passages } from '../passage-job.js';
import type { Device } from './device.js';
import { LEVEL_WORD, STATE_WORDS, WORKGROUP_SIZE } from './kernels.js';
import { cutBatches } from './segments.js';
import type { Paces } from './pace.js';
import { SlicePlan } from './slices.js';
import { Submissions } from './submissions.js';
import { allocatedCopies, batchRoom, groupsOf, pathsOf, readWords, walkBatch } from './walk.js';
import { formOf } from './walk-pipelines.js';
import type { WalkPipelines } from './walk-pipelines.js';
import { residualStateWords } from './wave.js';

/** Passages of a job's paths, or of the first of them if the run is stopped. */
export async function readPassages(
  device: Device,
  pipelines: WalkPipelines,
  job: PassageJob,
  control: RunControl,
  paces: Paces,
): Promise<Passages> {
  const out = emptyPassages(job.paths);
  if (job.paths === 0) return out;
  let pathsDone = 0;
  const most = batchRoom(device, job.paths, 1, job.slots, control);
  const { tables, key, slots, barrier } = job;
  const stateWords = STATE_WORDS + residualStateWords(tables.residual !== undefined);
  const walk = { tables, key, initialQuanta: 0, barrier: -barrier, checkpoints: [slots], stateWords };
  const choice = await pipelines.choice(formOf(tables));
  const { buffers, copied: result, room } = await allocatedCopies(device, most, choice, [walk], 2);
  try {
    const submissions = new Submissions(device, control);
    const start = performance.now();
    const stopped = (): boolean => control.signal?.aborted === true;
    let pathSlots = 0;
    const report = (more: number): void => {
      pathSlots += more;
      const elapsedSeconds = (performance.now() - start) / 1000;
      control.onProgress?.({ done: pathSlots, total: job.paths * slots, paths: pathsDone, elapsedSeconds });
    };
    const plan = new SlicePlan(buffers, 0, paces, control);
    for (const batch of cutBatches([job], room, () => plan.mostPaths())) {
      if (stopped()) break;
      const paths = pathsOf(batch);
      const stride = groupsOf(batch) * WORKGROUP_SIZE;
      const atEnd = (encoder: GPUCommandEncoder): void => {
        // Word-major: the levels and the passages' slots lie one after the other.
        encoder.copyBufferToBuffer(buffers.state, 4 * LEVEL_WORD * stride, result, 0, 8 * stride);
      };
      if (!(await walkBatch(device, buffers, batch, plan, submissions, atEnd, report, stopped))) break;
      const words = new Int32Array((await readWords(device, result, 2 * stride)).buffer);
      for (let i = 0; i < paths; i++) {
        const slot = words[stride + i];
        out.slots[pathsDone + i] = slot;
        out.points[pathsDone + i] = slot === 0 ? 0 : -words[i];
      }
      pathsDone += paths;
      report(0);
    }
    return { slots: out.slots.subarray(0, pathsDone), points: out.points.subarray(0, pathsDone) };
  } finally {
    buffers.destroy();
  }
}
