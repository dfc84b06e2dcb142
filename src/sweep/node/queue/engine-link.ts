/** The engine's thread as the thread with the connection sees it: promises in the place of messages. */
import type { WorkerLike } from '../../../engine/host/contract.js';
import type { BackendRequest } from '../../../engine/open-backend.js';
import { BackendError, DeviceLostError, InputError } from '../../../errors.js';
import type { BatterywalkError } from '../../../errors.js';
import type { FromEngine, ToEngine } from './engine-protocol.js';

/** What came of an order. */
export interface Outcome {
  /** Bytes of results by shard; `undefined` where the shared folder has them. */
  readonly results: ReadonlyMap<number, Uint8Array | undefined>;
  /** Messages, by shard that cannot be run. */
  readonly failed: ReadonlyMap<number, string>;
  /** Shards that were not begun. */
  readonly left: readonly number[];
}

interface Pending {
  readonly results: Map<number, Uint8Array | undefined>;
  readonly failed: Map<number, string>;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: Error) => void;
}

interface Planning {
  readonly resolve: (hashes: readonly string[] | string) => void;
  readonly reject: (error: Error) => void;
}

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

  constructor(
    private readonly worker: WorkerLike,
    private readonly remark: (text: string) => void,
  ) {
    this.broken = new Promise((_, reject) => (this.breaking = reject));
    this.broken.catch(() => undefined);
    worker.onmessage = (message) => {
      this.take(message as FromEngine);
    };
    worker.onerror = (error) => {
      this.fail(
        error instanceof BackendError
          ? error
          : new BackendError(`The engine's thread ended: ${error.message}`, { cause: error }),
      );
    };
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
      this.plannings.set(sweep, [{ resolve, reject }]);
      this.post({ kind: 'sweep', sweep, text });
    });
  }

  /** Runs shards. @throws {BatterywalkError} where the engine breaks */
  run(sweep: string, shards: readonly number[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.error !== undefined) {
        reject(this.error);
        return;
      }
      const id = this.numbers++;
      this.pending.set(id, { results: new Map(), failed: new Map(), resolve, reject });
      this.post({ kind: 'run', id, sweep, shards });
    });
  }

  /** Lets the device finish what it has; what was not begun comes back as left. */
  drain(): void {
    this.post({ kind: 'drain' });
  }

  private post(message: ToEngine): void {
    this.worker.postMessage(message);
  }

  private take(message: FromEngine): void {
    switch (message.kind) {
      case 'opened':
        this.opening?.resolve(message.device);
        return;
      case 'known':
      case 'unknown': {
        const waiting = this.plannings.get(message.sweep) ?? [];
        this.plannings.delete(message.sweep);
        for (const { resolve } of waiting) resolve(message.kind === 'known' ? message.hashes : message.message);
        return;
      }
      case 'result':
        this.pending.get(message.id)?.results.set(message.shard, message.bytes);
        return;
      case 'failed':
        this.pending.get(message.id)?.failed.set(message.shard, message.message);
        return;
      case 'end': {
        const order = this.pending.get(message.id);
        this.pending.delete(message.id);
        this.speed = message.speed;
        order?.resolve({ results: order.results, failed: order.failed, left: message.left });
        return;
      }
      case 'remark':
        this.remark(message.text);
        return;
      case 'broken':
        this.fail(message.lost ? new DeviceLostError(message.message) : new InputError(message.message));
    }
  }

  private fail(error: BatterywalkError): void {
    if (this.error !== undefined) return;
    this.error = error;
    this.opening?.reject(error);
    for (const { reject } of [...this.pending.values(), ...[...this.plannings.values()].flat()]) reject(error);
    this.pending.clear();
    this.plannings.clear();
    this.breaking(error);
  }
}
