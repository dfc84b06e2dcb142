/** A worker's own side in a browser: the global scope of a dedicated worker. Compiled with the DOM's types, hence the cast. */
import type { WorkerScope } from './contract.js';

interface DedicatedScope {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  onmessage: ((event: MessageEvent<unknown>) => void) | null;
}

const scope = globalThis as unknown as DedicatedScope;

export const workerScope: WorkerScope = {
  postMessage: (message, transfer = []) => {
    scope.postMessage(message, [...transfer]);
  },
  onMessage: (handler) => {
    scope.onmessage = (event) => {
      handler(event.data);
    };
  },
};
