/** The cpu backend: worker threads (pool.ts) that run the kernels in WebAssembly, or their TypeScript twins. */
import type { Backend, JobFeed, RunControl } from '../backend.js';
import type { Host } from '../host/contract.js';
import type { Job } from '../job.js';
import { emptyPartials } from '../partials.js';
import { emptyPassages } from '../passage-job.js';
import { jobRows } from '../rows.js';
import { feedOf } from '../feed.js';
import { CpuPool } from './pool.js';
import type { PoolControl, PoolJob } from './dealer.js';
import { TogetherTaker } from './together.js';
import type { CommonWalk } from './together.js';
import type { WorkerWalk } from './protocol.js';

/** How the cpu backend walks. */
export interface CpuOptions {
  /** The TypeScript twins alone, as where the host has no WebAssembly SIMD. */
  readonly plain?: boolean;
  /** Told where a worker stayed silent and was replaced. */
  readonly onRemark?: ((text: string) => void) | undefined;
}

/** Starts `threads` workers, or one for each processor. @throws BackendError where workers cannot be had. */
export function createCpuBackend(
  host: Host,
  threads = host.hardwareConcurrency,
  { plain = false, onRemark }: CpuOptions = {},
): Backend {
  const pool = new CpuPool(host, threads, onRemark);
  const poolControl = ({ signal, pathsPerBatch }: RunControl): PoolControl => ({
    stopped: () => signal?.aborted === true,
    pathsPerMessage: pathsPerBatch,
  });

  async function runAll(feed: JobFeed, control: RunControl = {}): Promise<void> {
    const start = performance.now();
    let done = 0;
    let paths = 0;
    const taker = new TogetherTaker(feed);
    await pool.run(() => {
      const taken = taker.next();
      if (taken.length === 0) return undefined;
      const poolJob = common(
        taken.map(({ job }) => job),
        plain,
      );
      return {
        ...poolJob,
        ask: 'walk',
        onChunk({ kind, ...answer }) {
          if (kind !== 'walked' || !('count' in answer)) return;
          paths += answer.count * taken.length;
          done += answer.count * poolJob.slots;
          const elapsedSeconds = (performance.now() - start) / 1000;
          control.onProgress?.({ done, total: feed.pathSlots, paths, elapsedSeconds });
        },
        onLost(lost) {
          paths -= lost * taken.length;
          done -= lost * poolJob.slots;
        },
        onEnd({ horizons }) {
          const rows = horizons.length / taken.length;
          taken.forEach(({ number }, i) => {
            feed.done(number, { horizons: horizons.slice(i * rows, (i + 1) * rows) });
          });
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
        ...common([job], plain),
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

/** What the pool needs of a job of deficits, or of several that go together, whose slots it takes for those of longer paths. */
function common(jobs: readonly Job[], plain: boolean): Pick<PoolJob, 'paths' | 'firstPath' | 'slots' | 'open'> {
  const [{ paths, firstPath, horizons }] = jobs;
  const slots = jobs.length * horizons[horizons.length - 1].slots;
  const walks = jobs.map(workerWalk);
  const walk = walks.length === 1 ? walks[0] : { kernel: 'together' as const, walks: walks as CommonWalk['walks'] };
  return { paths, firstPath, slots, open: { kind: 'open', walk, horizons: jobs.flatMap(jobRows), plain } };
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
