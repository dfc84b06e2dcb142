/**
 * The host in a browser, or in a browser's worker: `navigator.gpu` and module workers. Which adapters exist is the
 * browser's choice; a page can only ask for its fallback adapter.
 */
import { BackendError } from '../errors.js';
import { askForAdapter, describeAdapter } from './adapter-description.js';
import type { AdapterHandle, AdapterKind, Host, WorkerEntry, WorkerLike } from './contract.js';

async function requestAdapter(kind: AdapterKind): Promise<AdapterHandle> {
  // Absent, whatever the types say, in browsers without WebGPU and on pages that are not a secure context.
  const gpu = (navigator as { gpu?: GPU }).gpu;
  if (gpu === undefined) {
    throw new BackendError(
      globalThis.isSecureContext
        ? 'This browser has no WebGPU (navigator.gpu is missing). Use one that has it, or the cpu backend.'
        : 'WebGPU needs a secure context and this page is not one. Serve it over https or from localhost, or use the cpu backend.',
    );
  }
  const adapter = await askForAdapter(gpu, kind);
  const info = adapter === null ? undefined : describeAdapter(adapter, 'browser');
  if (adapter === null || info === undefined) {
    throw new BackendError(
      kind === 'software'
        ? 'The browser offers no software adapter. Chromium has one with --enable-unsafe-swiftshader; or use the cpu backend.'
        : 'The browser offers no WebGPU adapter: no usable GPU, or it is blocked (see chrome://gpu or about:support). Use the cpu backend.',
    );
  }
  if (kind !== 'auto' && info.isSoftware !== (kind === 'software')) {
    throw new BackendError(
      `A ${kind} adapter was asked for and the browser offers only ${info.isSoftware ? 'software' : 'hardware'} ` +
        `(${info.description || info.architecture || info.vendor || 'unnamed'}). Ask for 'auto', or use the cpu backend.`,
    );
  }
  return { adapter, info, release: () => undefined };
}

/** The literal `new Worker(new URL(…))` is what bundlers of a user's page look for. */
const programs: Partial<Record<WorkerEntry, () => Worker>> = {
  'cpu-worker': () => new Worker(new URL('./cpu-worker.browser.js', import.meta.url), { type: 'module' }),
};

function spawnWorker(entry: WorkerEntry): WorkerLike {
  if (typeof Worker === 'undefined') {
    throw new BackendError(`Web workers are missing here, so '${entry}' cannot start. Run with one thread.`);
  }
  const worker = programs[entry]?.();
  if (worker === undefined) throw new BackendError(`'${entry}' is a program for Node and does not run in a browser.`);
  const like: WorkerLike = {
    postMessage: (message, transfer = []) => {
      worker.postMessage(message, [...transfer]);
    },
    onmessage: null,
    onerror: null,
    terminate: () => {
      worker.terminate();
      return Promise.resolve();
    },
  };
  worker.onmessage = (event: MessageEvent<unknown>) => like.onmessage?.(event.data);
  worker.onmessageerror = () => like.onerror?.(new BackendError(`A message of worker '${entry}' could not be read.`));
  worker.onerror = (event) => {
    event.preventDefault();
    like.onerror?.(new BackendError(`Worker '${entry}' failed: ${event.message || 'its script could not be loaded'}.`));
  };
  return like;
}

export const host: Host = {
  name: 'browser',
  get hardwareConcurrency() {
    return Math.max(1, navigator.hardwareConcurrency);
  },
  requestAdapter,
  spawnWorker,
};
