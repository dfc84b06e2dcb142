/** The cpu backend: worker threads (pool.ts) that run the kernels in WebAssembly, or their TypeScript twins. */
import type { Backend, JobFeed, RunControl } from '../backend.js';
import type { Host } from '../../host/contract.js';
import type { Job } from '../job.js';
import { passagesOf } from '../passage-job.js';
import { jobRows } from '../rows.js';
import { runAlone } from '../feed.js';
import { CpuPool } from './pool.js';
import type { PoolControl, PoolJob } from './dealer.js';
import { TogetherTaker } from './together.js';
import type { CommonWalk } from './together.js';
import { workerWalk } from './walks.js';

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

  const rowsOf = (job: Job, control: RunControl) =>
    rowsOfPaths(pool, common([job], plain), job, control, poolControl(control));

  return {
    name: 'cpu',
    adapter: { vendor: 'cpu', threads },
    ready: () => pool.ready(),
    runAll,

    run: (job, control) => runAlone(runAll, job, control),

    async deficits(job, { pathsPerBatch = Math.ceil(job.paths / threads) } = {}) {
      return (await rowsOf(job, { pathsPerBatch })).rows;
    },

    async passages(job, control = {}) {
      const { rows, paths } = await rowsOf(job, control);
      return passagesOf(rows, paths);
    },

    release: () => pool.release(),
  };
}

/** Rows of a job's single paths, entry [row · job.paths + i]; after a stop those of the first `paths`. */
async function rowsOfPaths(
  pool: CpuPool,
  poolJob: ReturnType<typeof common>,
  job: Job,
  control: RunControl,
  poolControl: PoolControl,
): Promise<{ readonly rows: Int32Array; readonly paths: number }> {
  const number = jobRows(job).length;
  const rows = new Int32Array(job.paths * number);
  const start = performance.now();
  let paths = 0;
  const jobs: PoolJob[] = [
    {
      ...poolJob,
      ask: 'rows',
      onEnd: () => undefined,
      onChunk(answer) {
        if (answer.kind !== 'rows') return;
        const { firstPath, count } = answer;
        for (let row = 0; row < number; row++) {
          const at = row * job.paths + firstPath - job.firstPath;
          rows.set(answer.rows.subarray(row * count, (row + 1) * count), at);
        }
        paths += count;
        const [done, total] = [paths * poolJob.slots, job.paths * poolJob.slots];
        control.onProgress?.({ done, total, paths, elapsedSeconds: (performance.now() - start) / 1000 });
      },
    },
  ];
  if (job.paths > 0) await pool.run(() => jobs.pop(), poolControl);
  return { rows, paths };
}

/**
 * What the pool needs of a job of deficits, or of several that go together, whose slots it takes for those of longer
 * paths.
 */
function common(jobs: readonly Job[], plain: boolean): Pick<PoolJob, 'paths' | 'firstPath' | 'slots' | 'open'> {
  const [{ paths, firstPath, horizons }] = jobs;
  const slots = jobs.length * horizons[horizons.length - 1].slots;
  const walks = jobs.map(workerWalk);
  const walk = walks.length === 1 ? walks[0] : { kernel: 'together' as const, walks: walks as CommonWalk['walks'] };
  return { paths, firstPath, slots, open: { kind: 'open', walk, horizons: jobs.flatMap(jobRows), plain } };
}
