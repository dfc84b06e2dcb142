/**
 * Workers that one thread starts for another. In Firefox a worker that is started by a worker now and then never starts
 * (5 of 314 tries; none of 932 that a page started). So a page starts workers and lends them to its own workers: the
 * borrower asks for one, and a channel of its own carries their messages, which do not pass through the page.
 */
import { BackendError } from '../errors.js';
import { plainError, revivedError } from '../plain-error.js';
import type { PlainError } from '../plain-error.js';
import type { Host, WorkerEntry, WorkerLike } from './contract.js';

type Request =
  | { readonly kind: 'start'; readonly number: number; readonly entry: WorkerEntry; readonly port: MessagePort }
  | { readonly kind: 'terminate'; readonly number: number };

/** A worker that could not be started, or failed later. */
interface LentFailure {
  readonly number: number;
  readonly failure: PlainError;
}

/** Lends workers of a host to who holds the other end of the port. @returns what ends them all */
export function lendWorkers({ spawnWorker }: Pick<Host, 'spawnWorker'>, port: MessagePort): () => void {
  const lent = new Map<number, WorkerLike>();
  const start = ({ number, entry, port: own }: Extract<Request, { kind: 'start' }>): void => {
    const fail = (error: unknown): void => {
      port.postMessage({ number, failure: plainError(error) } satisfies LentFailure);
    };
    try {
      const worker = spawnWorker(entry);
      lent.set(number, worker);
      worker.onerror = fail;
      worker.postMessage(own, [own]);
    } catch (error) {
      fail(error);
    }
  };
  port.onmessage = ({ data }: MessageEvent<Request>) => {
    if (data.kind === 'start') start(data);
    else {
      void lent.get(data.number)?.terminate();
      lent.delete(data.number);
    }
  };
  return () => {
    port.close();
    for (const worker of lent.values()) void worker.terminate();
    lent.clear();
  };
}

/** The host of a thread that borrows its workers from the one that holds the other end of the port. */
export function borrowWorkers(host: Host, port: MessagePort): Host {
  const borrowed = new Map<number, WorkerLike>();
  let numbers = 0;
  const request = (message: Request, handed: MessagePort[] = []): void => {
    port.postMessage(message, handed);
  };
  port.onmessage = ({ data }: MessageEvent<LentFailure>) => {
    borrowed.get(data.number)?.onerror?.(revivedError(data.failure));
  };
  return {
    name: host.name,
    hardwareConcurrency: host.hardwareConcurrency,
    requestAdapter: (kind) => host.requestAdapter(kind),
    spawnWorker: (entry) => {
      const number = numbers++;
      const channel = new MessageChannel();
      const own = channel.port1;
      request({ kind: 'start', number, entry, port: channel.port2 }, [channel.port2]);
      const like: WorkerLike = {
        postMessage: (message, transfer = []) => {
          own.postMessage(message, [...transfer]);
        },
        onmessage: null,
        onerror: null,
        terminate: () => {
          own.close();
          if (borrowed.delete(number)) request({ kind: 'terminate', number });
          return Promise.resolve();
        },
      };
      borrowed.set(number, like);
      own.onmessage = ({ data }: MessageEvent<unknown>) => like.onmessage?.(data);
      own.onmessageerror = () => like.onerror?.(new BackendError(`A message of worker '${entry}' could not be read.`));
      return like;
    },
  };
}
