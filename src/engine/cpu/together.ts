/**
 * Jobs whose paths see the same words, as points of a sweep do that share a seed: four are walked at once
 * (kernels/wasm/together.ts), which takes less than three alone. The bits are those of each alone.
 */
import type { JobFeed } from '../backend.js';
import type { Job, LumpedJob } from '../job.js';
import { JITTER_BITS } from '../../law/tables.js';
import { walkLumped } from './lumped.js';
import type { LumpedWalk } from './lumped.js';

/** Walks that the kernel takes. */
export const TOGETHER = 4;
/** Two alone are walked sooner than four of which two are for nothing. */
const LEAST_TOGETHER = 3;

/** Walks alike in all but tables and initial level. */
export interface CommonWalk {
  readonly kernel: 'together';
  readonly walks: readonly LumpedWalk[];
}

/** The twin: one walk after the other. */
export function walkTogether(
  { walks }: CommonWalk,
  firstPath: number,
  count: number,
  out: Int32Array,
  stride: number,
): void {
  walks.forEach((walk, k) => {
    walkLumped(walk, firstPath, count, out.subarray(k * walk.slots.length * stride), stride);
  });
}

/** A job that was taken from a feed. */
export interface Taken {
  readonly number: number;
  readonly job: Job;
}

/** Takes jobs from a feed: several that go together, or one. */
export class TogetherTaker {
  private taken = 0;
  private readonly waiting: Taken[] = [];
  private ended = false;

  constructor(private readonly feed: JobFeed) {}

  /** At least one job; none where the feed has ended. All but the first are like the first. */
  next(): readonly Taken[] {
    const { waiting } = this;
    if (waiting.length === 0) this.take();
    if (waiting.length === 0) return [];
    const [{ job: first }] = waiting;
    if (!canShare(first)) return waiting.splice(0, 1);
    while (waiting.length < TOGETHER && this.alike(first) && this.take());
    const alike = waiting.findIndex(({ job }) => !goTogether(first, job));
    const count = alike < 0 ? waiting.length : alike;
    return waiting.splice(0, count < LEAST_TOGETHER ? 1 : count);
  }

  /** Whether all that waits goes with the first. */
  private alike(first: LumpedJob): boolean {
    return this.waiting.every(({ job }) => goTogether(first, job));
  }

  private take(): boolean {
    const job = this.ended ? undefined : this.feed.next();
    if (job === undefined) {
      this.ended = true;
      return false;
    }
    this.waiting.push({ number: this.taken++, job });
    return true;
  }
}

/**
 * Whether a job is of the kinds that the kernels walk: cells of 2^8 quanta, or residual cells among those of any width.
 */
function canShare(job: Job): job is LumpedJob {
  return job.kernel === 'lumped' && (job.tables.residual !== undefined || job.tables.coreShift === JITTER_BITS);
}

function goTogether(first: LumpedJob, job: Job): boolean {
  const { key, firstPath, paths, horizons, tables } = first;
  return (
    canShare(job) &&
    job.tables.coreShift === tables.coreShift &&
    (job.tables.residual === undefined) === (tables.residual === undefined) &&
    job.firstPath === firstPath &&
    job.paths === paths &&
    job.key.every((word, i) => word === key[i]) &&
    job.horizons.length === horizons.length &&
    job.horizons.every(({ slots }, h) => slots === horizons[h].slots)
  );
}
