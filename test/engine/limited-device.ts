/** A device that does nothing but check: every buffer, binding, copy and dispatch against its limits. */
import type { Device } from '../../src/engine/webgpu/device.js';

/**
 * Limits that every device has: of WebGPU, and of its compatibility level, which are alike but for what openDevice asks
 * for and for
 * uniforms. Source: the conformance tests' table (gpuweb/cts, src/webgpu/capability_info.ts, 2026).
 */
export const CORE = {
  maxStorageBufferBindingSize: 134_217_728,
  maxUniformBufferBindingSize: 65_536,
  maxBufferSize: 268_435_456,
  maxStorageBuffersPerShaderStage: 8,
  maxUniformBuffersPerShaderStage: 12,
  maxComputeWorkgroupsPerDimension: 65_535,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupStorageSize: 16_384,
  minUniformBufferOffsetAlignment: 256,
};
export const COMPATIBILITY = {
  ...CORE,
  maxUniformBufferBindingSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 128,
  maxComputeWorkgroupSizeX: 128,
};

type FakeBuffer = GPUBuffer & { readonly size: number; readonly usage: number };

export interface LimitedDevice {
  readonly device: Device;
  /** What was beyond a limit. */
  readonly faults: string[];
  /** Buffers that were made, and dispatches. */
  readonly seen: { buffers: number; dispatches: number };
}

/**
 * @param memory bytes of all buffers together; what is beyond is out of memory
 * @param onDispatch told how many dispatches there were
 */
export function limitedDevice(
  limits: typeof CORE,
  isSoftware: boolean,
  memory = Infinity,
  onDispatch: (dispatches: number) => void = () => undefined,
): LimitedDevice {
  const faults: string[] = [];
  const seen = { buffers: 0, dispatches: 0 };
  let held = 0;
  let isShort = false;
  const check = (isWithin: boolean, what: string): void => {
    if (!isWithin) faults.push(what);
  };
  const most = (what: string, got: number, limit: keyof typeof CORE): void => {
    check(got <= limits[limit], `${what}: ${got} is above ${limit}`);
  };
  const within = (what: string, buffer: FakeBuffer, offset: number, size: number): void => {
    check(
      offset % 4 === 0 && size % 4 === 0 && offset + size <= buffer.size,
      `${what} of ${buffer.label}: ${offset} + ${size}`,
    );
  };
  const gpu = {
    limits,
    features: new Set<string>(),
    pushErrorScope() {
      isShort = false;
    },
    popErrorScope: () => Promise.resolve(isShort ? { message: 'out of memory' } : null),
    createBuffer({ label = '', size, usage }: GPUBufferDescriptor) {
      seen.buffers++;
      most(label, size, 'maxBufferSize');
      check(size > 0 && size % 4 === 0, `${label}: ${size} bytes`);
      held += size;
      isShort ||= held > memory;
      return {
        ...{ label, size, usage },
        destroy() {
          held -= size;
        },
        mapAsync: () => Promise.resolve(),
        getMappedRange: () => new ArrayBuffer(size),
      };
    },
    createBindGroup({ entries }: GPUBindGroupDescriptor) {
      let storage = 0;
      for (const { resource } of entries) {
        const { buffer, offset = 0, size = (buffer as FakeBuffer).size - offset } = resource as GPUBufferBinding;
        within('binding', buffer, offset, size);
        const isUniform = (buffer.usage & GPUBufferUsage.UNIFORM) !== 0;
        if (!isUniform) storage++;
        if (isUniform)
          check(offset % limits.minUniformBufferOffsetAlignment === 0, `${buffer.label}: offset ${offset}`);
        most(buffer.label, size, isUniform ? 'maxUniformBufferBindingSize' : 'maxStorageBufferBindingSize');
      }
      most('bound buffers', storage, 'maxStorageBuffersPerShaderStage');
      return {};
    },
    createCommandEncoder: () => ({
      beginComputePass: () => ({
        setPipeline: () => undefined,
        setBindGroup: () => undefined,
        end: () => undefined,
        dispatchWorkgroups(groups: number) {
          onDispatch(++seen.dispatches);
          check(groups >= 1, `a dispatch of ${groups} workgroups`);
          most('dispatch', groups, 'maxComputeWorkgroupsPerDimension');
        },
      }),
      copyBufferToBuffer(from: FakeBuffer, fromAt: number, to: FakeBuffer, toAt: number, size: number) {
        within('copy', from, fromAt, size);
        within('copy', to, toAt, size);
      },
      clearBuffer: () => undefined,
      finish: () => ({}),
    }),
    queue: {
      writeBuffer(buffer: FakeBuffer, offset: number, data: Uint32Array) {
        within('writing', buffer, offset, data.byteLength);
      },
      submit: () => undefined,
      onSubmittedWorkDone: () => Promise.resolve(),
    },
  };
  const info = { vendor: 'fake', architecture: '', device: '', description: 'a device of least limits' };
  const device: Device = {
    gpu: gpu as unknown as GPUDevice,
    info: { ...info, isSoftware, backend: 'browser' },
    guard: (work) => work,
    async allocate(make) {
      gpu.pushErrorScope();
      const made = make();
      if ((await gpu.popErrorScope()) === null) return made;
      made.destroy();
      return undefined;
    },
    compile: () => Promise.resolve(fakePipeline()),
    destroy: () => undefined,
  };
  return { device, faults, seen };
}

export function fakePipeline(): GPUComputePipeline {
  return { getBindGroupLayout: () => ({}) } as unknown as GPUComputePipeline;
}
