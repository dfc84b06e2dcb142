/**
 * A worker's own side in a browser: the global scope of a dedicated worker, or the port of the thread that the worker
 * was lent to (lending.ts), which comes as its first message. Compiled with the DOM's types, hence the cast.
 */
import type { WorkerScope } from './contract.js';

interface Messages {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
}

let owner = globalThis as unknown as Messages;

export const workerScope: WorkerScope = {
  postMessage: (message, transfer = []) => {
    owner.postMessage(message, [...transfer]);
  },
  onMessage: (handler) => {
    const take = ({ data }: MessageEvent<unknown>): void => {
      if (!(data instanceof MessagePort)) {
        handler(data);
        return;
      }
      owner = data;
      owner.onmessage = take;
    };
    owner.onmessage = take;
  },
};
