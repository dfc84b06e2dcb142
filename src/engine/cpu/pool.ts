/** The worker threads of the cpu backend: started together, watched while at work, replaced where one stays silent. */
import { BackendError } from '../../errors.js';
import type { Host } from '../../host/contract.js';
import { BEAT } from '../silence.js';
import { Dealer } from './dealer.js';
import type { PoolControl, PoolJob } from './dealer.js';
import { Thread } from './thread.js';
import type { ThreadEvents } from './thread.js';

export class CpuPool {
  private threads: Thread[];
  private released = false;
  private running = false;
  private numbers = 0;
  private started: Promise<void> | undefined;
  /** Ends what waits for the threads. */
  private interrupt: (error: Error) => void = () => undefined;

  /**
   * @param onRemark told where a worker was silent and what was done about it
   * @throws BackendError where workers cannot be had.
   */
  constructor(
    host: Host,
    threads: number,
    private readonly onRemark: (text: string) => void = () => undefined,
  ) {
    this.threads = Array.from({ length: threads }, () => new Thread(() => host.spawnWorker('cpu-worker')));
  }

  /** Resolves when all threads have started. @throws BackendError where none can */
  ready(): Promise<void> {
    if (this.started === undefined) {
      this.started = this.greet();
      // Whoever waits is told; a backend may be released before anybody does.
      this.started.catch(() => undefined);
    }
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
      await this.watched((end, attempt) => {
        const dealer = new Dealer(this.threads, next, control, () => this.numbers++, end);
        const again = (thread: Thread): void => {
          attempt(() => {
            dealer.lose(thread);
            dealer.feed();
          });
        };
        for (const thread of this.threads) {
          thread.clear();
          this.listen(thread, {
            onAnswers: (answers) => {
              attempt(() => {
                for (const answer of answers) dealer.take(answer, thread);
                dealer.feed();
              });
            },
            onReplaced: () => {
              again(thread);
            },
            onGivenUp: () => {
              again(thread);
            },
          });
        }
        attempt(() => {
          dealer.feed();
        });
        return () => dealer.needed;
      });
    } finally {
      this.running = false;
    }
  }

  async release(): Promise<void> {
    if (this.released) return;
    this.released = true;
    this.interrupt(new BackendError('The cpu backend was released while it was at work.'));
    await Promise.all(this.threads.map((thread) => thread.end()));
  }

  private greet(): Promise<void> {
    return this.watched((end) => {
      const waiting = new Set(this.threads);
      const done = (thread: Thread): void => {
        waiting.delete(thread);
        if (waiting.size === 0) end();
      };
      for (const thread of waiting) {
        const settle = (): void => {
          done(thread);
        };
        this.listen(thread, { onAnswers: settle, onReplaced: () => undefined, onGivenUp: settle });
        thread.greet();
      }
      return () => 0;
    });
  }

  /**
   * Begins something, and watches the threads until it ends.
   * @param begin calls `end` when it is over; what goes wrong in an `attempt` ends it as well. It returns the seconds
   *   after which a thread that is at work must have been heard from.
   */
  private async watched(begin: (end: () => void, attempt: (act: () => void) => void) => () => number): Promise<void> {
    let timer: ReturnType<typeof setInterval> | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        this.interrupt = reject;
        const attempt = (act: () => void): void => {
          try {
            act();
          } catch (error) {
            reject(error instanceof Error ? error : new Error(String(error)));
          }
        };
        const needed = begin(resolve, attempt);
        timer = setInterval(() => {
          attempt(() => {
            const seconds = needed();
            for (const thread of [...this.threads]) thread.listen(seconds);
          });
        }, BEAT * 1000);
      });
    } finally {
      clearInterval(timer);
      this.interrupt = () => undefined;
    }
  }

  /** Has the events of a thread told; whatever it is at, silence is spoken of and a failure ends it. */
  private listen(thread: Thread, events: Omit<ThreadEvents, 'onFailed'>): void {
    thread.events = {
      ...events,
      onFailed: (error) => {
        this.interrupt(new BackendError(`A cpu worker failed: ${error.message}`, { cause: error }));
      },
      onReplaced: (seconds) => {
        this.onRemark(
          `A worker was silent for ${Math.round(seconds)} s and was replaced; its part is walked again and counted once.`,
        );
        events.onReplaced(seconds);
      },
      onGivenUp: (seconds) => {
        this.threads.splice(this.threads.indexOf(thread), 1);
        if (this.threads.length === 0) {
          throw new BackendError(
            `Workers do not answer here: each was silent for ${Math.round(seconds)} s, however often it was replaced.`,
          );
        }
        this.onRemark(`A worker stayed silent, also when replaced: the others go on without it.`);
        events.onGivenUp(seconds);
      },
    };
  }
}
