/**
 * The webgpu backend: pipelines, and what is asked of them. Batches of paths, of one job or many, are walked in slices of about 50 ms (walk.ts) and
 * reduced on the device at every checkpoint (wave.ts).
 */
import { BackendError } from '../../errors.js';
import type { Backend } from '../backend.js';
import type { AdapterDescription, AdapterHandle } from '../host/contract.js';
import type { Job, TasksJob } from '../job.js';
import { feedOf } from '../feed.js';
import { emptyPartials } from '../partials.js';
import { HARVEST_MODE } from '../../law/site-tables.js';
import { PROOF_ROWS } from '../proof-job.js';
import { jobRows } from '../rows.js';
import { SITE_ROWS } from '../site-job.js';
import { readDeficits } from './deficits.js';
import { openDevice } from './device.js';
import type { Device, KernelSource, Patience } from './device.js';
import { KERNELS, LEAST_WORD, PROOF_FIRST_WORD, SITE_FIRST_WORD, WORKGROUP_SIZE } from './kernels.js';
import { KnownAnswers } from './known-answers.js';
import { readPassages } from './passages.js';
import { Paces } from './pace.js';
import { Reductions } from './reduction.js';
import { WalkPipelines, formOf } from './walk-pipelines.js';
import { runFeed, siteForm } from './wave.js';
import type { JobPipelines } from './wave.js';

interface Pipelines {
  readonly lumped: WalkPipelines;
  readonly reductions: Reductions;
  /** Of the word of the deficit. */
  readonly reduce: GPUComputePipeline;
  readonly merge: GPUComputePipeline;
}

/** At most so many kinds of tasks, as a power of two, are kept in workgroup memory: 8 KiB. */
const MOST_ROUND_BITS = 9;

/** Choices that change speed alone. */
export interface WebGpuOptions {
  /** Where the alias columns lie while a slice runs. */
  readonly columns: 'workgroup' | 'storage';
  /** Whether the lanes of a tasks kernel with lumped accounting go from slot to slot together, or by rounds (kernels/tasks-rounds.wgsl). */
  readonly tasks: 'by slot' | 'by round';
}

const IN_STORAGE: WebGpuOptions = { columns: 'storage', tasks: 'by slot' };
const IN_WORKGROUP: WebGpuOptions = { columns: 'workgroup', tasks: 'by round' };

/**
 * What has no name may be a processor that plays a GPU, or Firefox, whose shaders may clear workgroup memory in one lane
 * (wgpu#4592): it walks from storage memory, unless the other way is found to be faster.
 */
function usual({ isSoftware, vendor, architecture, device, description }: AdapterDescription): WebGpuOptions {
  const isNamed = [vendor, architecture, device, description].some((text) => text !== '');
  return isSoftware || !isNamed ? IN_STORAGE : IN_WORKGROUP;
}

/** The other ways to walk, of which a long run finds out whether they are faster (form-choice.ts). */
export interface WayTrial {
  readonly other: WebGpuOptions;
  /** Seconds from which a run is long, and slots of the lumped walk a second that a GPU does at least; for tests. */
  readonly limits?: readonly [number, number];
}

/** None on a processor that plays a GPU: it takes minutes to compile the columns in workgroup memory. */
function usualTrial(info: AdapterDescription, { columns, tasks }: Partial<WebGpuOptions>): WayTrial | undefined {
  if (info.isSoftware || columns !== undefined || tasks !== undefined) return undefined;
  return { other: usual(info) === IN_STORAGE ? IN_WORKGROUP : IN_STORAGE };
}

/** Opens a device on an adapter, compiles the kernels and tries them. @throws BackendError, KernelError, WrongAnswerError */
export async function createWebGpuBackend(
  handle: AdapterHandle,
  choices: Partial<WebGpuOptions> = {},
  trial = usualTrial(handle.info, choices),
  patience?: Patience,
): Promise<Backend> {
  const options = { ...usual(handle.info), ...choices };
  const device = await openDevice(handle, patience);
  const answers = new KnownAnswers(device);
  const otherAnswers = new KnownAnswers(device);
  let pipelines: Pipelines;
  try {
    const workgroup = { workgroup_size: WORKGROUP_SIZE };
    const lumped = walkOf(device, { kernel: 'lumped' }, options, trial);
    const reductions = new Reductions(device);
    const [reduce, merge] = await Promise.all([
      reductions.of(LEAST_WORD),
      device.compile(KERNELS.merge, workgroup),
      // The usual form; the others when a job needs them.
      lumped.get('byte cells'),
    ]);
    pipelines = { lumped, reductions, reduce, merge };
    await answers.ofLumped('byte cells', lumpedPipelines(pipelines));
  } catch (error) {
    device.destroy();
    handle.release();
    throw error;
  }
  // Compiled when first asked for: most runs never need them.
  const passages = new WalkPipelines(
    device,
    options.columns === 'storage' ? KERNELS.passageFromStorage : KERNELS.passage,
  );
  const taskPipelines = new Map<string, Promise<JobPipelines>>();
  /** What a job runs with, tried. */
  const jobPipelines = async (job: Job): Promise<JobPipelines> => {
    if (job.kernel === 'lumped') {
      const own = lumpedPipelines(pipelines);
      const form = formOf(job.tables);
      await answers.ofLumped(form, own);
      return { ...own, tryOther: (walk) => otherAnswers.ofLumped(form, { ...own, walk }) };
    }
    const name = pipelineName(job, options);
    let compiled = taskPipelines.get(name);
    if (compiled === undefined) {
      compiled = compileTasks(walkOf(device, job, options, trial), job, pipelines);
      taskPipelines.set(name, compiled);
    }
    const own = await compiled;
    await answers.ofJob(name, job, own);
    return {
      ...own,
      tryOther: async (walk, like) => {
        if (like.kernel !== 'lumped') await otherAnswers.ofJob(name, like, { ...own, walk });
      },
    };
  };
  const paces = new Paces();
  let released = false;
  let running = false;
  const exclusively = async <T>(act: () => Promise<T>): Promise<T> => {
    if (released) throw new BackendError('The webgpu backend was released; create another.');
    if (running)
      throw new BackendError('The webgpu backend runs one job at a time; await the first, or create another backend.');
    running = true;
    try {
      return await act();
    } finally {
      running = false;
    }
  };

  return {
    name: 'webgpu',
    adapter: handle.info,
    async ready(job) {
      if (job !== undefined) await jobPipelines(job);
    },
    async run(job, control = {}) {
      let result = emptyPartials(jobRows(job));
      const feed = feedOf([job], (_, partials) => (result = partials));
      await exclusively(() => runFeed(device, jobPipelines, feed, control, paces));
      return result;
    },
    runAll: (feed, control = {}) => exclusively(() => runFeed(device, jobPipelines, feed, control, paces)),
    deficits: (job, control = {}) =>
      exclusively(async () => readDeficits(device, await jobPipelines(job), job, control, paces)),
    passages: (job, control = {}) =>
      exclusively(async () => {
        await answers.ofPassages(job, passages);
        return readPassages(device, passages, job, control, paces);
      }),
    async remarks() {
      const compiled = await Promise.all(taskPipelines.values());
      return (
        await Promise.all([pipelines.lumped, ...compiled.map(({ walk }) => walk)].map((walk) => walk.found()))
      ).flat();
    },
    release() {
      if (!released) {
        released = true;
        device.destroy();
        handle.release();
      }
      return Promise.resolve();
    },
  };
}

function lumpedPipelines({ lumped, reduce, merge }: Pipelines): JobPipelines {
  return { walk: lumped, quantities: [{ word: LEAST_WORD, reduce }], merge };
}

/** What names the pipelines that a job needs. */
function pipelineName(job: Exclude<Job, { kernel: 'lumped' }>, options: WebGpuOptions): string {
  switch (job.kernel) {
    case 'tasks':
      return byRounds(job, options) ? `tasks by round ${job.tables.entryBits}` : `tasks ${job.accounting}`;
    case 'site':
      return siteForm(job.tables);
    default:
      return job.kernel;
  }
}

/** Whether a job's tasks are drawn by rounds: its kinds must fit workgroup memory. */
function byRounds({ accounting, tables }: TasksJob, { tasks }: WebGpuOptions): boolean {
  return tasks === 'by round' && accounting === 'lumped' && tables.entryBits <= MOST_ROUND_BITS;
}

/** Compiles the kernels of a task-resolved job: its walk, and a reduction for each quantity. */
async function compileTasks(
  walk: WalkPipelines,
  job: Exclude<Job, { kernel: 'lumped' }>,
  { reductions, reduce, merge }: Pipelines,
): Promise<JobPipelines> {
  switch (job.kernel) {
    case 'tasks':
      return { walk, quantities: [{ word: LEAST_WORD, reduce }], merge };
    case 'site':
      return { walk, quantities: await compileRows(reductions, SITE_FIRST_WORD, SITE_ROWS.length), merge };
    default:
      return { walk, quantities: await compileRows(reductions, PROOF_FIRST_WORD, PROOF_ROWS.length), merge };
  }
}

/** The walk of a job, in one way or, where there are two and the faster is to be found, in both. */
function walkOf(device: Device, job: WalkedJob, options: WebGpuOptions, trial?: WayTrial): WalkPipelines {
  const { kernel, constants = {}, way } = kernelOf(job, options);
  if (trial === undefined) return new WalkPipelines(device, kernel, constants);
  const other = kernelOf(job, trial.other);
  if (other.way === way) return new WalkPipelines(device, kernel, constants);
  const pipelines = walkOf(device, job, trial.other);
  return new WalkPipelines(device, kernel, constants, { usual: way, name: other.way, pipelines, limits: trial.limits });
}

/** Lumped walks are all of one kernel. */
type WalkedJob = Exclude<Job, { kernel: 'lumped' }> | { readonly kernel: 'lumped' };

interface JobKernel {
  readonly kernel: KernelSource;
  readonly constants?: Record<string, number>;
  readonly way: string;
}

/** The kernel that walks a job, and the name of its way. */
function kernelOf(job: WalkedJob, options: WebGpuOptions): JobKernel {
  const fromStorage = options.columns === 'storage';
  const way = `columns in ${options.columns} memory`;
  switch (job.kernel) {
    case 'lumped':
      return { kernel: fromStorage ? KERNELS.lumpedFromStorage : KERNELS.lumped, way };
    case 'tasks': {
      const kind_bits = job.tables.entryBits;
      if (byRounds(job, options)) {
        const constants = { distributed: 0, kind_bits, kind_columns: 2 ** kind_bits };
        return { kernel: KERNELS.tasksRounds, constants, way: 'by round' };
      }
      const kernel = fromStorage ? KERNELS.tasksFromStorage : KERNELS.tasks;
      return { kernel, constants: { distributed: job.accounting === 'distributed' ? 1 : 0 }, way };
    }
    case 'site': {
      const { mode, queue, serviceRing } = job.tables;
      const distributed = serviceRing > 0 ? 1 : 0;
      const constants = { harvest_mode: HARVEST_MODE[mode], has_queue: queue ? 1 : 0, distributed };
      return { kernel: KERNELS.site, constants, way: '' };
    }
    default:
      return { kernel: fromStorage ? KERNELS.proofFromStorage : KERNELS.proof, constants: { distributed: 1 }, way };
  }
}

/** Reductions of the words from `first` on. */
async function compileRows(reductions: Reductions, first: number, count: number): Promise<JobPipelines['quantities']> {
  const words = Array.from({ length: count }, (_, i) => first + i);
  return Promise.all(words.map(async (word) => ({ word, reduce: await reductions.of(word) })));
}
