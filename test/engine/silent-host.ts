/** A host whose workers fall silent, and time that passes while nobody but them has anything to say. */
import { vi } from 'vitest';
import type { FromWorker, ToWorker } from '../../src/engine/cpu/protocol.js';
import type { Host, WorkerLike } from '../../src/host/contract.js';
import { PATIENCE } from '../../src/engine/silence.js';

/** Whether a worker answers no more from a message on: `worker` and `bundle` are counted from 0. */
export type Silence = (place: {
  readonly worker: number;
  readonly bundle: number;
  readonly kinds: string[];
}) => boolean;

export interface SilentHost {
  readonly host: Host;
  readonly spawned: () => number;
  /** Whether every worker that is not silent has answered all that it was sent. */
  readonly quiet: () => boolean;
}

/** @param host whose workers walk */
export function silentHost(host: Host, silence: Silence): SilentHost {
  let workers = 0;
  const owing = new Map<WorkerLike, number>();
  const spawnWorker: Host['spawnWorker'] = (entry) => {
    const real = host.spawnWorker(entry);
    const worker = workers++;
    let bundle = 0;
    let silent = false;
    const like: WorkerLike = {
      onmessage: null,
      onerror: null,
      postMessage: (message, transfer) => {
        const kinds = (message as ToWorker[]).map(({ kind }) => kind);
        silent ||= silence({ worker, bundle: bundle++, kinds });
        if (silent) owing.delete(like);
        else {
          owing.set(like, (owing.get(like) ?? 0) + 1);
          real.postMessage(message, transfer);
        }
      },
      terminate: () => {
        owing.delete(like);
        return real.terminate();
      },
    };
    real.onmessage = (message) => {
      // Every bundle has one answer, and signs of life come alone.
      if ((message as FromWorker[])[0].kind !== 'alive' && owing.has(like)) owing.set(like, (owing.get(like) ?? 0) - 1);
      if (!silent) like.onmessage?.(message);
    };
    real.onerror = (error) => like.onerror?.(error);
    return like;
  };
  return {
    host: { ...host, spawnWorker },
    spawned: () => workers,
    quiet: () => [...owing.values()].every((n) => n === 0),
  };
}

export const turn = () => new Promise((resolve) => setTimeout(resolve, 2));

/** The time of one patience passes whenever nobody but the silent has anything to say; intervals are to be faked. */
export async function passing<T>({ quiet }: SilentHost, work: Promise<T>): Promise<T> {
  let over = false;
  const settled = work.finally(() => (over = true));
  settled.catch(() => undefined);
  while (!over) {
    await turn();
    if (quiet()) vi.advanceTimersByTime(PATIENCE * 1000);
  }
  return settled;
}
