/**
 * The second thread of `validate` and `reserve` as their first sees it: exact laws take as long as a run does, and
 * neither needs the other.
 */
import { host } from '#host';
import type { WorkerLike } from '../host/contract.js';
import type { RunRequest } from '../study/plan.js';
import type { Scenario } from '../scenario/scenario.js';
import { revivedError } from '../plain-error.js';
import type { Outcome } from '../study/finished.js';
import type { FromValidator, Question, ToValidator } from './validator-protocol.js';

type Judged = Extract<FromValidator, { kind: 'judged' }>;

export class Validator {
  private readonly worker: WorkerLike;
  /** Told once: by the verdict, or by what went wrong, which may come before it is asked for. */
  private readonly judged: Promise<Judged>;
  private onFile: (name: string, contents: string) => void = () => undefined;

  /** Starts the thread and its laws. @throws {BackendError} where there are no threads */
  constructor(question: Question, scenario: Scenario, request: RunRequest) {
    this.worker = host.spawnWorker('validator-worker');
    this.judged = new Promise((resolve, reject) => {
      this.worker.onerror = reject;
      this.worker.onmessage = (data) => {
        const message = data as FromValidator;
        try {
          if (message.kind === 'file') this.onFile(message.name, message.contents);
          else if (message.kind === 'judged') resolve(message);
          else reject(revivedError(message.failure));
        } catch (error) {
          // A file that cannot be written: those after it are not either, least of all the manifest.
          this.onFile = () => undefined;
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      };
    });
    this.judged.catch(() => undefined);
    this.post({ kind: 'prepare', question, scenario, request });
  }

  /**
   * Has a run judged.
   * @param save takes each file as soon as it is made; left out, none is.
   * @throws what the laws threw
   */
  judge(
    run: Omit<Extract<ToValidator, { kind: 'judge' }>, 'kind' | 'wantsFiles'>,
    save?: (name: string, contents: string) => void,
  ): Promise<Judged> {
    if (save !== undefined) this.onFile = save;
    this.post({ kind: 'judge', wantsFiles: save !== undefined, ...run });
    return this.judged;
  }

  /** Has the exact law set beside a run's reserves. @throws what the law threw */
  reserve(outcome: Outcome, risks: readonly number[]): Promise<Judged> {
    this.post({ kind: 'reserve', outcome, risks });
    return this.judged;
  }

  release(): Promise<void> {
    return this.worker.terminate();
  }

  private post(message: ToValidator): void {
    this.worker.postMessage(message);
  }
}
