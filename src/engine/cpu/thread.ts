/**
 * A worker of the pool: told what to do, listened to, and replaced where it stays silent. A worker that walks is heard
 * from at least once a second, or once in the time of a group of paths, so that silence beyond that is a fault of its
 * host: a worker that never started, or was stopped for good. A replacement that was not needed costs time alone.
 */
import type { WorkerLike } from '../../host/contract.js';
import { revivedError } from '../../plain-error.js';
import { Silence } from '../silence.js';
import type { FromWorker, ToWorker, WorkerFailure } from './protocol.js';

export interface ThreadEvents {
  onAnswers(answers: readonly FromWorker[]): void;
  /** The worker failed, and says so. */
  onFailed(error: Error): void;
  /** A silent worker was replaced by one that knows of nothing: what it had in hand is lost. */
  onReplaced(silentSeconds: number): void;
  /** It stays silent however often it is replaced. */
  onGivenUp(silentSeconds: number): void;
}

export class Thread {
  /** Path-slots a second of its last chunk; 0 before. */
  pace = 0;
  /** Chunks not answered yet. */
  waiting = 0;
  /** Partials asked for that have not come yet. */
  owed = 0;
  events: ThreadEvents | undefined;
  private worker: WorkerLike;
  private greeting = false;
  private readonly silence = new Silence();

  /** @throws BackendError where workers cannot be had */
  constructor(private readonly spawn: () => WorkerLike) {
    this.worker = this.start();
  }

  post(messages: readonly ToWorker[]): void {
    this.worker.postMessage(messages);
  }

  /** Asks whether it has started: answered by `ready`. */
  greet(): void {
    this.greeting = true;
    this.post([{ kind: 'hello', job: 0 }]);
  }

  /** Forgets what an earlier run left. */
  clear(): void {
    this.waiting = 0;
    this.owed = 0;
    this.silence.pause();
  }

  /** Counts a beat of silence, and acts where there were more than a worker needs at the most, seconds. */
  listen(needed: number): void {
    if (this.waiting === 0 && this.owed === 0 && !this.greeting) return;
    const { act, seconds } = this.silence.beat(needed);
    if (act === 'wait') return;
    void this.end();
    if (act === 'give up') {
      this.events?.onGivenUp(seconds);
      return;
    }
    this.clear();
    this.worker = this.start();
    if (this.greeting) this.greet();
    this.events?.onReplaced(seconds);
  }

  /** Ends its worker. */
  end(): Promise<void> {
    // What it still had to say is of no interest, even where it is under way.
    this.worker.onmessage = null;
    this.worker.onerror = null;
    return this.worker.terminate();
  }

  private start(): WorkerLike {
    const worker = this.spawn();
    worker.onerror = (error) => this.events?.onFailed(error);
    worker.onmessage = (data) => {
      this.silence.heard();
      this.greeting = false;
      const answers = data as readonly FromWorker[] | WorkerFailure;
      if ('failure' in answers) this.events?.onFailed(revivedError(answers.failure));
      else this.events?.onAnswers(answers);
    };
    return worker;
  }
}
