/**
 * Rows of single paths on the device: batches whose words at each checkpoint are copied and read back. No reduction.
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
import { allocatedCopies, batchRoom, groupsOf, pathsOf, readWords, slotsOf, walkBatch } from './walk.js';
import { walkForm } from './walk-pipelines.js';
import { deviceWalk } from './walks/kernel-of.js';
import { wordsPerPath } from './wave.js';
import type { JobPipelines } from './wave.js';

/** Rows that come back as fast as paths are walked: batches of more stay as small as for the longest paths. */
const FEW_ROWS = 2;

/** What was read. */
export interface SinglePaths {
  /** Of each job: entry [row · paths + i] is path firstPath + i at that row of the job. */
  readonly rows: readonly Int32Array[];
  /** Paths that were walked, of all jobs in order: after a stop fewer than there are. */
  readonly paths: number;
}

/** Walks jobs, alike as those of a wave are, side by side. */
export async function readRows(
  device: Device,
  pipelines: JobPipelines,
  jobs: readonly Job[],
  control: RunControl,
  paces: Paces,
): Promise<SinglePaths> {
  const [{ horizons }] = jobs;
  const rows = jobRows(jobs[0]).length;
  const out = jobs.map(({ paths }) => new Int32Array(paths * rows));
  const paths = jobs.reduce((sum, job) => sum + job.paths, 0);
  if (paths === 0) return { rows: out, paths: 0 };
  const walks = jobs.map(deviceWalk);
  const [walk] = walks;
  const longest = rows <= FEW_ROWS ? slotsOf(walk) : Infinity;
  const most = batchRoom(device, paths, jobs.length, longest, control, Math.max(rows, wordsPerPath(walk)));
  const choice = await pipelines.walk.choice(walkForm(walk));
  const { buffers, copied, room } = await allocatedCopies(device, most, choice, walks, rows);
  try {
    const submissions = new Submissions(device, control);
    const start = performance.now();
    const stopped = (): boolean => control.signal?.aborted === true;
    let pathSlots = 0;
    let done = 0;
    const report = (more: number): void => {
      pathSlots += more;
      const elapsedSeconds = (performance.now() - start) / 1000;
      control.onProgress?.({ done: pathSlots, total: paths * slotsOf(walk), paths: done, elapsedSeconds });
    };
    const plan = new SlicePlan(buffers, 0, paces, control);
    for (const batch of cutBatches(jobs, room, () => plan.mostPaths())) {
      if (stopped()) break;
      const stride = groupsOf(batch) * WORKGROUP_SIZE;
      const atHorizon = (encoder: GPUCommandEncoder, h: number): void => {
        pipelines.quantities.forEach(({ word }, i) => {
          const row = i * horizons.length + h;
          encoder.copyBufferToBuffer(buffers.state, 4 * word * stride, copied, 4 * row * stride, 4 * stride);
        });
      };
      if (!(await walkBatch(device, buffers, batch, plan, submissions, atHorizon, report, stopped))) break;
      const words = new Int32Array((await readWords(device, copied, stride * rows)).buffer);
      for (const segment of batch) {
        const own = jobs[segment.walk];
        const first = segment.firstPath - own.firstPath;
        for (let row = 0; row < rows; row++) {
          const from = row * stride + segment.firstGroup * WORKGROUP_SIZE;
          const to = row * own.paths + first;
          for (let i = 0; i < segment.paths; i++) out[segment.walk][to + i] = -words[from + i];
        }
      }
      done += pathsOf(batch);
      report(0);
    }
    return { rows: out, paths: done };
  } finally {
    buffers.destroy();
  }
}
