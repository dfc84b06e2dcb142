/**
 * The worker that solves the laws of a run, as the page asks it: once for the same scenario and horizons, and anew
 * where it has failed or was ended. No DOM.
 */
import type { HorizonLaws, RunSettings, TheoryCommand, TheoryEvent } from './protocol.js';
import type { Client, startTheoryWorker } from './workers.js';

/** What is heard of the worker. */
export interface LawListener {
  /** What is known of one horizon's laws; each is told again to every run of the same laws. */
  onLaws(laws: HorizonLaws): void;
  /** After `failed` the worker is gone. */
  onEvent(event: Exclude<TheoryEvent, { readonly type: 'laws' }>): void;
  /** The worker is gone, with nothing caught. */
  onBroken(message: string): void;
}

export class LawSolver {
  private client: Client<TheoryCommand> | undefined;
  /** Of which scenario and horizons the laws are. */
  private key = '';
  private laws: HorizonLaws[] = [];

  constructor(
    private readonly start: typeof startTheoryWorker,
    private readonly listener: LawListener,
  ) {}

  /** Whether there is a worker that solves laws or has solved them. */
  get isThere(): boolean {
    return this.client !== undefined;
  }

  /** Has the laws of a run solved; of the same scenario and horizons they are told at once. */
  ask(settings: RunSettings): void {
    const key = JSON.stringify([settings.document, settings.horizons]);
    if (key === this.key && this.isThere) {
      for (const own of this.laws) this.listener.onLaws(own);
      return;
    }
    this.end();
    this.laws = [];
    this.key = key;
    this.client = this.start({
      onEvent: (event) => {
        this.take(event);
      },
      onBroken: (message) => {
        this.end();
        this.listener.onBroken(message);
      },
    });
    this.post({ type: 'prepare', settings });
  }

  /** Nobody hears it where there is no worker. */
  post(command: TheoryCommand): void {
    this.client?.post(command);
  }

  end(): void {
    this.client?.terminate();
    this.client = undefined;
    this.key = '';
  }

  private take(event: TheoryEvent): void {
    if (event.type === 'laws') {
      const { laws } = event;
      this.laws = [...this.laws.filter(({ slots }) => slots !== laws.slots), laws];
      this.listener.onLaws(laws);
      return;
    }
    // What it would have known is asked for again.
    if (event.type === 'failed') this.end();
    this.listener.onEvent(event);
  }
}
