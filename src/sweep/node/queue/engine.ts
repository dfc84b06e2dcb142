/**
 * The engine of a worker, in a thread apart: the device stays open from job to job, sweeps stay planned, and the shards
 * of all jobs in hand go to the device together. What the thread that holds the connection does is never delayed by it.
 */
import { hostname } from 'node:os';
import type { Backend } from '../../../engine/backend.js';
import type { WorkerScope } from '../../../host/contract.js';
import type { BackendRequest } from '../../../engine/open-backend.js';
import { BatterywalkError } from '../../../errors.js';
import { plainError } from '../../../plain-error.js';
import { adapterWords } from '../../../report/adapter-words.js';
import { planSweep } from '../../points.js';
import type { Sweep } from '../../points.js';
import { LawCache } from '../../law-cache.js';
import { runShards } from '../../run-shards.js';
import { encodeShardResults } from '../../shard-result.js';
import type { ShardResult } from '../../shard-result.js';
import { cutShards } from '../../shards.js';
import type { Shard } from '../../shards.js';
import { parseSweepFile } from '../../sweep-file.js';
import { nodeDeflate } from '../deflate.js';
import type { ShardStore } from '../../store.js';
import { readSweepFolder } from '../folder.js';
import { Ledger } from '../ledger.js';
import type { FromEngine, ToEngine } from './engine-protocol.js';
import { SWEEPS_KEPT } from './tuning.js';

/** Weight of the last run in the speed. */
const RECENT = 0.3;
/** Least milliseconds between two signs that the device works. */
const SIGN = 250;

interface KnownSweep {
  readonly sweep: Sweep;
  readonly shards: readonly Shard[];
  /** The shared folder, where it is this sweep's. */
  readonly ledger: ShardStore | undefined;
  readonly laws: LawCache;
}

/** A job in hand. */
interface Order {
  readonly id: number;
  readonly left: Set<number>;
}

/** Shards that wait for the device, of one sweep. */
interface Line {
  readonly known: KnownSweep;
  readonly waiting: Shard[];
  /** Who asked for a shard; two jobs may, where one was taken for lost. */
  readonly asked: Map<Shard, Order[]>;
  /** Orders that still look for results in the folder before they wait here: a line with one of them is kept. */
  entering: number;
}

/** What an engine is given. */
export interface EngineParts {
  /** Opens the device. */
  readonly open: (request: BackendRequest) => Promise<Backend>;
  /** Opens a folder that the driver shares. */
  readonly openStore?: (out: string, remark: (text: string) => void) => ShardStore;
}

/** Serves the thread that started this one. */
export function runEngine(scope: WorkerScope, parts: EngineParts): void {
  const engine = new Engine((message, transfer = []) => {
    scope.postMessage(message, transfer);
  }, parts);
  scope.onMessage((message) => {
    engine.take(message as ToEngine);
  });
}

class Engine {
  private backend: Backend | undefined;
  private out: string | undefined;
  private readonly sweeps = new Map<string, KnownSweep>();
  private readonly lines = new Map<string, Line>();
  private readonly orders = new Set<Order>();
  private running = false;
  private draining = false;
  private broken = false;
  private speed = 0;

  constructor(
    private readonly post: (message: FromEngine, transfer?: ArrayBuffer[]) => void,
    private readonly parts: EngineParts,
  ) {}

  take(message: ToEngine): void {
    switch (message.kind) {
      case 'open':
        this.out = message.out;
        this.attempt(async () => {
          const onRemark = (text: string): void => {
            this.post({ kind: 'remark', text });
          };
          this.backend = await this.parts.open({ ...message.request, onRemark });
          const { name, adapter } = this.backend;
          this.post({ kind: 'opened', device: `${name}, ${adapterWords(adapter)}, ${hostname()}` });
        });
        return;
      case 'sweep':
        try {
          this.learn(message.sweep, message.text);
        } catch (error) {
          this.fail(error);
        }
        return;
      case 'run':
        this.order(message.id, message.sweep, message.shards);
        return;
      case 'drain':
        this.draining = true;
        if (!this.running) this.endOrders();
    }
  }

  /** Plans a sweep. What cannot be planned here, another version could. */
  private learn(name: string, text: string): void {
    try {
      // One that is at work still keeps its shards.
      const known = this.lines.get(name)?.known ?? this.planned(text);
      this.sweeps.delete(name);
      for (const oldest of this.sweeps.keys()) if (this.sweeps.size >= SWEEPS_KEPT) this.sweeps.delete(oldest);
      this.sweeps.set(name, known);
      this.post({ kind: 'known', sweep: name, hashes: known.shards.map(({ hash }) => hash) });
    } catch (error) {
      if (!(error instanceof BatterywalkError) && !(error instanceof SyntaxError)) throw error;
      this.post({ kind: 'unknown', sweep: name, message: error.message });
    }
  }

  private planned(text: string): KnownSweep {
    const sweep = planSweep(parseSweepFile(JSON.parse(text)));
    return { sweep, shards: cutShards(sweep), ledger: this.ledgerOf(sweep), laws: new LawCache() };
  }

  /** The shared folder is used where it is this sweep's: results of others go by Redis. */
  private ledgerOf(sweep: Sweep): ShardStore | undefined {
    if (this.out === undefined) return undefined;
    let there: Sweep | Error;
    try {
      there = readSweepFolder(this.out);
    } catch (error) {
      there = error as Error;
    }
    if ('sha256' in there && there.sha256 === sweep.sha256) {
      const open = this.parts.openStore ?? ((out, remark) => new Ledger(out, remark));
      return open(this.out, (text) => {
        this.post({ kind: 'remark', text });
      });
    }
    const why = 'sha256' in there ? 'it holds another sweep' : there.message;
    this.post({ kind: 'remark', text: `--out: ${this.out} is not used (${why}); results go by Redis` });
    return undefined;
  }

  private order(id: number, name: string, indices: readonly number[]): void {
    const known = this.sweeps.get(name);
    if (known === undefined || this.draining || this.broken) {
      this.post({ kind: 'end', id, left: indices, speed: this.speed, forgotten: known === undefined });
      return;
    }
    const order = { id, left: new Set(indices) };
    this.orders.add(order);
    const line: Line = this.lines.get(name) ?? { known, waiting: [], asked: new Map(), entering: 0 };
    this.lines.set(name, line);
    line.entering++;
    this.attempt(async () => {
      await this.enter(order, line);
      if (this.draining) this.endOrders();
      await this.run();
    });
  }

  /** Puts an order's shards in line, those that the folder has no result of. */
  private async enter(order: Order, line: Line): Promise<void> {
    const { known, asked, waiting } = line;
    try {
      for (const index of [...order.left]) {
        const shard = known.shards[index];
        // A worker that ended after it had kept a result need not have said so.
        if ((await known.ledger?.get(shard)) !== undefined) {
          this.answer(order, index, { kind: 'result', id: order.id, shard: index, bytes: undefined });
          continue;
        }
        const before = asked.get(shard);
        if (before === undefined) {
          asked.set(shard, [order]);
          waiting.push(shard);
        } else before.push(order);
      }
    } finally {
      line.entering--;
    }
  }

  /** Runs what waits, sweep after sweep; what comes meanwhile goes to the device as it has room. */
  private async run(): Promise<void> {
    if (this.running || this.backend === undefined) return;
    this.running = true;
    try {
      for (;;) {
        const line = this.draining ? undefined : [...this.lines.values()].find(({ waiting }) => waiting.length > 0);
        if (line === undefined) break;
        await this.runLine(this.backend, line);
      }
    } finally {
      this.running = false;
    }
    for (const [name, { asked, entering }] of this.lines) {
      if (asked.size === 0 && entering === 0) this.lines.delete(name);
    }
    if (this.draining) this.endOrders();
  }

  private async runLine(backend: Backend, { known, waiting, asked }: Line): Promise<void> {
    const { horizons } = known.sweep.file;
    const slots = horizons[horizons.length - 1];
    const isEnded = (): boolean => this.draining || this.broken;
    const writes = new Set<Promise<void>>();
    const start = performance.now();
    let pathSlots = 0;
    let signed = { at: start, done: 0 };
    const settle = (shard: Shard, answer: (order: Order) => FromEngine): void => {
      for (const order of asked.get(shard) ?? []) this.answer(order, shard.index, answer(order));
      asked.delete(shard);
    };
    await runShards(
      backend,
      {
        next: () => waiting.shift(),
        get ended() {
          return isEnded();
        },
      },
      {
        horizons,
        laws: known.laws,
        signal: new AbortController().signal,
        onProgress: ({ done }) => {
          const at = performance.now();
          if (done === signed.done || at - signed.at < SIGN) return;
          signed = { at, done };
          this.post({ kind: 'alive' });
        },
        onResult: (shard, result) => {
          pathSlots += shard.paths * slots;
          const write = this.keep(known, result).then((bytes) => {
            writes.delete(write);
            settle(shard, ({ id }) => ({ kind: 'result', id, shard: shard.index, bytes }));
          });
          writes.add(write);
          write.catch((error: unknown) => {
            this.fail(error);
          });
        },
        onFailure: (shard, error) => {
          settle(shard, ({ id }) => ({ kind: 'failed', id, shard: shard.index, message: error.message }));
        },
      },
    );
    await Promise.all(writes);
    const seconds = (performance.now() - start) / 1000;
    if (pathSlots > 0) this.speed += (this.speed === 0 ? 1 : RECENT) * (pathSlots / seconds - this.speed);
  }

  private async keep({ ledger }: KnownSweep, result: ShardResult): Promise<Uint8Array | undefined> {
    if (ledger === undefined) return encodeShardResults([result], nodeDeflate);
    await ledger.put(result);
    return undefined;
  }

  private answer(order: Order, index: number, message: FromEngine): void {
    if (!this.orders.has(order)) return;
    order.left.delete(index);
    this.post(message);
    if (order.left.size === 0) this.end(order);
  }

  private end(order: Order): void {
    this.orders.delete(order);
    this.post({ kind: 'end', id: order.id, left: [...order.left], speed: this.speed, forgotten: false });
  }

  /** After a drain: what was not begun goes back. */
  private endOrders(): void {
    if (this.running) return;
    for (const order of this.orders) this.end(order);
  }

  /** What goes wrong ends the worker: the device is lost, or the folder takes no results. */
  private attempt(act: () => Promise<void>): void {
    act().catch((error: unknown) => {
      this.fail(error);
    });
  }

  private fail(error: unknown): void {
    if (this.broken) return;
    this.broken = true;
    this.post({ kind: 'broken', failure: plainError(error) });
  }
}
