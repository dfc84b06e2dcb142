/**
 * How the paths of a wave of jobs are cut into batches, and these into segments of one job each (kernels/slot.wgsl).
 */
import { WORKGROUP_SIZE } from './kernels.js';

/** Some paths of one job in one batch. */
export interface Segment {
  /** Place of the job in the wave. */
  readonly walk: number;
  /** Number of the first path, within the stream. */
  readonly firstPath: number;
  readonly paths: number;
  /** Workgroups of the batch that walk them. */
  readonly firstGroup: number;
  readonly groups: number;
}

/** Paths of a batch, and workgroups, which may be more than the paths need: a segment begins with a workgroup. */
export interface BatchRoom {
  readonly paths: number;
  readonly groups: number;
}

/**
 * Cuts the paths of jobs, in order, into batches; each is as full as it can be.
 * @param mostPaths asked before each batch: paths that it may have within the room.
 */
export function* cutBatches(
  jobs: readonly { readonly firstPath: number; readonly paths: number }[],
  room: BatchRoom,
  mostPaths: () => number = () => Infinity,
): Generator<readonly Segment[]> {
  let batch: Segment[] = [];
  let groups = 0;
  let paths = 0;
  let most = Math.min(room.paths, mostPaths());
  for (const [walk, job] of jobs.entries()) {
    for (let done = 0; done < job.paths;) {
      const free = Math.min(most - paths, (room.groups - groups) * WORKGROUP_SIZE);
      if (free === 0) {
        yield batch;
        batch = [];
        groups = 0;
        paths = 0;
        most = Math.min(room.paths, mostPaths());
        continue;
      }
      const count = Math.min(free, job.paths - done);
      const own = Math.ceil(count / WORKGROUP_SIZE);
      batch.push({ walk, firstPath: job.firstPath + done, paths: count, firstGroup: groups, groups: own });
      groups += own;
      paths += count;
      done += count;
    }
  }
  if (batch.length > 0) yield batch;
}
