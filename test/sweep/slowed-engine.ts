/** A worker's engine in this thread, with a device and a folder that do what a test has them do. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '../../src/engine/backend.js';
import type { WorkerLike } from '../../src/host/contract.js';
import { runEngine } from '../../src/sweep/node/queue/engine.js';
import type { ShardResult } from '../../src/sweep/shard-result.js';
import type { Shard } from '../../src/sweep/shards.js';
import { sweepOf } from './sweeps.js';

export interface SlowedEngine {
  readonly worker: WorkerLike;
  /** A folder of the sweep. */
  readonly out: string;
  /** The sweep's document. */
  readonly text: string;
  end(): void;
}

/** @param look what the folder answers when it is asked for a shard. */
export function slowedEngine(
  backend: Pick<Backend, 'runAll'>,
  look: (shard: Shard) => Promise<ShardResult | undefined>,
  changes: Record<string, unknown> = {},
): SlowedEngine {
  const out = mkdtempSync(join(tmpdir(), 'batterywalk-engine-'));
  const text = JSON.stringify(sweepOf(changes).file);
  writeFileSync(join(out, 'sweep.json'), text);
  let handle: (message: unknown) => void = () => undefined;
  const worker: WorkerLike = {
    postMessage(message) {
      queueMicrotask(() => {
        handle(message);
      });
    },
    onmessage: null,
    onerror: null,
    terminate: () => Promise.resolve(),
  };
  runEngine(
    {
      postMessage: (message) => worker.onmessage?.(message),
      onMessage: (handler) => (handle = handler),
    },
    {
      open: () =>
        Promise.resolve({ ...backend, name: 'cpu', adapter: { vendor: 'cpu', threads: 1 } } as unknown as Backend),
      openStore: () => ({
        get: look,
        results: async function* () {
          await Promise.resolve();
          yield* [];
        },
        put: () => Promise.resolve(),
        putAside: () => Promise.resolve(),
        flush: () => undefined,
      }),
    },
  );
  const end = (): void => {
    rmSync(out, { recursive: true });
  };
  return { worker, out, text, end };
}
