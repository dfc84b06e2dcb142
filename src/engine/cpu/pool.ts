/**
 * The worker threads of the cpu backend and how work is dealt to them. Jobs are taken as threads have room, so that many small ones keep every
 * thread busy; the paths of a job are handed out in order, so that what is finished when a run stops is a first part of them.
 */
import { BackendError } from '../../errors.js';
import type { Host, WorkerLike } from '../host/contract.js';
import { mergePartials } from '../partials.js';
import type { Partials } from '../partials.js';
import type { FromWorker, ToWorker } from './protocol.js';

/** Work of one message, seconds; the first ones are sized by a guess. */
const CHUNK_SECONDS = 0.03;
const FIRST_CHUNK_SLOTS = 2_000_000;
/** Paths that WebAssembly walks side by side: chunks are whole groups of them. */
const LANES = 4;
/** Chunks that wait in a worker while it works: it never runs dry. */
const DEPTH = 2;

type Opening<T = ToWorker> = T extends { readonly kind: 'open' | 'openPassage' } ? Omit<T, 'job'> : never;

/** A job as the pool sees it. */
export interface PoolJob {
  readonly paths: number;
  readonly firstPath: number;
  /** Slots of a path. */
  readonly slots: number;
  /** What every thread that works on the job is told first. */
  readonly open: Opening;
  /** What a chunk of its paths is asked for. */
  readonly ask: 'walk' | 'deficits' | 'passages';
  /** A chunk that is answered. */
  onChunk?(answer: FromWorker): void;
  /** All of it is answered, or all that was given before the run was stopped. */
  onEnd(partials: Partials, paths: number): void;
}

export interface PoolControl {
  stopped(): boolean;
  /** Paths of a message; left out, the pool finds a good number. */
  readonly pathsPerMessage?: number | undefined;
}

interface Thread {
  readonly worker: WorkerLike;
  /** Path-slots a second of the last chunk; 0 before. */
  speed: number;
  /** Chunks not answered yet. */
  waiting: number;
}

/** A job at work. */
interface ActiveJob {
  readonly number: number;
  readonly job: PoolJob;
  given: number;
  answered: number;
  /** Threads that have it open. */
  readonly threads: Set<Thread>;
  readonly parts: Partials[];
  /** Whether its threads were asked for their partials. */
  closing: boolean;
}

export class CpuPool {
  private readonly threads: readonly Thread[];
  private released = false;
  private running = false;
  private numbers = 0;
  private started: Promise<void> | undefined;

  /** @throws BackendError where workers cannot be had. */
  constructor(host: Host, threads: number) {
    const spawn = (): Thread => ({ worker: host.spawnWorker('cpu-worker'), speed: 0, waiting: 0 });
    this.threads = Array.from({ length: threads }, spawn);
  }

  /** Resolves when all threads have started. @throws BackendError where one cannot */
  ready(): Promise<void> {
    this.started ??= Promise.all(this.threads.map(({ worker }) => hello(worker))).then(() => undefined);
    return this.started;
  }

  /** Runs the jobs that `next` gives until it gives none, each as soon as a thread has room for it. */
  async run(next: () => PoolJob | undefined, control: PoolControl): Promise<void> {
    if (this.released) throw new BackendError('The cpu backend was released; create another.');
    if (this.running)
      throw new BackendError('The cpu backend runs one job at a time; await the first, or create another backend.');
    this.running = true;
    try {
      await this.ready();
      await new Promise<void>((resolve, reject) => {
        const dealer = new Dealer(this.threads, next, control, () => this.numbers++, resolve);
        const attempt = (act: () => void): void => {
          try {
            act();
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        for (const thread of this.threads) {
          thread.waiting = 0;
          thread.worker.onerror = (error) => {
            reject(new BackendError(`A cpu worker failed: ${error.message}`, { cause: error }));
          };
          thread.worker.onmessage = (data) => {
            attempt(() => {
              for (const answer of data as FromWorker[]) dealer.take(answer, thread);
              dealer.feed();
            });
          };
        }
        attempt(() => {
          dealer.feed();
        });
      });
    } finally {
      this.running = false;
    }
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }
}

/** Waits for a worker's first answer. */
function hello(worker: WorkerLike): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.onerror = (error) => {
      reject(new BackendError(`A cpu worker failed: ${error.message}`, { cause: error }));
    };
    worker.onmessage = () => {
      resolve();
    };
    worker.postMessage([{ kind: 'hello', job: 0 }] satisfies ToWorker[]);
  });
}

/** Deals the paths of one run to the threads. */
class Dealer {
  private readonly active: ActiveJob[] = [];
  /** Taken and not begun. */
  private held: PoolJob | undefined;
  private exhausted = false;
  private ended = false;

  constructor(
    private readonly threads: readonly Thread[],
    private readonly next: () => PoolJob | undefined,
    private readonly control: PoolControl,
    private readonly number: () => number,
    private readonly end: () => void,
  ) {}

  /** Gives every thread work, and ends the run where there is none left. */
  feed(): void {
    // In turn, one chunk each: the first thread does not take what two could share.
    for (let depth = 1; depth <= DEPTH; depth++) {
      for (const thread of this.threads) if (thread.waiting < depth) this.give(thread);
    }
    if (this.control.stopped()) this.closeWhatIsAnswered();
    if (this.active.length === 0 && !this.ended) {
      this.ended = true;
      this.end();
    }
  }

  /** An answer of a thread, which is to be fed then. */
  take(answer: FromWorker, thread: Thread): void {
    const entry = this.active.find(({ number }) => number === answer.job);
    if (entry === undefined || answer.kind === 'ready') return;
    const { job } = entry;
    if (answer.kind === 'partials') {
      entry.parts.push(answer.partials);
      if (entry.parts.length < entry.threads.size) return;
      this.active.splice(this.active.indexOf(entry), 1);
      job.onEnd(entry.parts.reduce(mergePartials), entry.answered);
    } else {
      thread.waiting--;
      entry.answered += answer.count;
      // For passages, slots up to T count as walked, also those after the passage, which take no time.
      if ('seconds' in answer && answer.seconds > 0) thread.speed = (answer.count * job.slots) / answer.seconds;
      job.onChunk?.(answer);
    }
  }

  private give(thread: Thread): void {
    const entry = this.ready();
    if (entry === undefined) return;
    const { job, number } = entry;
    const count = this.chunk(thread, job, job.paths - entry.given);
    const messages: ToWorker[] = [];
    if (!entry.threads.has(thread)) {
      entry.threads.add(thread);
      messages.push({ ...job.open, job: number });
    }
    messages.push({ kind: job.ask, job: number, firstPath: job.firstPath + entry.given, count });
    entry.given += count;
    thread.waiting++;
    // The last of a job's paths are given: its threads answer in order, so that they may be asked for their partials at once.
    if (entry.given === job.paths) this.close(entry, thread, messages);
    thread.worker.postMessage(messages);
  }

  /** A job that has paths to give: one at work, or the next. */
  private ready(): ActiveJob | undefined {
    if (this.control.stopped()) return undefined;
    const found = this.active.find(({ given, job }) => given < job.paths);
    if (found !== undefined || this.exhausted) return found;
    const job = this.held ?? this.next();
    // One ahead, so that the last job is known for the last.
    this.held = job === undefined ? undefined : this.next();
    this.exhausted = this.held === undefined;
    if (job === undefined) return undefined;
    const entry: ActiveJob = {
      number: this.number(),
      job,
      given: 0,
      answered: 0,
      threads: new Set(),
      parts: [],
      closing: false,
    };
    this.active.push(entry);
    return entry;
  }

  /** Paths of a thread's next message where `left` paths of the job are left. */
  private chunk(thread: Thread, { slots }: PoolJob, left: number): number {
    const { pathsPerMessage } = this.control;
    if (pathsPerMessage !== undefined) return Math.min(pathsPerMessage, left);
    const pathSlots = thread.speed > 0 ? thread.speed * CHUNK_SECONDS : FIRST_CHUNK_SLOTS;
    const wanted = groups(pathSlots / slots);
    // The last chunks of a run are small, so that the threads end together; a small job among others is best left whole to one thread.
    if (!this.exhausted) return left <= 2 * wanted ? left : wanted;
    return Math.min(wanted, left, groups(left / (2 * DEPTH * this.threads.length)));
  }

  /** Asks a job's threads for their partials; `own` with messages that are about to be sent to it. */
  private close(entry: ActiveJob, own?: Thread, messages: ToWorker[] = []): void {
    if (entry.closing) return;
    entry.closing = true;
    const ask: ToWorker = { kind: 'close', job: entry.number };
    messages.push(ask);
    for (const thread of entry.threads) if (thread !== own) thread.worker.postMessage([ask]);
  }

  /** After a stop: jobs end with what was given of them. */
  private closeWhatIsAnswered(): void {
    for (const entry of this.active) if (entry.answered === entry.given) this.close(entry);
  }
}

/** Paths in whole groups, at least one. */
function groups(paths: number): number {
  return Math.max(1, Math.ceil(paths / LANES)) * LANES;
}
