/**
 * Threads that make the laws of a sweep's points ahead of their use: a device of many cores walks a point in less time
 * than one thread takes to make its law.
 */
import type { JobRequest } from '../engine/job-request.js';
import type { Host, WorkerLike } from '../host/contract.js';
import { revivedError } from '../plain-error.js';
import type { PlainError } from '../plain-error.js';
import type { PointLaw } from './point-law.js';
import type { SweepPoint } from './points.js';

/** What a thread is asked: one point's law. */
export interface LawQuestion {
  readonly number: number;
  readonly point: Pick<SweepPoint, 'scenario' | 'kind'>;
  readonly request: JobRequest;
}

/** Why there is no law travels as data. */
export type LawAnswer = { readonly number: number } & ({ readonly made: PointLaw } | { readonly failure: PlainError });

/** A thread ended by itself: what it was asked is to be asked elsewhere. */
export class ThreadLost extends Error {}

interface Asked {
  readonly resolve: (made: PointLaw) => void;
  readonly reject: (error: Error) => void;
}

interface Thread {
  readonly worker: WorkerLike;
  readonly asked: Map<number, Asked>;
}

/** What a thread has in hand: one that it makes, one that it goes on with. */
const IN_HAND = 2;

export class LawThreads {
  private readonly threads: Thread[] = [];
  private numbers = 0;

  /** @throws {BackendError} where there are no threads */
  constructor(host: Pick<Host, 'spawnWorker'>, count: number) {
    for (let i = 0; i < count; i++) this.threads.push(this.start(host.spawnWorker('law-worker')));
  }

  /** Laws that are in hand at the most: 0 where all threads were lost. */
  get most(): number {
    return IN_HAND * this.threads.length;
  }

  get hasRoom(): boolean {
    return this.threads.some(({ asked }) => asked.size < IN_HAND);
  }

  /** Makes a law on the thread that has least to do. @throws what it threw; {ThreadLost} */
  make({ scenario, kind }: LawQuestion['point'], request: JobRequest): Promise<PointLaw> {
    return new Promise((resolve, reject) => {
      const [first, ...others] = this.threads as (Thread | undefined)[];
      if (first === undefined) {
        reject(new ThreadLost('no thread is left'));
        return;
      }
      const thread = others.reduce<Thread>((a, b) => (b !== undefined && b.asked.size < a.asked.size ? b : a), first);
      const number = this.numbers++;
      thread.asked.set(number, { resolve, reject });
      thread.worker.postMessage({ number, point: { scenario, kind }, request } satisfies LawQuestion);
    });
  }

  async release(): Promise<void> {
    const ended = this.threads.splice(0);
    for (const thread of ended) lose(thread);
    await Promise.all(ended.map(({ worker }) => worker.terminate()));
  }

  private start(worker: WorkerLike): Thread {
    const thread: Thread = { worker, asked: new Map() };
    worker.onmessage = (message) => {
      const answer = message as LawAnswer;
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
