/**
 * The webgpu backend: pipelines, and what is asked of them. Batches of paths, of one job or many, are walked in slices
 * of about 50 ms (walk.ts) and reduced on the device at every checkpoint (wave.ts).
 */
import { BackendError } from '../../errors.js';
import type { Backend, JobFeed, RunControl } from '../backend.js';
import type { Job } from '../job.js';
import type { AdapterDescription, AdapterHandle } from '../../host/contract.js';
import { runAlone, withoutSignal } from '../feed.js';
import { knownLumped } from '../known-jobs.js';
import { passagesOf } from '../passage-job.js';
import { openDevice } from './device.js';
import type { Patience } from './device.js';
import { Paces } from './pace.js';
import { PipelinesOfJobs } from './pipelines.js';
import type { WayTrial } from './pipelines.js';
import type { WebGpuOptions } from './walks/walk.js';
import { readRows } from './single-paths.js';
import { runFeed } from './wave.js';

const IN_STORAGE: WebGpuOptions = { columns: 'storage', tasks: 'by slot' };
const IN_WORKGROUP: WebGpuOptions = { columns: 'workgroup', tasks: 'by round' };

/**
 * What has no name may be a processor that plays a GPU, or Firefox, whose shaders may clear workgroup memory in one
 * lane (wgpu#4592): it walks from storage memory, unless the other way is found to be faster.
 */
function usual({ isSoftware, vendor, architecture, device, description }: AdapterDescription): WebGpuOptions {
  const isNamed = [vendor, architecture, device, description].some((text) => text !== '');
  return isSoftware || !isNamed ? IN_STORAGE : IN_WORKGROUP;
}

/** None on a processor that plays a GPU: it takes minutes to compile the columns in workgroup memory. */
function usualTrial(info: AdapterDescription, { columns, tasks }: Partial<WebGpuOptions>): WayTrial | undefined {
  if (info.isSoftware || columns !== undefined || tasks !== undefined) return undefined;
  return { other: usual(info) === IN_STORAGE ? IN_WORKGROUP : IN_STORAGE };
}

/**
 * Opens a device on an adapter, compiles the kernels and tries them.
 * @throws BackendError, KernelError, WrongAnswerError
 */
export async function createWebGpuBackend(
  handle: AdapterHandle,
  choices: Partial<WebGpuOptions> = {},
  trial = usualTrial(handle.info, choices),
  patience?: Patience,
): Promise<Backend> {
  const options = { ...usual(handle.info), ...choices };
  const device = await openDevice(handle, patience);
  const pipelines = new PipelinesOfJobs(device, options, trial);
  try {
    // The usual form; the others when a job needs them.
    await pipelines.of(knownLumped('byte cells', 1)[0].job);
  } catch (error) {
    device.destroy();
    handle.release();
    throw error;
  }
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

  const runAll = (feed: JobFeed, control: RunControl = {}): Promise<void> =>
    exclusively(() => runFeed(device, (job) => pipelines.of(job), feed, control, paces));
  const singlePaths = (job: Job, control: RunControl) =>
    exclusively(async () => {
      const { rows, paths } = await readRows(device, await pipelines.of(job), [job], control, paces);
      return { rows: rows[0], paths };
    });

  return {
    name: 'webgpu',
    adapter: handle.info,
    async ready(job) {
      if (job !== undefined) await pipelines.of(job);
    },
    run: (job, control) => runAlone(runAll, job, control),
    runAll,
    async deficits(job, control = {}) {
      const { rows } = await singlePaths(job, withoutSignal(control));
      return rows;
    },
    async passages(job, control = {}) {
      const { rows, paths } = await singlePaths(job, control);
      return passagesOf(rows, paths);
    },
    remarks: () => pipelines.found(),
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
