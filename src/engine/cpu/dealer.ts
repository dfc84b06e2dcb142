/**
 * How the work of one run is dealt to the threads. Jobs are taken as threads have room, so that many small ones keep
 * every thread busy; the paths of a job are handed out in order, so that what is finished when a run stops is a first
 * part of them. What a thread had in hand when it was replaced is dealt again, and counted once.
 */
import { append, largestOf } from '../../numeric/extremes.js';
import { mergePartials } from '../partials.js';
import type { Partials } from '../partials.js';
import type { FromWorker, ToWorker } from './protocol.js';
import type { Thread } from './thread.js';

/** Work of one message, seconds. The first messages are sized by a guess that is small for the slowest kernel. */
const CHUNK_SECONDS = 0.03;
const FIRST_CHUNK_SLOTS = 20_000;
/** A browser's clock may tell no less, seconds: a chunk's time is taken for no shorter. */
const CLOCK_SECONDS = 1e-3;
/** Paths that WebAssembly walks side by side: chunks are whole groups of them. */
const LANES = 4;
/** Chunks that wait in a worker while it works: it never runs dry. */
const DEPTH = 2;
/**
 * Chunks after which a thread hands over what it has counted: so many are walked again, at the most, when it is lost.
 */
const MOST_CHUNKS = 1000;
/**
 * A worker needs at most so often the time of a group of paths, by the pace that was measured, before it is heard from.
 */
const GROUPS = 20;
/** Path-slots a second that every kernel reaches, where no pace was measured yet. */
const LEAST_PACE = 1000;

type Opening<T = ToWorker> = T extends { readonly kind: 'open' } ? Omit<T, 'job'> : never;

/** A job as the pool sees it. */
export interface PoolJob {
  readonly paths: number;
  readonly firstPath: number;
  /** Slots of a path. */
  readonly slots: number;
  /** What every thread that works on the job is told first. */
  readonly open: Opening;
  /** What a chunk of its paths is asked for. */
  readonly ask: 'walk' | 'rows';
  /** A chunk that is answered. */
  onChunk?(answer: FromWorker): void;
  /** Paths whose chunks were answered, and whose counts were lost with a thread: they are walked again. */
  onLost?(paths: number): void;
  /** All of it is answered, or all that was given before the run was stopped. */
  onEnd(partials: Partials, paths: number): void;
}

export interface PoolControl {
  stopped(): boolean;
  /** Paths of a message; left out, the pool finds a good number. */
  readonly pathsPerMessage?: number | undefined;
}

interface Chunk {
  readonly firstPath: number;
  readonly count: number;
}

/** What a thread does for a job from its opening to the partials that it hands over. */
interface Stint {
  readonly thread: Thread;
  readonly chunks: Chunk[];
  /** How many of them are answered: answers come in order. */
  answered: number;
  /** Whether its partials were asked for. */
  closing: boolean;
}

/** A job at work. */
interface ActiveJob {
  readonly number: number;
  readonly job: PoolJob;
  /** Paths that were given, and paths that were answered and not lost. */
  given: number;
  answered: number;
  /** Chunks of threads that were replaced, to be given again. */
  readonly again: Chunk[];
  stints: Stint[];
  partials: Partials | undefined;
  /** Path-slots a second as last measured; 0 before. */
  pace: number;
}

/** Deals the paths of one run to the threads. */
export class Dealer {
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
    for (const entry of [...this.active]) this.finish(entry);
    if (this.active.length === 0 && !this.ended) {
      this.ended = true;
      this.end();
    }
  }

  /** An answer of a thread, which is to be fed then. */
  take(answer: FromWorker, thread: Thread): void {
    const entry = this.active.find(({ number }) => number === answer.job);
    if (entry === undefined || answer.kind === 'ready' || answer.kind === 'alive') return;
    const own = entry.stints.filter((stint) => stint.thread === thread);
    if (answer.kind === 'partials') {
      const settled = own.find((stint) => stint.closing);
      entry.stints = entry.stints.filter((stint) => stint !== settled);
      thread.owed--;
      const { partials } = answer;
      entry.partials = entry.partials === undefined ? partials : mergePartials(entry.partials, partials);
      return;
    }
    const stint = own.find(({ answered, chunks }) => answered < chunks.length);
    if (stint !== undefined) stint.answered++;
    thread.waiting--;
    entry.answered += answer.count;
    // For passages, slots up to T count as walked, also those after the passage, which take no time.
    if ('seconds' in answer)
      entry.pace = thread.pace = (answer.count * entry.job.slots) / Math.max(answer.seconds, CLOCK_SECONDS);
    entry.job.onChunk?.(answer);
  }

  /**
   * A thread knows nothing any more of what it was given, or is gone: all of it that it has not handed over is to be
   * given again.
   */
  lose(thread: Thread): void {
    for (const entry of this.active) {
      const lost = entry.stints.filter((stint) => stint.thread === thread);
      entry.stints = entry.stints.filter((stint) => stint.thread !== thread);
      for (const { chunks, answered } of lost) {
        // Rows were handed over chunk by chunk.
        const counted = entry.job.ask === 'walk' ? chunks.slice(0, answered) : [];
        append(entry.again, counted);
        append(entry.again, chunks.slice(answered));
        const paths = counted.reduce((sum, { count }) => sum + count, 0);
        entry.answered -= paths;
        if (paths > 0) entry.job.onLost?.(paths);
      }
    }
  }

  /** Seconds after which a worker that is at work must have been heard from. */
  get needed(): number {
    const seconds = this.active.map(({ pace, job: { slots } }) => (LANES * slots) / (pace / GROUPS || LEAST_PACE));
    return Math.max(0, largestOf(seconds));
  }

  private give(thread: Thread): void {
    const entry = this.ready();
    if (entry === undefined) return;
    const { job, number, again } = entry;
    const messages: ToWorker[] = [];
    let stint = entry.stints.find((own) => own.thread === thread && !own.closing);
    if (stint === undefined) {
      stint = { thread, chunks: [], answered: 0, closing: false };
      entry.stints.push(stint);
      messages.push({ ...job.open, job: number });
    }
    const chunk = again.shift() ?? this.nextChunk(entry, thread);
    stint.chunks.push(chunk);
    messages.push({ kind: job.ask, job: number, ...chunk });
    thread.waiting++;
    // The last of a job's paths are given: its threads answer in order, so that they may be asked for their partials at
    // once.
    if (entry.given === job.paths && again.length === 0) this.close(entry, stint, messages);
    else if (stint.chunks.length >= MOST_CHUNKS) askForPartials(stint, number, messages);
    thread.post(messages);
  }

  /**
   * A job that has paths to give: one at work, or the next. After a stop only what was lost: it is amid what is kept.
   */
  private ready(): ActiveJob | undefined {
    const lost = this.active.find(({ again }) => again.length > 0);
    if (lost !== undefined || this.control.stopped()) return lost;
    const found = this.active.find(({ given, job }) => given < job.paths);
    if (found !== undefined || this.exhausted) return found;
    const job = this.held ?? this.next();
    // One ahead, so that the last job is known for the last.
    this.held = job === undefined ? undefined : this.next();
    this.exhausted = this.held === undefined;
    if (job === undefined) return undefined;
    const state = { given: 0, answered: 0, again: [], stints: [], partials: undefined, pace: 0 };
    const entry: ActiveJob = { number: this.number(), job, ...state };
    this.active.push(entry);
    return entry;
  }

  /** The next paths of a job, as many as suit a thread. */
  private nextChunk(entry: ActiveJob, thread: Thread): Chunk {
    const { job, given } = entry;
    const count = this.size(thread, job, job.paths - given);
    entry.given += count;
    return { firstPath: job.firstPath + given, count };
  }

  /** Paths of a thread's next message where `left` paths of the job are left. */
  private size(thread: Thread, { slots }: PoolJob, left: number): number {
    const { pathsPerMessage } = this.control;
    if (pathsPerMessage !== undefined) return Math.min(pathsPerMessage, left);
    const pathSlots = thread.pace > 0 ? thread.pace * CHUNK_SECONDS : FIRST_CHUNK_SLOTS;
    const wanted = groups(pathSlots / slots);
    // The last chunks of a run are small, so that the threads end together; a small job among others is best left whole
    // to one thread.
    if (!this.exhausted) return left <= 2 * wanted ? left : wanted;
    return Math.min(wanted, left, groups(left / (2 * DEPTH * this.threads.length)));
  }

  /** Asks a job's threads for their partials; `own` with messages that are about to be sent to it. */
  private close({ stints, number }: ActiveJob, own?: Stint, messages: ToWorker[] = []): void {
    for (const stint of stints) {
      if (stint.closing) continue;
      const ask: ToWorker[] = stint === own ? messages : [];
      askForPartials(stint, number, ask);
      if (stint !== own) stint.thread.post(ask);
    }
  }

  /** After a stop: jobs end with what was given of them. */
  private closeWhatIsAnswered(): void {
    for (const entry of this.active) if (entry.answered === entry.given) this.close(entry);
  }

  /** Ends a job of which nothing is out any more. */
  private finish(entry: ActiveJob): void {
    const { job, stints, again, answered, given, partials } = entry;
    if (stints.length > 0 || again.length > 0 || answered < given) return;
    if (given < job.paths && !this.control.stopped()) return;
    this.active.splice(this.active.indexOf(entry), 1);
    // Only chunk by chunk nothing is left to be handed over, and none may be left to do it.
    job.onEnd(partials ?? { horizons: [] }, answered);
  }
}

/** Asks for a stint's partials, with what else is about to be sent to its thread. */
function askForPartials(stint: Stint, job: number, messages: ToWorker[]): void {
  stint.closing = true;
  stint.thread.owed++;
  messages.push({ kind: 'close', job });
}

/** Paths in whole groups, at least one. */
function groups(paths: number): number {
  return Math.max(1, Math.ceil(paths / LANES)) * LANES;
}
