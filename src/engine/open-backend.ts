/** Which backend a run gets. The host finds adapters; the choice is made here. */
import { BackendError } from '../errors.js';
import type { Backend, BackendName } from './backend.js';
import { createCpuBackend } from './cpu/backend.js';
import type { AdapterHandle, AdapterKind, Host } from './host/contract.js';
import type { Job } from './job.js';

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
   * Told where a worker of the cpu backend stayed silent and was replaced, and where `auto` passes a GPU by that is
   * there.
   */
  readonly onRemark?: (text: string) => void;
}

/** Opens a backend; release it after use. @throws BackendError where what was asked for cannot be had. */
export async function openBackend(host: Host, request: BackendRequest = {}): Promise<Backend> {
  const { backend = 'auto', adapter = 'auto', threads, kernel = 'lumped', onRemark } = request;
  switch (backend) {
    case 'cpu':
      return createCpuBackend(host, threads, { onRemark });
    case 'webgpu':
      return openWebGpu(host, adapter);
    case 'gpujs':
      return openGpuJs(host);
    case 'auto': {
      if (adapter !== 'auto') return openWebGpu(host, adapter);
      const webGpu = await openGoodWebGpu(host, onRemark);
      if (webGpu !== undefined) return webGpu;
      const webGl = kernel === 'lumped' ? await openWebGl(host) : undefined;
      return webGl ?? createCpuBackend(host, threads, { onRemark });
    }
  }
}

/** A GPU that can be used. One that is there and cannot be, which is nobody's intention, is told of. */
async function openGoodWebGpu(host: Host, onRemark: BackendRequest['onRemark']): Promise<Backend | undefined> {
  let handle: AdapterHandle | undefined;
  try {
    handle = await host.requestAdapter('hardware');
    return await openWebGpuOn(handle);
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    if (handle !== undefined) onRemark?.(`WebGPU is not used: ${error.message}`);
    return undefined;
  }
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
