/**
 * What the engine needs of its surroundings: a WebGPU adapter and workers. `#host` (package.json, "imports") picks
 * `node.ts` or `browser.ts`, each of which exports one `host: Host`; nothing here is of Node or of the DOM alone.
 * Which adapter a run should use is the engine's decision; the host only finds adapters and says what they are.
 */

/**
 * `hardware`: a GPU, never a CPU that plays one. `software`: such a CPU. `auto`: a GPU if there is one, else what the
 * system offers.
 */
export type AdapterKind = 'auto' | 'hardware' | 'software';

/** What an adapter says of itself; '' where it says nothing. */
export interface AdapterDescription {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** True for an implementation on the CPU: SwiftShader, llvmpipe, WARP. */
  readonly isSoftware: boolean;
  /** The API below WebGPU: the one that Dawn uses on this platform in Node; `browser` where the page cannot know. */
  readonly backend: 'vulkan' | 'metal' | 'd3d12' | 'browser';
}

/** An adapter on loan. Ask it for as many devices as needed, destroy them, then release it. */
export interface AdapterHandle {
  readonly adapter: GPUAdapter;
  readonly info: AdapterDescription;
  /** Says that the adapter is no longer used; call after the devices are destroyed. Twice is harmless. */
  release(): void;
}

/** A worker's own program; each is an entry point of the build. */
export type WorkerEntry = 'cpu-worker' | 'sweep-worker' | 'validator-worker' | 'point-worker';

/** What changes hands with a message. */
export type Handed = ArrayBuffer | MessagePort;

/** A worker as its owner sees it. Handlers get the message itself, not an event. */
export interface WorkerLike {
  postMessage(message: unknown, transfer?: readonly Handed[]): void;
  onmessage: ((message: unknown) => void) | null;
  /** An error that the worker did not catch, or its end before `terminate`. */
  onerror: ((error: Error) => void) | null;
  terminate(): Promise<void>;
}

/**
 * A worker as its own program sees it: `workerScope`, exported by `#worker-scope`. In a browser its owner may be
 * another thread than the one that started it (lending.ts): the program need not know.
 */
export interface WorkerScope {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  /** Sets the one handler of what the owner posts. */
  onMessage(handler: (message: unknown) => void): void;
}

/** What the engine asks of a machine: workers, adapters, time. */
export interface Host {
  readonly name: 'node' | 'browser';
  /** Threads that can really run at once, at least 1. */
  readonly hardwareConcurrency: number;
  /**
   * Finds an adapter of the kind asked for.
   * @throws BackendError when there is none; the message says why, as far as the system tells, and what to do.
   */
  requestAdapter(kind: AdapterKind): Promise<AdapterHandle>;
  /** Starts a worker. @throws BackendError when the entry point or workers themselves are missing. */
  spawnWorker(entry: WorkerEntry): WorkerLike;
}
