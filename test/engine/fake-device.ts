/** Devices that do wrong on purpose: a real one behind a wrapper that sees every call. */
import { host } from '#host';
import type { AdapterHandle } from '../../src/host/contract.js';

/** What a wrapper does; left out, all is as it was. */
export interface Wrapping {
  /** The code of a shader, by its label. */
  readonly code?: (label: string, code: string) => string;
  /** Words that come back to the host, which may be written to. */
  readonly read?: (words: Uint32Array, label: string) => void;
  /** Words that go to the device: what goes instead, nothing where they are lost. */
  readonly write?: (label: string, words: Uint32Array) => Uint32Array | undefined;
  /** Workgroups of a dispatch of a pipeline: how many are run instead. */
  readonly dispatch?: (label: string, groups: number) => number;
  /** Whether a copy or a clearing, of a buffer's label, is left out. */
  readonly skips?: (what: 'copy' | 'clear', label: string) => boolean;
  /** Told of each device that is opened. */
  readonly opened?: (real: GPUDevice) => void;
  /** Before each call that a device or its parts are asked for: it may throw. */
  readonly call?: (name: string) => void;
  /** Instead of the device's own. */
  readonly promise?: <T>(name: string, own: Promise<T>) => Promise<T>;
  readonly limits?: Readonly<Record<string, number>>;
  /** Whether there is no memory for a buffer, bytes. */
  readonly isOutOfMemory?: (label: string, bytes: number) => boolean;
}

/** Methods of `own` instead of those of `target`, which are called as if nothing were between. */
function wrapped<T extends object>(target: T, own: Readonly<Record<string, unknown>>): T {
  return new Proxy(target, {
    get(_, name) {
      if (typeof name === 'string' && name in own) return own[name];
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
    },
    set: (_, name, value) => Reflect.set(target, name, value, target),
  });
}

const wordsOf = (data: GPUAllowSharedBufferSource): Uint32Array => {
  const view = data as Uint32Array;
  return new Uint32Array(view.buffer, view.byteOffset, view.byteLength / 4).slice();
};

/** A device that does as the wrapping says. Buffers, pipelines and commands are the real ones. */
function wrappedDevice(real: GPUDevice, wrapping: Wrapping): GPUDevice {
  const { code, read, write, dispatch, skips, call, promise, limits, isOutOfMemory } = wrapping;
  let isShort = false;
  const scopes: string[] = [];
  const waited = <T>(name: string, own: Promise<T>): Promise<T> => promise?.(name, own) ?? own;
  const queue = wrapped(real.queue, {
    writeBuffer(buffer: GPUBuffer, offset: number, data: GPUAllowSharedBufferSource) {
      call?.('writeBuffer');
      const words = write === undefined ? wordsOf(data) : write(buffer.label, wordsOf(data));
      if (words !== undefined) real.queue.writeBuffer(buffer, offset, words as Uint32Array<ArrayBuffer>);
    },
    submit(commands: GPUCommandBuffer[]) {
      call?.('submit');
      real.queue.submit(commands);
    },
    onSubmittedWorkDone() {
      call?.('onSubmittedWorkDone');
      return waited('onSubmittedWorkDone', real.queue.onSubmittedWorkDone());
    },
  });
  return wrapped(real, {
    queue,
    ...(limits === undefined ? {} : { limits }),
    createShaderModule(descriptor: GPUShaderModuleDescriptor) {
      call?.('createShaderModule');
      const { label = '' } = descriptor;
      const module = real.createShaderModule({
        ...descriptor,
        code: code?.(label, descriptor.code) ?? descriptor.code,
      });
      const own = module.getCompilationInfo.bind(module);
      const getCompilationInfo = (): Promise<GPUCompilationInfo> => {
        call?.('getCompilationInfo');
        return waited('getCompilationInfo', own());
      };
      return Object.defineProperty(module, 'getCompilationInfo', { value: getCompilationInfo });
    },
    createComputePipelineAsync(descriptor: GPUComputePipelineDescriptor) {
      call?.('createComputePipelineAsync');
      return waited('createComputePipelineAsync', real.createComputePipelineAsync(descriptor));
    },
    pushErrorScope(filter: GPUErrorFilter) {
      scopes.push(filter);
      real.pushErrorScope(filter);
    },
    async popErrorScope() {
      const isMemory = scopes.pop() === 'out-of-memory' && isShort;
      if (isMemory) isShort = false;
      const error = await waited('popErrorScope', real.popErrorScope());
      return isMemory ? { message: 'out of memory' } : error;
    },
    createBindGroup(descriptor: GPUBindGroupDescriptor) {
      call?.('createBindGroup');
      return real.createBindGroup(descriptor);
    },
    createBuffer(descriptor: GPUBufferDescriptor) {
      call?.('createBuffer');
      isShort ||= isOutOfMemory?.(descriptor.label ?? '', descriptor.size) === true;
      return wrapBuffer(real.createBuffer(descriptor), waited, call, read);
    },
    createCommandEncoder(descriptor?: GPUCommandEncoderDescriptor) {
      call?.('createCommandEncoder');
      const encoder = real.createCommandEncoder(descriptor);
      return wrapped(encoder, {
        beginComputePass: (pass?: GPUComputePassDescriptor) => wrapPass(encoder.beginComputePass(pass), dispatch),
        copyBufferToBuffer(...args: Parameters<GPUCommandEncoder['copyBufferToBuffer']>) {
          if (skips?.('copy', args[0].label) === true) return;
          encoder.copyBufferToBuffer(...args);
        },
        clearBuffer(buffer: GPUBuffer) {
          if (skips?.('clear', buffer.label) !== true) encoder.clearBuffer(buffer);
        },
      });
    },
  });
}

function wrapPass(pass: GPUComputePassEncoder, dispatch: Wrapping['dispatch']): GPUComputePassEncoder {
  let label = '';
  return wrapped(pass, {
    setPipeline(pipeline: GPUComputePipeline) {
      ({ label } = pipeline);
      pass.setPipeline(pipeline);
    },
    dispatchWorkgroups(groups: number) {
      pass.dispatchWorkgroups(dispatch?.(label, groups) ?? groups);
    },
  });
}

/** The buffer itself, since others are to take it, with methods of its own. */
function wrapBuffer(
  buffer: GPUBuffer,
  waited: <T>(name: string, own: Promise<T>) => Promise<T>,
  call: Wrapping['call'],
  read: Wrapping['read'],
): GPUBuffer {
  const mapAsync = buffer.mapAsync.bind(buffer);
  const getMappedRange = buffer.getMappedRange.bind(buffer);
  Object.defineProperty(buffer, 'mapAsync', {
    value: (mode: number) => {
      call?.('mapAsync');
      return waited('mapAsync', mapAsync(mode));
    },
  });
  Object.defineProperty(buffer, 'getMappedRange', {
    value: () => {
      const range = getMappedRange();
      read?.(new Uint32Array(range), buffer.label);
      return range;
    },
  });
  return buffer;
}

/** A handle of the software adapter whose devices are wrapped. */
export async function wrappedHandle(
  wrapping: Wrapping,
  info: Partial<AdapterHandle['info']> = {},
): Promise<AdapterHandle> {
  const real = await host.requestAdapter('software');
  const adapter = wrapped(real.adapter, {
    requestDevice: async (descriptor?: GPUDeviceDescriptor) => {
      wrapping.call?.('requestDevice');
      const own = real.adapter.requestDevice(descriptor);
      const device = await (wrapping.promise?.('requestDevice', own) ?? own);
      wrapping.opened?.(device);
      return wrappedDevice(device, wrapping);
    },
  });
  return { ...real, adapter, info: { ...real.info, ...info } };
}
