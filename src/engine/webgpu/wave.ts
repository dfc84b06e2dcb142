/**
 * Jobs on the device, a wave at a time: jobs that share a kernel and their checkpoints are walked in batches that may
 * hold many of them, reduced at every checkpoint, each job to partials of its own. Partials of a finished batch are
 * added to the wave's on the device and read now and then.
 */
import type { JobFeed, RunControl } from '../backend.js';
import type { Job } from '../job.js';
import { siteRingWords } from '../../law/site-tables.js';
import { emptyPartials } from '../partials.js';
import type { Partials } from '../partials.js';
import { jobRows } from '../rows.js';
import { allocated } from './allocation.js';
import { bindGroup } from './device.js';
import type { Device } from './device.js';
import { WORKGROUP_SIZE } from './kernels.js';
import type { FormChoice } from './form-choice.js';
import { HORIZON_WORDS } from './limbs.js';
import { cutBatches } from './segments.js';
import type { BatchRoom, Segment } from './segments.js';
import type { PassClock } from './pass-clock.js';
import type { Paces } from './pace.js';
import { PART_WORDS, reductionForm, reductionParts } from './reduction.js';
import { SlicePlan } from './slices.js';
import { Submissions } from './submissions.js';
import { batchRoom, groupsOf, pathsOf, slotsOf, walkBatch } from './walk.js';
import { WalkBuffers } from './walk-buffers.js';
import { deviceWalk, kernelOf } from './walks/kernel-of.js';
import { WavePartials } from './wave-partials.js';
import type { DeviceWalk } from './walk-buffers.js';
import { walkForm } from './walk-pipelines.js';
import type { WalkPipelines } from './walk-pipelines.js';

/** What one kind of job runs with. */
export interface JobPipelines {
  readonly walk: WalkPipelines;
  /**
   * For each quantity that a job is reduced to, the word of the path state where it waits, negated, and its reduction.
   */
  readonly quantities: readonly { readonly word: number; readonly reduce: GPUComputePipeline }[];
  readonly merge: GPUComputePipeline;
  /** Tries another way to walk, of which such a job has one. @throws WrongAnswerError */
  readonly tryOther?: (other: WalkPipelines, job: Job) => Promise<void>;
}

/** Most words of a wave's partials, and of its tables: 64 MiB, half of the least that a device must bind. */
const WAVE_WORDS = 2 ** 24;
/** Batches of a wave on a processor that plays a GPU: its buffers and its reading take some 20 ms. */
const SOFTWARE_WAVE_BATCHES = 4;

/** Words that one path takes in the largest of a walk's buffers. */
export function wordsPerPath({ stateWords, tasks, site }: DeviceWalk): number {
  return Math.max(stateWords, tasks?.ringSlots ?? 0, site === undefined ? 0 : siteRingWords(site));
}

/** Words of a job's tables. */
function tableWords({ tables, tasks, site }: DeviceWalk): number {
  if (site !== undefined) return site.words.length;
  if (tables === undefined) return 0;
  const own = tables.columns.length + (tables.residual === undefined ? 0 : 3 * tables.columns.length);
  return own + (tasks === undefined ? 0 : 4 * 2 ** tasks.tables.entryBits + tasks.tables.profiles.length + 256);
}

/** What jobs of one wave have in common. */
function kindOf(job: Job, walk: DeviceWalk): string {
  const ring = walk.tasks?.ringSlots ?? '';
  return [job.kernel, kernelOf(job).kind(job), walkForm(walk), ring, ...walk.checkpoints].join(' ');
}

/** A job that was taken from the feed. */
interface Taken {
  readonly number: number;
  readonly job: Job;
  readonly walk: DeviceWalk;
  readonly kind: string;
  readonly partials: Partials;
}

/** Runs all jobs of a feed, wave after wave. */
export async function runFeed(
  device: Device,
  pipelinesOf: (job: Job) => Promise<JobPipelines>,
  feed: JobFeed,
  control: RunControl,
  paces: Paces,
): Promise<void> {
  const submissions = new Submissions(device, control);
  const start = performance.now();
  const stopped = (): boolean => control.signal?.aborted === true;
  let pathSlots = 0;
  let paths = 0;
  const report = (moreSlots: number, morePaths: number): void => {
    pathSlots += moreSlots;
    paths += morePaths;
    const elapsedSeconds = (performance.now() - start) / 1000;
    control.onProgress?.({ done: pathSlots, total: feed.pathSlots, paths, elapsedSeconds });
  };
  const left = (): number => feed.pathSlots - pathSlots;
  const taker = new Taker(feed);
  const usual = batchRoom(device, Infinity, 1, Infinity, control).paths;
  // Small batches, those of a processor that plays a GPU, are too short to pay for a wave each.
  const batches = device.info.isSoftware ? SOFTWARE_WAVE_BATCHES : 1;
  while (!stopped()) {
    const wave = taker.wave(batches * usual);
    if (wave.length === 0) break;
    try {
      const pipelines = await pipelinesOf(wave[0].job);
      await runWave(device, pipelines, wave, { control, paces, submissions, report, stopped, left });
    } finally {
      // What was read of a device that fails stays.
      for (const { number, partials } of wave) feed.done(number, partials);
    }
  }
  await submissions.drain();
}

/** Takes jobs from a feed and puts those that go together into waves. */
class Taker {
  private next: Taken | undefined;
  private taken = 0;

  constructor(private readonly feed: JobFeed) {}

  /** Jobs of at most `paths` paths together, or one that has more; none where the feed has ended. */
  wave(paths: number): Taken[] {
    const wave: Taken[] = [];
    let wavePaths = 0;
    let words = 0;
    for (;;) {
      const entry = this.next ?? this.take();
      this.next = undefined;
      if (entry === undefined) break;
      words += Math.max(HORIZON_WORDS * entry.partials.horizons.length, tableWords(entry.walk));
      wavePaths += entry.job.paths;
      if (wave.length > 0 && (entry.kind !== wave[0].kind || words > WAVE_WORDS || wavePaths > paths)) {
        this.next = entry;
        break;
      }
      wave.push(entry);
    }
    return wave;
  }

  private take(): Taken | undefined {
    const job = this.feed.next();
    if (job === undefined) return undefined;
    const walk = deviceWalk(job);
    return { number: this.taken++, job, walk, kind: kindOf(job, walk), partials: emptyPartials(jobRows(job)) };
  }
}

/** What the waves of a feed share. */
interface FeedRun {
  readonly control: RunControl;
  readonly paces: Paces;
  readonly submissions: Submissions;
  readonly report: (pathSlots: number, paths: number) => void;
  readonly stopped: () => boolean;
  /** Path-slots that are left. */
  readonly left: () => number;
}

async function runWave(
  device: Device,
  pipelines: JobPipelines,
  wave: readonly Taken[],
  { control, paces, submissions, report, stopped, left }: FeedRun,
): Promise<void> {
  const { gpu } = device;
  const jobs = wave.map(({ job }) => job);
  const rows = wave[0].partials.horizons.length;
  const checkpoints = jobs[0].horizons.length;
  const pathsInAll = jobs.reduce((sum, { paths }) => sum + paths, 0);
  const most = batchRoom(device, pathsInAll, jobs.length, slotsOf(wave[0].walk), control, wordsPerPath(wave[0].walk));
  const form = reductionForm(device.info);
  const tried = async (other: WalkPipelines): Promise<void> => pipelines.tryOther?.(other, wave[0].job);
  const choice = await pipelines.walk.choice(walkForm(wave[0].walk), tried);
  const own = await allocated(device, most, (room) => waveBuffers(device, choice, pipelines.merge, wave, room));
  const { buffers, partials, rowBuffer, partBuffer, uniforms, room } = own;
  try {
    const reductions = uniforms.map((buffer, r) => {
      const { reduce } = pipelines.quantities[Math.floor(r / checkpoints)];
      const current = partials.of(0, r).buffer;
      const group = bindGroup(gpu, reduce, buffer, buffers.state, current, rowBuffer, partBuffer);
      return { buffer, reduce, group };
    });
    const plan = new SlicePlan(buffers, rows / checkpoints, paces, control);
    for (const batch of cutBatches(jobs, room, () => plan.mostPaths())) {
      if (stopped()) break;
      const groups = groupsOf(batch);
      const parts = reductionParts(batch, form);
      const reducing = parts.length / PART_WORDS;
      await partials.reserve(reducing);
      gpu.queue.writeBuffer(rowBuffer, 0, rowWords(batch, wave, partials));
      gpu.queue.writeBuffer(partBuffer, 0, parts);
      reductions.forEach(({ buffer }, r) => {
        gpu.queue.writeBuffer(buffer, 0, Uint32Array.of(r * batch.length, groups * WORKGROUP_SIZE));
      });
      const atCheckpoint = (encoder: GPUCommandEncoder, h: number, clock: PassClock | undefined): void => {
        const pass = encoder.beginComputePass(clock?.pass('reduction'));
        for (let r = h; r < rows; r += checkpoints) {
          pass.setPipeline(reductions[r].reduce);
          pass.setBindGroup(0, reductions[r].group);
          pass.dispatchWorkgroups(reducing);
        }
        pass.end();
      };
      const onSlice = (pathSlots: number): void => {
        report(pathSlots, 0);
      };
      if (!(await walkBatch(device, buffers, batch, plan, submissions, atCheckpoint, onSlice, stopped, left))) break;
      partials.merge(batch, reducing);
      report(0, pathsOf(batch));
    }
    await partials.read();
  } finally {
    buffers.destroy();
  }
}

/** All that a wave needs in memory, for batches of a room. */
interface WaveMemory {
  readonly room: BatchRoom;
  readonly buffers: WalkBuffers;
  readonly partials: WavePartials;
  /**
   * Row r of every segment of a batch, the segments' parts, and the parameters of each row's reduction. Row r is
   * quantity ⌊r / checkpoints⌋ at checkpoint r mod checkpoints.
   */
  readonly rowBuffer: GPUBuffer;
  readonly partBuffer: GPUBuffer;
  readonly uniforms: readonly GPUBuffer[];
  destroy(): void;
}

function waveBuffers(
  device: Device,
  choice: FormChoice,
  merge: GPUComputePipeline,
  wave: readonly Taken[],
  room: BatchRoom,
): WaveMemory {
  const walks = wave.map(({ walk }) => walk);
  const buffers = new WalkBuffers(device.gpu, choice, walks, room.groups);
  const rows = wave[0].partials.horizons.length;
  const all = wave.map(({ partials }) => partials);
  const { STORAGE, UNIFORM, COPY_DST } = GPUBufferUsage;
  const mostSegments = Math.min(room.groups, wave.length);
  return {
    room,
    buffers,
    partials: new WavePartials(device, merge, buffers, all),
    rowBuffer: buffers.empty('rows', ROW_WORDS * rows * mostSegments, STORAGE | COPY_DST),
    partBuffer: buffers.empty('parts', PART_WORDS * room.groups, STORAGE | COPY_DST),
    uniforms: Array.from({ length: rows }, (_, r) => buffers.empty(`reduction ${r}`, 4, UNIFORM | COPY_DST)),
    destroy() {
      buffers.destroy();
    },
  };
}

/** Words of struct Row of kernels/reduce.wgsl. */
const ROW_WORDS = 5;

/** The rows of a batch: those of all its segments, row by row. */
function rowWords(batch: readonly Segment[], wave: readonly Taken[], partials: WavePartials): Uint32Array<ArrayBuffer> {
  const rows = wave[0].partials.horizons.length;
  const out = new Uint32Array(ROW_WORDS * rows * batch.length);
  for (let r = 0; r < rows; r++) {
    batch.forEach(({ walk, paths, firstGroup }, s) => {
      const { bins } = wave[walk].partials.horizons[r];
      const { at } = partials.of(walk, r);
      out.set([paths, firstGroup, at, bins.offset, bins.shift], ROW_WORDS * (r * batch.length + s));
    });
  }
  return out;
}
