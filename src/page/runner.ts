/**
 * The run as the page steers it: a worker that runs, what of it was finished by now, and an end that comes when it is
 * asked for. A worker that does not stop in time, falls silent or fails is replaced, and what was finished before is
 * kept.
 */
import { partialsSha256 } from '../engine/partials-codec.js';
import { BEAT, Silence } from '../engine/silence.js';
import { formatCount } from '../numeric/format.js';
import type { HorizonLaws, RunCommand, RunEvent, Found } from './protocol.js';
import { startRunWorker } from './workers.js';
import type { Client } from './workers.js';

/** A run that is asked to stop has so long to do it, ms: the page says within two seconds that it has stopped. */
export const STOP_MS = 1500;

type RunOrder = Extract<RunCommand, { type: 'run' }>;

export class Runner {
  private client: Client<RunCommand>;
  /** The run in hand. */
  private order: RunOrder | undefined;
  private kept: Found | undefined;
  /** Whether paths have been walked: from then on the worker is heard from all the time. */
  private walking = false;
  private readonly silence = new Silence();
  private deadline: ReturnType<typeof setTimeout> | undefined;
  private shown = 0;
  private laws: HorizonLaws[] = [];
  /** Whether the worker is gone: the next run starts another. */
  private broken = false;

  constructor(private readonly onEvent: (event: RunEvent) => void) {
    this.client = this.start();
    setInterval(() => {
      this.listen();
    }, BEAT * 1000);
  }

  run(order: RunOrder): void {
    if (order.from === undefined) this.laws = [];
    this.begin(order);
  }

  /** Stops the run: `ended` follows, by itself or by force. */
  stop(): void {
    if (this.order === undefined) return;
    this.client.post({ type: 'stop' });
    this.deadline ??= setTimeout(() => {
      this.endByForce();
    }, STOP_MS);
  }

  /** Which horizon's curves snapshots are to hold. */
  show(horizon: number): void {
    this.shown = horizon;
    this.client.post({ type: 'show', horizon });
  }

  tellLaws(laws: HorizonLaws): void {
    this.laws = [...this.laws.filter(({ slots }) => slots !== laws.slots), laws];
    this.client.post({ type: 'laws', laws });
  }

  private begin(order: RunOrder): void {
    this.order = order;
    this.kept = order.from;
    this.walking = false;
    this.silence.pause();
    if (this.broken) this.replace();
    this.client.post(order);
  }

  private start(): Client<RunCommand> {
    return startRunWorker({
      onEvent: (event) => {
        this.take(event);
      },
      onBroken: (message) => {
        this.fail(message);
      },
    });
  }

  /** Another worker in the place of this one: it is told what it must know beside the run. */
  private replace(): void {
    this.client.terminate();
    this.broken = false;
    this.client = this.start();
    this.client.post({ type: 'show', horizon: this.shown });
    for (const laws of this.laws) this.client.post({ type: 'laws', laws });
  }

  private take(event: RunEvent): void {
    this.silence.heard();
    if (event.type === 'alive') return;
    if (event.type === 'kept') {
      this.kept = event;
      return;
    }
    if (event.type === 'snapshot') this.walking = true;
    else if (event.type === 'ended' || event.type === 'failed') this.settle();
    this.onEvent(event);
  }

  private settle(): void {
    clearTimeout(this.deadline);
    this.deadline = undefined;
    this.order = undefined;
  }

  /** The worker has not stopped in time. */
  private endByForce(): void {
    if (this.order === undefined) return;
    this.replace();
    this.settle();
    const found = this.kept;
    const sha256 = found === undefined ? '' : partialsSha256(found.counted);
    this.onEvent({ type: 'ended', found, partialsSha256: sha256, stopped: true });
  }

  private fail(message: string): void {
    const failure = { name: 'WorkerError', message };
    const { kept, order } = this;
    this.client.terminate();
    this.broken = true;
    if (order === undefined) return;
    this.settle();
    this.onEvent({ type: 'failed', failure, found: kept });
  }

  private listen(): void {
    const { order, kept } = this;
    if (order === undefined || !this.walking) return;
    const { act, seconds } = this.silence.beat();
    if (act === 'wait') return;
    if (act === 'give up') {
      this.fail(`The worker that runs was silent for ${Math.round(seconds)} s, however often it was replaced`);
      return;
    }
    const paths = kept?.partials.horizons[0].count ?? 0;
    this.replace();
    this.begin({ ...order, from: kept });
    this.onEvent({
      type: 'remark',
      text:
        `The worker that runs was silent for ${Math.round(seconds)} s and was replaced; ` +
        `the run goes on from ${formatCount(paths)} paths.`,
    });
  }
}
