/**
 * The cpu backend: worker threads that run the TypeScript twins of the kernels. Paths are handed out in order, so that what is finished
 * when a run stops is a first part of the paths; each worker keeps its own partials, and the sums do not depend on who walked what.
 */
import { BackendError } from '../../errors.js';
import type { Backend, RunControl } from '../backend.js';
import type { Host, WorkerLike } from '../host/contract.js';
import type { Job } from '../job.js';
import { emptyPartials, mergePartials } from '../partials.js';
import type { Partials } from '../partials.js';
import { emptyPassages } from '../passage-job.js';
import { jobRows } from '../rows.js';
import type { FromWorker, ToWorker, WorkerWalk } from './protocol.js';

/** Work of one message, seconds; the first ones are sized by a guess. */
const CHUNK_SECONDS = 0.03;
const FIRST_CHUNK_SLOTS = 2_000_000;
/** Chunks that wait in a worker while it works: it never runs dry. */
const DEPTH = 2;

interface Thread {
  readonly worker: WorkerLike;
  /** Path-slots a second of the last chunk; 0 before. */
  speed: number;
}

/** Starts `threads` workers, or one for each processor. @throws BackendError where workers cannot be had. */
export function createCpuBackend(host: Host, threads = host.hardwareConcurrency): Backend {
  const pool: Thread[] = Array.from({ length: threads }, () => ({ worker: host.spawnWorker('cpu-worker'), speed: 0 }));
  let released = false;
  let running = false;

  /** One job over the pool: `next` hands out work until it has none; resolves when all of it is answered. */
  async function drive(
    open: ToWorker,
    next: (thread: Thread) => ToWorker | undefined,
    onAnswer: (answer: FromWorker, thread: Thread) => void,
  ): Promise<Partials> {
    if (released) throw new BackendError('The cpu backend was released; create another.');
    if (running)
      throw new BackendError('The cpu backend runs one job at a time; await the first, or create another backend.');
    running = true;
    try {
      const parts = await Promise.all(
        pool.map(
          (thread) =>
            new Promise<Partials>((resolve, reject) => {
              const { worker } = thread;
              const send = (message: ToWorker): void => {
                worker.postMessage(message);
              };
              let waiting = 0;
              const feed = (): void => {
                while (waiting < DEPTH) {
                  const message = next(thread);
                  if (message === undefined) break;
                  send(message);
                  waiting++;
                }
                if (waiting === 0) send({ kind: 'close' });
              };
              worker.onerror = (error) => {
                reject(new BackendError(`A cpu worker failed: ${error.message}`, { cause: error }));
              };
              worker.onmessage = (data) => {
                const answer = data as FromWorker;
                if (answer.kind === 'partials') {
                  resolve(answer.partials);
                  return;
                }
                waiting--;
                onAnswer(answer, thread);
                feed();
              };
              send(open);
              feed();
            }),
        ),
      );
      return parts.reduce(mergePartials);
    } finally {
      running = false;
    }
  }

  /** Paths of a thread's next message where `left` paths are left. */
  const chunk = (thread: Thread, slots: number, left: number): number => {
    const wanted = thread.speed > 0 ? (thread.speed * CHUNK_SECONDS) / slots : FIRST_CHUNK_SLOTS / slots;
    // The last chunks are small, so that the workers end together.
    const fair = Math.ceil(left / (2 * DEPTH * pool.length));
    return Math.max(1, Math.min(Math.round(wanted), fair));
  };

  /** What starts a job. */
  const openJob = (job: Job): ToWorker => ({ kind: 'open', walk: workerWalk(job), horizons: jobRows(job) });

  return {
    name: 'cpu',
    adapter: { vendor: 'cpu', threads },

    async run(job, control: RunControl = {}) {
      const slots = job.horizons[job.horizons.length - 1].slots;
      const start = performance.now();
      let given = 0;
      let walked = 0;
      const next = (thread: Thread): ToWorker | undefined => {
        if (given >= job.paths || control.signal?.aborted === true) return undefined;
        const wanted = chunk(thread, slots, job.paths - given);
        const count = Math.min(control.pathsPerBatch ?? wanted, job.paths - given);
        const message: ToWorker = { kind: 'walk', firstPath: job.firstPath + given, count };
        given += count;
        return message;
      };
      if (job.paths === 0) return emptyPartials(jobRows(job));
      return drive(openJob(job), next, (answer, thread) => {
        if (answer.kind !== 'walked') return;
        walked += answer.count;
        if (answer.seconds > 0) thread.speed = (answer.count * slots) / answer.seconds;
        control.onProgress?.({
          done: walked * slots,
          total: job.paths * slots,
          paths: walked,
          elapsedSeconds: (performance.now() - start) / 1000,
        });
      });
    },

    async deficits(job, control: RunControl = {}) {
      const rows = jobRows(job).length;
      const out = new Int32Array(job.paths * rows);
      const batch = control.pathsPerBatch ?? Math.ceil(job.paths / pool.length);
      let given = 0;
      const next = (): ToWorker | undefined => {
        if (given >= job.paths) return undefined;
        const count = Math.min(batch, job.paths - given);
        const message: ToWorker = { kind: 'deficits', firstPath: job.firstPath + given, count };
        given += count;
        return message;
      };
      await drive(openJob(job), next, (answer) => {
        if (answer.kind !== 'deficits') return;
        for (let h = 0; h < rows; h++) {
          out.set(
            answer.deficits.subarray(h * answer.count, (h + 1) * answer.count),
            h * job.paths + answer.firstPath - job.firstPath,
          );
        }
      });
      return out;
    },

    async passages(job, control: RunControl = {}) {
      const out = emptyPassages(job.paths);
      const start = performance.now();
      let given = 0;
      let walked = 0;
      const next = (thread: Thread): ToWorker | undefined => {
        if (given >= job.paths || control.signal?.aborted === true) return undefined;
        const wanted = chunk(thread, job.slots, job.paths - given);
        const count = Math.min(control.pathsPerBatch ?? wanted, job.paths - given);
        const message: ToWorker = { kind: 'passages', firstPath: job.firstPath + given, count };
        given += count;
        return message;
      };
      const { tables, key, slots, barrier } = job;
      await drive({ kind: 'openPassage', walk: { tables, key, slots, barrier } }, next, (answer, thread) => {
        if (answer.kind !== 'passages') return;
        out.slots.set(answer.slots, answer.firstPath - job.firstPath);
        out.points.set(answer.points, answer.firstPath - job.firstPath);
        walked += answer.count;
        // Slots up to T count as walked, also those after the passage, which take no time.
        if (answer.seconds > 0) thread.speed = (answer.count * slots) / answer.seconds;
        control.onProgress?.({
          done: walked * slots,
          total: job.paths * slots,
          paths: walked,
          elapsedSeconds: (performance.now() - start) / 1000,
        });
      });
      return { slots: out.slots.subarray(0, given), points: out.points.subarray(0, given) };
    },

    async release() {
      if (released) return;
      released = true;
      await Promise.all(pool.map(({ worker }) => worker.terminate()));
    },
  };
}

/** What a worker needs of a job. */
function workerWalk(job: Job): WorkerWalk {
  const { initialQuanta, key } = job;
  const common = { initialQuanta, key, slots: job.horizons.map((h) => h.slots) };
  switch (job.kernel) {
    case 'lumped':
      return { kernel: 'lumped', tables: job.tables, ...common };
    case 'tasks':
      return { kernel: 'tasks', tables: job.tables, accounting: job.accounting, ...common };
    case 'proof': {
      const { tables, centreQuanta, plantedQuanta } = job;
      return { kernel: 'proof', tables, centreQuanta, plantedQuanta, ...common };
    }
  }
}
