/**
 * Threads that make the laws of a sweep's points ahead of their use, and exact values after it: a device of many cores
 * walks a point in less time than one thread takes to make its law.
 */
import type { JobRequest } from '../engine/job-request.js';
import type { Host, WorkerLike } from '../host/contract.js';
import { revivedError } from '../plain-error.js';
import type { PlainError } from '../plain-error.js';
import type { Exact, ExactQuestion } from './exact-values.js';
import type { PointLaw } from './point-law.js';
import type { SweepPoint } from './points.js';

/** What a thread is asked of one point. */
export type PointQuestion =
  | {
      readonly kind: 'law';
      readonly point: Pick<SweepPoint, 'scenario' | 'kind'>;
      readonly request: JobRequest;
    }
  | { readonly kind: 'exact'; readonly question: ExactQuestion };

/** Why there is no answer travels as data. */
export type PointAnswer = { readonly number: number } & (
  { readonly made: PointLaw | readonly Exact[] } | { readonly failure: PlainError }
);

/** A thread ended by itself: what it was asked is to be asked elsewhere. */
export class ThreadLost extends Error {}

interface Asked {
  readonly resolve: (made: unknown) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: WorkerLike;
  readonly asked: Map<number, Asked>;
}

/** What a thread has in hand: one question that it is at, one that it goes on with. */
const IN_HAND = 2;

export class PointThreads {
  private readonly threads: Thread[] = [];
  private numbers = 0;

  /** @throws {BackendError} where there are no threads */
  constructor(host: Pick<Host, 'spawnWorker'>, count: number) {
    for (let i = 0; i < count; i++) this.threads.push(this.start(host.spawnWorker('point-worker')));
  }

  /** Questions that are in hand at the most: 0 where all threads were lost. */
  get most(): number {
    return IN_HAND * this.threads.length;
  }

  get hasRoom(): boolean {
    return this.threads.some(({ asked }) => asked.size < IN_HAND);
  }

  /** Makes a point's law. @throws what that threw; {ThreadLost} */
  law({ scenario, kind }: Pick<SweepPoint, 'scenario' | 'kind'>, request: JobRequest): Promise<PointLaw> {
    return this.ask({ kind: 'law', point: { scenario, kind }, request });
  }

  /** Makes a point's exact values. @throws what that threw; {ThreadLost} */
  exact(question: ExactQuestion): Promise<readonly Exact[]> {
    return this.ask({ kind: 'exact', question });
  }

  async release(): Promise<void> {
    const ended = this.threads.splice(0);
    for (const thread of ended) lose(thread);
    await Promise.all(ended.map(({ worker }) => worker.terminate()));
  }

  /** Asks the thread that has least in hand. */
  private ask<T>(question: PointQuestion): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.threads.length === 0) {
        reject(new ThreadLost('no thread is left'));
        return;
      }
      const { asked, worker } = this.threads.reduce((a, b) => (b.asked.size < a.asked.size ? b : a));
      const number = this.numbers++;
      asked.set(number, { resolve: resolve as Asked['resolve'], reject });
      worker.postMessage({ number, ...question });
    });
  }

  private start(worker: WorkerLike): Thread {
    const thread: Thread = { worker, asked: new Map() };
    worker.onmessage = (message) => {
      const answer = message as PointAnswer;
      const asked = thread.asked.get(answer.number);
      thread.asked.delete(answer.number);
      if ('made' in answer) asked?.resolve(answer.made);
      else asked?.reject(revivedError(answer.failure));
    };
    worker.onerror = () => {
      this.threads.splice(this.threads.indexOf(thread), 1);
      lose(thread);
    };
    return thread;
  }
}

function lose({ asked }: Thread): void {
  for (const { reject } of asked.values()) reject(new ThreadLost('the thread ended'));
  asked.clear();
}
