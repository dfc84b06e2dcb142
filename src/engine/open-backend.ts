/** Which backend a run gets. The host finds adapters; the choice is made here. */
import { BackendError } from '../errors.js';
import type { Backend, BackendName } from './backend.js';
import { createCpuBackend } from './cpu/backend.js';
import type { AdapterHandle, AdapterKind, Host } from '../host/contract.js';
import type { Job } from './job.js';
import { openLasting } from './lasting-backend.js';

/** Which backend is asked for, and what it may tell while it opens. */
export interface BackendRequest {
  /**
   * `auto`: a hardware WebGPU adapter, else in a browser a GPU on WebGL2 (gpu.js), else the processor; with `adapter`
   * other than auto, WebGPU on that kind of adapter.
   */
  readonly backend?: BackendName | 'auto';
  readonly adapter?: AdapterKind;
  /** Threads of the cpu backend; as many as the processor runs at once if left out. */
  readonly threads?: number | undefined;
  /** The kernel that is to run, which `auto` then sees to: gpu.js has the lumped one only. Left out, the lumped one. */
  readonly kernel?: Job['kernel'];
  /**
   * Told where a worker of the cpu backend stayed silent and was replaced, where a device was lost, and where `auto`
   * passes a GPU by that is there.
   */
  readonly onRemark?: (text: string) => void;
}

/**
 * Opens a backend; release it after use. One on a device outlives it (lasting-backend.ts), and `auto` goes on to the
 * next where a device fails.
 * @throws BackendError where what was asked for cannot be had
 */
export async function openBackend(host: Host, request: BackendRequest = {}): Promise<Backend> {
  const { backend = 'auto', adapter = 'auto', threads, kernel = 'lumped', onRemark } = request;
  const cpu = (): Promise<Backend> => Promise.resolve(createCpuBackend(host, threads, { onRemark }));
  const webGpu = { name: 'WebGPU', open: () => openWebGpu(host, adapter) };
  switch (backend) {
    case 'cpu':
      return cpu();
    case 'webgpu':
      return openLasting([webGpu], { onRemark });
    case 'gpujs':
      return openLasting([{ name: 'gpu.js', open: () => openGpuJs(host) }], { onRemark });
    case 'auto': {
      if (adapter !== 'auto') return openLasting([webGpu], { onRemark });
      const ways = [
        { name: 'WebGPU', open: () => openHardware(host) },
        ...(kernel === 'lumped' ? [{ name: 'WebGL 2', open: () => openWebGl(host) }] : []),
        { name: 'the processor', open: cpu },
      ];
      return openLasting(ways, { onRemark });
    }
  }
}

/** A GPU, where there is one. @throws BackendError where it cannot be used */
async function openHardware(host: Host): Promise<Backend | undefined> {
  let handle: AdapterHandle;
  try {
    handle = await host.requestAdapter('hardware');
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return undefined;
  }
  return openWebGpuOn(handle);
}

/** gpu.js: WebGL2 in a browser, its cpu mode in Node. */
async function openGpuJs(host: Host): Promise<Backend> {
  const { createGpuJsBackend } = await import('./gpujs/backend.js');
  return createGpuJsBackend(host.name === 'browser' ? 'webgl2' : 'cpu');
}

/**
 * gpu.js on a GPU, in a browser that has one but no WebGPU for it; on a processor that plays a GPU the threads are
 * faster.
 */
async function openWebGl(host: Host): Promise<Backend | undefined> {
  if (host.name !== 'browser') return undefined;
  try {
    const backend = await openGpuJs(host);
    if (!('isSoftware' in backend.adapter && backend.adapter.isSoftware)) return backend;
    await backend.release();
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
  }
  return undefined;
}

async function openWebGpu(host: Host, kind: AdapterKind): Promise<Backend> {
  return openWebGpuOn(await host.requestAdapter(kind));
}

/** Loaded when asked for: a run on the processor needs neither kernels nor WebGPU. */
async function openWebGpuOn(handle: AdapterHandle): Promise<Backend> {
  const { createWebGpuBackend } = await import('./webgpu/backend.js');
  return createWebGpuBackend(handle);
}
