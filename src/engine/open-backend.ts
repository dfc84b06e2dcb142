/** Which backend a run gets. The host finds adapters; the choice is made here. */
import { BackendError } from '../errors.js';
import type { Backend, BackendName } from './backend.js';
import { createCpuBackend } from './cpu/backend.js';
import type { AdapterKind, Host } from './host/contract.js';

export interface BackendRequest {
  /** `auto`: a hardware WebGPU adapter, else the processor; with `adapter` other than auto, WebGPU on that kind of adapter. */
  readonly backend?: BackendName | 'auto';
  readonly adapter?: AdapterKind;
  /** Threads of the cpu backend; as many as the processor runs at once if left out. */
  readonly threads?: number;
}

/** Opens a backend; release it after use. @throws BackendError where what was asked for cannot be had. */
export async function openBackend(host: Host, request: BackendRequest = {}): Promise<Backend> {
  const { backend = 'auto', adapter = 'auto', threads } = request;
  switch (backend) {
    case 'cpu':
      return createCpuBackend(host, threads);
    case 'webgpu':
      return openWebGpu(host, adapter);
    case 'gpujs':
      throw new BackendError("The backend 'gpujs' is not part of this build: use webgpu or cpu.");
    case 'auto': {
      if (adapter !== 'auto') return openWebGpu(host, adapter);
      try {
        return await openWebGpu(host, 'hardware');
      } catch (error) {
        if (error instanceof BackendError) return createCpuBackend(host, threads);
        throw error;
      }
    }
  }
}

/** Loaded when asked for: a run on the processor needs neither kernels nor WebGPU. */
async function openWebGpu(host: Host, kind: AdapterKind): Promise<Backend> {
  const handle = await host.requestAdapter(kind);
  const { createWebGpuBackend } = await import('./webgpu/backend.js');
  return createWebGpuBackend(handle);
}
