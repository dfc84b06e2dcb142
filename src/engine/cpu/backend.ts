/** The cpu backend: worker threads (pool.ts) that run the kernels in WebAssembly, or their TypeScript twins. */
import type { Backend, JobFeed, RunControl } from '../backend.js';
import type { Host } from '../host/contract.js';
import type { Job } from '../job.js';
import { emptyPartials } from '../partials.js';
import { emptyPassages } from '../passage-job.js';
import { jobRows } from '../rows.js';
import { feedOf } from '../feed.js';
import { CpuPool } from './pool.js';
import type { PoolControl, PoolJob } from './pool.js';
import type { WorkerWalk } from './protocol.js';

/** How the cpu backend walks. */
export interface CpuOptions {
  /** The TypeScript twins alone, as where the host has no WebAssembly SIMD. */
  readonly plain?: boolean;
}

/** Starts `threads` workers, or one for each processor. @throws BackendError where workers cannot be had. */
export function createCpuBackend(
  host: Host,
  threads = host.hardwareConcurrency,
  { plain = false }: CpuOptions = {},
): Backend {
  const pool = new CpuPool(host, threads);
  const poolControl = ({ signal, pathsPerBatch }: RunControl): PoolControl => ({
    stopped: () => signal?.aborted === true,
    pathsPerMessage: pathsPerBatch,
  });

  async function runAll(feed: JobFeed, control: RunControl = {}): Promise<void> {
    const start = performance.now();
    let taken = 0;
    let done = 0;
    let paths = 0;
    await pool.run(() => {
      const job = feed.next();
      if (job === undefined) return undefined;
      const index = taken++;
      const slots = job.horizons[job.horizons.length - 1].slots;
      return {
        ...common(job, plain),
        ask: 'walk',
        onChunk({ kind, ...answer }) {
          if (kind !== 'walked' || !('count' in answer)) return;
          paths += answer.count;
          done += answer.count * slots;
          const elapsedSeconds = (performance.now() - start) / 1000;
          control.onProgress?.({ done, total: feed.pathSlots, paths, elapsedSeconds });
        },
        onEnd(partials) {
          feed.done(index, partials);
        },
      };
    }, poolControl(control));
  }

  return {
    name: 'cpu',
    adapter: { vendor: 'cpu', threads },
    ready: () => pool.ready(),
    runAll,

    async run(job, control = {}) {
      let result = emptyPartials(jobRows(job));
      await runAll(
        feedOf([job], (_, partials) => (result = partials)),
        control,
      );
      return result;
    },

    async deficits(job, control = {}) {
      const rows = jobRows(job).length;
      const out = new Int32Array(job.paths * rows);
      const pathsPerBatch = control.pathsPerBatch ?? Math.ceil(job.paths / threads);
      await runOne(pool, poolControl({ pathsPerBatch }), {
        ...common(job, plain),
        ask: 'deficits',
        onChunk(answer) {
          if (answer.kind !== 'deficits') return;
          const at = answer.firstPath - job.firstPath;
          for (let h = 0; h < rows; h++) {
            out.set(answer.deficits.subarray(h * answer.count, (h + 1) * answer.count), h * job.paths + at);
          }
        },
      });
      return out;
    },

    async passages(job, control = {}) {
      const out = emptyPassages(job.paths);
      const start = performance.now();
      let walked = 0;
      const { tables, key, slots, barrier, paths, firstPath } = job;
      await runOne(pool, poolControl(control), {
        paths,
        firstPath,
        slots,
        open: { kind: 'openPassage', walk: { tables, key, slots, barrier } },
        ask: 'passages',
        onChunk(answer) {
          if (answer.kind !== 'passages') return;
          out.slots.set(answer.slots, answer.firstPath - firstPath);
          out.points.set(answer.points, answer.firstPath - firstPath);
          walked += answer.count;
          const elapsedSeconds = (performance.now() - start) / 1000;
          control.onProgress?.({ done: walked * slots, total: paths * slots, paths: walked, elapsedSeconds });
        },
      });
      return { slots: out.slots.subarray(0, walked), points: out.points.subarray(0, walked) };
    },

    release: () => pool.release(),
  };
}

/** One job alone, whose partials nobody asks for. */
async function runOne(pool: CpuPool, control: PoolControl, job: Omit<PoolJob, 'onEnd'>): Promise<void> {
  const jobs: PoolJob[] = job.paths > 0 ? [{ ...job, onEnd: () => undefined }] : [];
  await pool.run(() => jobs.pop(), control);
}

/** What the pool needs of a job of deficits. */
function common(job: Job, plain: boolean): Pick<PoolJob, 'paths' | 'firstPath' | 'slots' | 'open'> {
  const { paths, firstPath, horizons } = job;
  const slots = horizons[horizons.length - 1].slots;
  return { paths, firstPath, slots, open: { kind: 'open', walk: workerWalk(job), horizons: jobRows(job), plain } };
}

/** What a worker needs of a job. */
function workerWalk(job: Job): WorkerWalk {
  const { initialQuanta, key } = job;
  const shared = { initialQuanta, key, slots: job.horizons.map((h) => h.slots) };
  switch (job.kernel) {
    case 'lumped':
      return { kernel: 'lumped', tables: job.tables, ...shared };
    case 'tasks':
      return { kernel: 'tasks', tables: job.tables, accounting: job.accounting, ...shared };
    case 'proof': {
      const { tables, centreQuanta, plantedQuanta } = job;
      return { kernel: 'proof', tables, centreQuanta, plantedQuanta, ...shared };
    }
    case 'site':
      return { kernel: 'site', tables: job.tables, ...shared };
  }
}
