/**
 * The host in Node: WebGPU by the `webgpu` package (Dawn) and worker threads. Dawn speaks Vulkan on Linux, Metal on
 * macOS and Direct3D 12 on Windows. On Linux the ground is looked at first, so that a machine without Vulkan is told
 * so.
 */
import { availableParallelism } from 'node:os';
import { existsSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import type { Transferable } from 'node:worker_threads';
import type * as Dawn from 'webgpu';
import { BackendError } from '../errors.js';
import { askForAdapter, describeAdapter } from './adapter-description.js';
import type { AdapterDescription, AdapterHandle, AdapterKind, Host, WorkerEntry, WorkerLike } from './contract.js';
import { mayOfferNone, offerFault } from './node-probe.js';
import { provideSwiftShader } from './node-software.js';
import { DRIVER_VARIABLES, driverFault, driverManifests, preload, VULKAN_LOADER } from './node-vulkan.js';

const platform = `${process.platform}-${process.arch}`;
const backend: AdapterDescription['backend'] =
  process.platform === 'darwin' ? 'metal' : process.platform === 'win32' ? 'd3d12' : 'vulkan';
const instead = 'or use the cpu backend (--backend cpu)';
const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Loads Dawn and makes WebGPU's constants (GPUBufferUsage and the like) global, as they are in a browser. */
async function loadDawn(): Promise<typeof Dawn> {
  let dawn: typeof Dawn;
  try {
    dawn = await import('webgpu');
  } catch (error) {
    throw new BackendError(
      `The npm package 'webgpu' could not be loaded on ${platform}: ${messageOf(error).split('\n')[0] ?? ''}. ` +
        `It is made for linux and win32 on x64 and arm64 and for darwin; install it (npm install webgpu), ${instead}.`,
      { cause: error },
    );
  }
  for (const [name, value] of Object.entries(dawn.globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return dawn;
}

/**
 * Dawn's instances, one for each set of drivers, kept for the life of the process: it crashes when one is collected
 * while a device of it is in use, and does not hinder Node from ending.
 */
const instances = new Map<string, GPU>();

function instance({ create }: typeof Dawn): GPU {
  const drivers = DRIVER_VARIABLES.map((variable) => process.env[variable] ?? '').join('|');
  const gpu = instances.get(drivers) ?? create([]);
  instances.set(drivers, gpu);
  return gpu;
}

/**
 * What a request needs on Linux: a loader in this process and at least one driver that it can load.
 * @returns what lacks; or the manifests of those drivers, where others are there that cannot be loaded
 */
async function readyVulkan(): Promise<{ readonly lacking: string } | { readonly drivers: string | undefined }> {
  if (process.platform !== 'linux') return { drivers: undefined };
  const manifests = driverManifests();
  if (manifests.length === 0) {
    const named = DRIVER_VARIABLES.find((variable) => (process.env[variable] ?? '') !== '');
    return {
      lacking:
        named === undefined
          ? 'no Vulkan driver is installed (no manifest in /usr/share/vulkan/icd.d or its like)'
          : `${named} names no Vulkan driver manifest that exists (${process.env[named] ?? ''})`,
    };
  }
  const faults = manifests.map(driverFault);
  const drivers = manifests.filter((_, i) => faults[i] === '');
  if (drivers.length === 0) {
    const more = manifests.length === 1 ? '' : `, nor any of ${manifests.length - 1} others`;
    return { lacking: `the Vulkan driver of ${manifests[0]} cannot be loaded (${faults[0]})${more}` };
  }
  let loader = VULKAN_LOADER;
  const fault = preload(loader);
  if (fault !== '') {
    // A driver without a loader, as in bare containers: SwiftShader's package brings a loader that serves every driver.
    const carried = await provideSwiftShader();
    if (carried === undefined || preload(carried.loader) !== '') {
      return { lacking: `the Vulkan loader cannot be loaded (${fault}); on Debian it is the package libvulkan1` };
    }
    ({ loader } = carried);
  }
  const lacking = mayOfferNone(drivers) ? await offerFault(drivers, loader) : '';
  if (lacking !== '') return { lacking };
  return { drivers: drivers.length === manifests.length ? undefined : drivers.join(delimiter) };
}

/** Dawn and the Vulkan loader read the environment at the first request of an instance: put it back afterwards. */
async function withDrivers<T>(manifests: string | undefined, act: () => Promise<T>): Promise<T> {
  if (manifests === undefined) return act();
  const before = DRIVER_VARIABLES.map((variable) => [variable, process.env[variable]] as const);
  for (const variable of DRIVER_VARIABLES) process.env[variable] = manifests;
  try {
    return await act();
  } finally {
    for (const [variable, value] of before) {
      if (value === undefined) Reflect.deleteProperty(process.env, variable);
      else process.env[variable] = value;
    }
  }
}

const driversNamed = () => DRIVER_VARIABLES.some((variable) => (process.env[variable] ?? '') !== '');

async function findAdapter(kind: AdapterKind): Promise<AdapterHandle> {
  // Drivers that the user names in the environment come before the ones that we bring.
  const carried = kind === 'software' && !driversNamed() ? await provideSwiftShader() : undefined;
  return withDrivers(carried?.manifest, async () => {
    const dawn = await loadDawn();
    const ready = await readyVulkan();
    if ('lacking' in ready) throw new BackendError(refusal(kind, ready.lacking));
    const adapter = await withDrivers(ready.drivers, () => askForAdapter(instance(dawn), kind));
    if (adapter === null) throw new BackendError(refusal(kind, `the drivers offer none on ${platform}`));
    const info = describeAdapter(adapter, backend);
    if (kind !== 'auto' && info.isSoftware !== (kind === 'software')) {
      throw new BackendError(refusal(kind, `only ${info.description || info.device || info.vendor} is there`));
    }
    // Nothing to free: see `instances`.
    return { adapter, info, release: () => undefined };
  });
}

function refusal(kind: AdapterKind, reason: string): string {
  if (kind === 'software') {
    return (
      `No software WebGPU adapter: ${reason}. On Linux x64 SwiftShader comes with ` +
      `'npm install @sparticuz/chromium'; elsewhere install Mesa's lavapipe, ${instead}.`
    );
  }
  const wanted = kind === 'hardware' ? 'No hardware WebGPU adapter' : 'No WebGPU adapter';
  return `${wanted}: ${reason}. Install the GPU's driver, ask for '--adapter software', ${instead}.`;
}

/** Requests take turns, since each may change the environment. */
let turn: Promise<unknown> = Promise.resolve();

function requestAdapter(kind: AdapterKind): Promise<AdapterHandle> {
  const request = turn.then(() => findAdapter(kind));
  turn = request.catch(() => undefined);
  return request;
}

/** Workers are programs of the build: beside the bundle that this is part of, or in dist/ when run from the sources. */
const programs = import.meta.url.endsWith('.ts') ? '../../dist/' : './';

function spawnWorker(entry: WorkerEntry): WorkerLike {
  const url = new URL(`${programs}${entry}.js`, import.meta.url);
  if (!existsSync(url)) {
    throw new BackendError(
      `The worker program ${fileURLToPath(url)} is missing. Run 'npm run build', or reinstall the package.`,
    );
  }
  // A worker that opens a device names drivers in the environment, which native code reads of the process, not of a
  // thread's copy.
  const worker = new Worker(url, { env: SHARE_ENV });
  let ending = false;
  const like: WorkerLike = {
    postMessage: (message, transfer = []) => {
      // The contract's ports are declared as the DOM has them.
      worker.postMessage(message, [...transfer] as Transferable[]);
    },
    onmessage: null,
    onerror: null,
    terminate: async () => {
      ending = true;
      await worker.terminate();
    },
  };
  worker.on('message', (message: unknown) => like.onmessage?.(message));
  worker.on('messageerror', (error) => like.onerror?.(error));
  worker.on('error', (error) => {
    ending = true;
    like.onerror?.(error instanceof Error ? error : new Error(String(error)));
  });
  worker.on('exit', (status) => {
    if (!ending) like.onerror?.(new BackendError(`Worker '${entry}' ended by itself with status ${status}.`));
  });
  return like;
}

export const host: Host = { name: 'node', hardwareConcurrency: availableParallelism(), requestAdapter, spawnWorker };
