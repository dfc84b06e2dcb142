/** A worker's own side in Node: the port to the thread that started it. */
import { parentPort } from 'node:worker_threads';
import { BackendError } from '../errors.js';
import type { WorkerScope } from './contract.js';

function port(): NonNullable<typeof parentPort> {
  if (parentPort === null) {
    throw new BackendError(
      'This file is a worker program: the engine starts it; it is not to be run or imported by itself.',
    );
  }
  return parentPort;
}

export const workerScope: WorkerScope = {
  postMessage: (message, transfer = []) => {
    port().postMessage(message, [...transfer]);
  },
  onMessage: (handler) => {
    port().on('message', handler);
  },
};
