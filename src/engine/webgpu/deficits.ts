/**
 * Deficits of single paths on the device: batches whose words at each checkpoint are copied and read back. No
 * reduction.
 */
import type { RunControl } from '../backend.js';
import type { Job } from '../job.js';
import { jobRows } from '../rows.js';
import type { Device } from './device.js';
import { WORKGROUP_SIZE } from './kernels.js';
import type { Paces } from './pace.js';
import { cutBatches } from './segments.js';
import { SlicePlan } from './slices.js';
import { Submissions } from './submissions.js';
import { allocatedCopies, batchRoom, groupsOf, readWords, walkBatch } from './walk.js';
import { deviceWalk, walkForm, wordsPerPath } from './wave.js';
import type { JobPipelines } from './wave.js';

/** Entry [row · paths + i] is path firstPath + i at that row of the job. */
export async function readDeficits(
  device: Device,
  pipelines: JobPipelines,
  job: Job,
  control: RunControl,
  paces: Paces,
): Promise<Int32Array> {
  const [rows] = await readRows(device, pipelines, [job], control, paces);
  return rows;
}

/** The same of several jobs, alike as those of a wave are, walked side by side. */
export async function readRows(
  device: Device,
  pipelines: JobPipelines,
  jobs: readonly Job[],
  control: RunControl,
  paces: Paces,
): Promise<Int32Array[]> {
  const [{ horizons }] = jobs;
  const rows = jobRows(jobs[0]).length;
  const out = jobs.map(({ paths }) => new Int32Array(paths * rows));
  const paths = jobs.reduce((sum, job) => sum + job.paths, 0);
  if (paths === 0) return out;
  const walks = jobs.map(deviceWalk);
  const [walk] = walks;
  // What comes back takes a word a row of each path: batches stay small, as for the longest paths.
  const most = batchRoom(device, paths, jobs.length, Infinity, control, Math.max(rows, wordsPerPath(walk)));
  const choice = await pipelines.walk.choice(walkForm(walk));
  const { buffers, copied: minima, room } = await allocatedCopies(device, most, choice, walks, rows);
  try {
    const submissions = new Submissions(device, control);
    const plan = new SlicePlan(buffers, 0, paces, control);
    for (const batch of cutBatches(jobs, room, () => plan.mostPaths())) {
      const stride = groupsOf(batch) * WORKGROUP_SIZE;
      const atHorizon = (encoder: GPUCommandEncoder, h: number): void => {
        pipelines.quantities.forEach(({ word }, i) => {
          const row = i * horizons.length + h;
          encoder.copyBufferToBuffer(buffers.state, 4 * word * stride, minima, 4 * row * stride, 4 * stride);
        });
      };
      const never = (): boolean => false;
      await walkBatch(device, buffers, batch, plan, submissions, atHorizon, () => undefined, never);
      const words = new Int32Array((await readWords(device, minima, stride * rows)).buffer);
      for (const segment of batch) {
        const own = jobs[segment.walk];
        const first = segment.firstPath - own.firstPath;
        for (let row = 0; row < rows; row++) {
          const from = row * stride + segment.firstGroup * WORKGROUP_SIZE;
          const to = row * own.paths + first;
          for (let i = 0; i < segment.paths; i++) out[segment.walk][to + i] = -words[from + i];
        }
      }
    }
    return out;
  } finally {
    buffers.destroy();
  }
}
