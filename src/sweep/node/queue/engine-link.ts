/**
 * The engine's thread as the thread with the connection sees it: promises in the place of messages, and a watch over
 * them. A device may hang without being lost, and a promise of the engine's may never come: neither may hold a job for
 * ever.
 */
import type { WorkerLike } from '../../../host/contract.js';
import type { BackendRequest } from '../../../engine/open-backend.js';
import { BackendError, BatterywalkError, DeviceLostError } from '../../../errors.js';
import { revivedError } from '../../../plain-error.js';
import type { FromEngine, ToEngine } from './engine-protocol.js';

/** What came of an order. */
export interface Outcome {
  /** Bytes of results by shard; `undefined` where the shared folder has them. */
  readonly results: ReadonlyMap<number, Uint8Array | undefined>;
  /** Messages, by shard that cannot be run. */
  readonly failed: ReadonlyMap<number, string>;
  /** Shards that were not begun. */
  readonly left: readonly number[];
  /** The engine has let go of the sweep: it must be planned again before its shards are run. */
  readonly forgotten: boolean;
}

interface Pending {
  readonly results: Map<number, Uint8Array | undefined>;
  readonly failed: Map<number, string>;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
  /** When it was given, or last had a result. */
  movedAt: number;
  /** An order that was given later has ended since: this one is not waiting for its turn. */
  overtaken: boolean;
}

interface Planning {
  readonly resolve: (hashes: readonly string[] | string) => void;
  readonly reject: (error: Error) => void;
}

/** Looks of the watch within the time that it waits. */
const LOOKS = 10;

export class EngineLink {
  /** Path-slots a second of late; 0 before anything was run. */
  speed = 0;
  /** Rejects when the engine can do no more. */
  readonly broken: Promise<never>;
  private error: BatterywalkError | undefined;
  private numbers = 0;
  private opening: { resolve(device: string): void; reject(error: Error): void } | undefined;
  private breaking: (error: Error) => void = () => undefined;
  private readonly plannings = new Map<string, Planning[]>();
  private readonly pending = new Map<number, Pending>();
  private readonly watch: ReturnType<typeof setInterval>;
  /** When the engine last said anything, or was given work while it had none. */
  private aliveAt = performance.now();
  private readonly idle: (() => void)[] = [];

  /** @param hang milliseconds without a sign of the engine, while it has work, after which it is given up. */
  constructor(
    private readonly worker: WorkerLike,
    private readonly remark: (text: string) => void,
    private readonly hang: number,
  ) {
    this.broken = new Promise((_, reject) => (this.breaking = reject));
    this.broken.catch(() => undefined);
    worker.onmessage = (message) => {
      this.aliveAt = performance.now();
      this.take(message as FromEngine);
      this.tellIdle();
    };
    worker.onerror = (error) => {
      this.fail(
        error instanceof BackendError
          ? error
          : new BackendError(`The engine's thread ended: ${error.message}`, { cause: error }),
      );
    };
    this.watch = setInterval(() => {
      this.look();
    }, hang / LOOKS);
    this.watch.unref();
  }

  /** Opens the device. @returns its name. @throws {BackendError} */
  open(request: BackendRequest, out: string | undefined): Promise<string> {
    return new Promise((resolve, reject) => {
      this.opening = { resolve, reject };
      this.post({ kind: 'open', request, out });
    });
  }

  /** Plans a sweep. @returns the hashes of its shards, or why it cannot be planned here. */
  plan(sweep: string, text: string): Promise<readonly string[] | string> {
    return new Promise((resolve, reject) => {
      if (this.error !== undefined) {
        reject(this.error);
        return;
      }
      const others = this.plannings.get(sweep);
      if (others !== undefined) {
        others.push({ resolve, reject });
        return;
      }
      this.post({ kind: 'sweep', sweep, text });
      this.plannings.set(sweep, [{ resolve, reject }]);
    });
  }

  /** Runs shards. @throws {BatterywalkError} where the engine breaks, or this order stands still while others move */
  run(sweep: string, shards: readonly number[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.error !== undefined) {
        reject(this.error);
        return;
      }
      const id = this.numbers++;
      this.post({ kind: 'run', id, sweep, shards });
      const movedAt = performance.now();
      this.pending.set(id, { results: new Map(), failed: new Map(), resolve, reject, movedAt, overtaken: false });
    });
  }

  /** Lets the device finish what it has; what was not begun comes back as left. */
  drain(): void {
    this.post({ kind: 'drain' });
  }

  /** Resolves when the engine owes nothing: its work is done, or it is broken. */
  untilIdle(): Promise<void> {
    return new Promise((resolve) => {
      this.idle.push(resolve);
      this.tellIdle();
    });
  }

  /** Ends the watch. */
  close(): void {
    clearInterval(this.watch);
  }

  private get owes(): boolean {
    return this.error === undefined && (this.pending.size > 0 || this.plannings.size > 0 || this.opening !== undefined);
  }

  private tellIdle(): void {
    if (!this.owes) for (const resolve of this.idle.splice(0)) resolve();
  }

  private post(message: ToEngine): void {
    if (this.pending.size === 0 && this.plannings.size === 0) this.aliveAt = performance.now();
    this.worker.postMessage(message);
  }

  private take(message: FromEngine): void {
    switch (message.kind) {
      case 'opened':
        this.opening?.resolve(message.device);
        this.opening = undefined;
        return;
      case 'known':
      case 'unknown': {
        const waiting = this.plannings.get(message.sweep) ?? [];
        this.plannings.delete(message.sweep);
        for (const { resolve } of waiting) resolve(message.kind === 'known' ? message.hashes : message.message);
        return;
      }
      case 'result':
        this.moved(message.id)?.results.set(message.shard, message.bytes);
        return;
      case 'failed':
        this.moved(message.id)?.failed.set(message.shard, message.message);
        return;
      case 'end': {
        const order = this.pending.get(message.id);
        this.pending.delete(message.id);
        for (const [id, other] of this.pending) if (id < message.id) other.overtaken = true;
        this.speed = message.speed;
        const { left, forgotten } = message;
        order?.resolve({ results: order.results, failed: order.failed, left, forgotten });
        return;
      }
      case 'alive':
        return;
      case 'remark':
        this.remark(message.text);
        return;
      case 'broken':
        this.fail(brokenBy(revivedError(message.failure)));
    }
  }

  private moved(id: number): Pending | undefined {
    const order = this.pending.get(id);
    if (order !== undefined) {
      order.movedAt = performance.now();
      order.overtaken = false;
    }
    return order;
  }

  /** Gives up what does not move. */
  private look(): void {
    const now = performance.now();
    const seconds = this.hang / 1000;
    if (this.owes && now - this.aliveAt >= this.hang) {
      this.fail(
        new DeviceLostError(
          `The device has given no sign for ${seconds} s while at work: it hangs, or one step takes longer than that ` +
            '("hang" in BATTERYWALK_QUEUE_TUNING); its shards go to others',
        ),
      );
      return;
    }
    for (const [id, order] of this.pending) {
      if (!order.overtaken || now - order.movedAt < this.hang) continue;
      this.pending.delete(id);
      this.remark(`a job has stood still for ${seconds} s while others were done: it is given up and goes to others`);
      order.reject(new BackendError(`A job stood still for ${seconds} s while others were done`));
    }
    this.tellIdle();
  }

  private fail(error: BatterywalkError): void {
    if (this.error !== undefined) return;
    this.error = error;
    this.opening?.reject(error);
    this.opening = undefined;
    for (const { reject } of [...this.pending.values(), ...[...this.plannings.values()].flat()]) reject(error);
    this.pending.clear();
    this.plannings.clear();
    this.breaking(error);
    this.tellIdle();
  }
}

/** What nobody foresaw may be the device's: it counts as lost. */
function brokenBy(error: Error): BatterywalkError {
  return error instanceof BatterywalkError ? error : new DeviceLostError(error.message, { cause: error });
}
