/** A device with its errors made plain: loss, uncaptured errors and kernels that do not compile become named errors. */
import { BackendError, DeviceError, DeviceLimitError, DeviceLostError, KernelError } from '../../errors.js';
import type { AdapterHandle } from '../../host/contract.js';
import { heardWithin } from '../silence.js';
import { WORKGROUP_SIZE } from './kernels.js';
import type { KernelSource } from './kernels.js';

/** The feature by which passes are timed. */
export const TIMESTAMPS = 'timestamp-query';

export interface Device {
  readonly gpu: GPUDevice;
  readonly info: AdapterHandle['info'];
  /**
   * Waits for work of the device. @throws DeviceError as soon as it is lost or reports an error, or when it is silent
   * for too long
   */
  guard<T>(work: Promise<T>): Promise<T>;
  /**
   * Makes buffers, and what is made with them; undefined where there is no memory for them: what was made is then
   * destroyed.
   * @param make in one go, without waiting for anything
   */
  allocate<T extends { destroy(): void }>(make: () => T): Promise<T | undefined>;
  /** Compiles one compute kernel. @throws KernelError with the device's own messages. */
  compile(kernel: KernelSource, constants: Record<string, number>): Promise<GPUComputePipeline>;
  /** Destroys the device; what waits in `guard` is rejected. */
  destroy(): void;
}

/** How long the silence of a device is borne, seconds. */
export interface Patience {
  /** While it is opened, or works on what it was given: that is never more than a second (submissions.ts). */
  readonly work: number;
  /** While it compiles a kernel. */
  readonly compilation: number;
}

/**
 * A driver that watches its GPU resets it after 2 to 10 s. A processor that plays one may be busy, and compiles slowly.
 */
const HARDWARE_PATIENCE: Patience = { work: 30, compilation: 300 };
const SOFTWARE_PATIENCE: Patience = { work: 300, compilation: 1800 };

/** How long after the first sign of it the loss of a device is told at the latest. */
const LOSS_MILLISECONDS = 250;

export async function openDevice(
  handle: AdapterHandle,
  patience = handle.info.isSoftware ? SOFTWARE_PATIENCE : HARDWARE_PATIENCE,
): Promise<Device> {
  const name = deviceName(handle.info);
  const silent = (seconds: number) => () =>
    new DeviceLostError(`${name} has given no sign for ${seconds} s: it hangs. Run with --backend cpu if it persists.`);
  let gpu: GPUDevice;
  try {
    const limits = requiredLimits(handle.adapter, name);
    gpu = await heardWithin(requestDevice(handle.adapter, limits), patience.work, silent(patience.work));
  } catch (cause) {
    if (cause instanceof BackendError) throw cause;
    throw new DeviceError(`The adapter ${name} gave no device: ${text(cause)}`, { cause });
  }
  let fail: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Nobody may be waiting when it happens.
  failed.catch(() => undefined);
  let destroyed = false;
  void gpu.lost.then((lost) => {
    fail(
      new DeviceLostError(
        destroyed
          ? 'The WebGPU device was released while work was waiting.'
          : `The WebGPU device was lost (${lost.reason}): ${(lost.message || 'no reason given').replace(/\.+$/, '')}. ` +
              'Run with --backend cpu if it persists.',
      ),
    );
  });
  gpu.onuncapturederror = (event) => {
    event.preventDefault();
    fail(new DeviceError(`The WebGPU device reported an error: ${event.error.message}`));
  };
  const waitFor = async <T>(work: Promise<T>, seconds: number): Promise<T> => {
    try {
      return await heardWithin(Promise.race([failed, work]), seconds, silent(seconds));
    } catch (error) {
      if (error instanceof BackendError) throw error;
      // What waits on a device that is being lost may be refused before the loss itself is told, which says more.
      await Promise.race([failed, new Promise((resolve) => setTimeout(resolve, LOSS_MILLISECONDS))]);
      throw error;
    }
  };
  const guard = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await waitFor(work, patience.work);
    } catch (cause) {
      if (cause instanceof BackendError) throw cause;
      throw new DeviceError(`${name} failed: ${text(cause)}`, { cause });
    }
  };

  return {
    gpu,
    info: handle.info,
    guard,
    allocate: (make) => allocated(gpu, name, guard, make),
    compile: (kernel, constants) =>
      compiled(gpu, name, (work) => waitFor(work, patience.compilation), kernel, constants),
    destroy() {
      destroyed = true;
      gpu.destroy();
    },
  };
}

/** As Device.allocate. */
async function allocated<T extends { destroy(): void }>(
  gpu: GPUDevice,
  name: string,
  guard: Device['guard'],
  make: () => T,
): Promise<T | undefined> {
  gpu.pushErrorScope('validation');
  gpu.pushErrorScope('out-of-memory');
  let scopes: Promise<(GPUError | null)[]>;
  let made: T;
  try {
    made = make();
  } finally {
    scopes = Promise.all([gpu.popErrorScope(), gpu.popErrorScope()]);
    scopes.catch(() => undefined);
  }
  const [memory, validation] = await guard(scopes);
  if (memory !== null) {
    made.destroy();
    return undefined;
  }
  if (validation !== null) {
    throw new DeviceError(`${name} refused buffers: ${validation.message}`);
  }
  return made;
}

/** As Device.compile. */
async function compiled(
  gpu: GPUDevice,
  name: string,
  wait: <T>(work: Promise<T>) => Promise<T>,
  kernel: KernelSource,
  constants: Record<string, number>,
): Promise<GPUComputePipeline> {
  // What is wrong with the code is told by its compilation info; without a scope it would also be an uncaptured error.
  gpu.pushErrorScope('validation');
  const module = gpu.createShaderModule({ label: kernel.name, code: kernel.code });
  const refused = gpu.popErrorScope();
  refused.catch(() => undefined);
  const compilation = await wait(module.getCompilationInfo());
  const errors = compilation.messages.filter((message) => message.type === 'error');
  if (errors.length > 0) {
    const first = errors[0];
    throw new KernelError(
      `Kernel '${kernel.name}' does not compile on ${name}: line ${first.lineNum}: ${first.message}` +
        (errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''),
    );
  }
  try {
    return await wait(
      gpu.createComputePipelineAsync({
        label: kernel.name,
        layout: 'auto',
        compute: { module, entryPoint: kernel.entryPoint, constants },
      }),
    );
  } catch (cause) {
    if (cause instanceof BackendError) throw cause;
    throw new KernelError(`Kernel '${kernel.name}' was refused by ${name}: ${text(cause)}`, {
      cause,
    });
  }
}

/** Limits that kernels need and that not every device has, as in the compatibility level. */
const NEEDED = { maxComputeInvocationsPerWorkgroup: WORKGROUP_SIZE, maxComputeWorkgroupSizeX: WORKGROUP_SIZE } as const;

/**
 * What a device is asked for beyond what it gives by itself. @throws DeviceLimitError where the adapter has too
 * little
 */
function requiredLimits({ limits }: GPUAdapter, name: string): Record<string, number> {
  for (const [limit, needed] of Object.entries(NEEDED)) {
    const had = limits[limit as keyof typeof NEEDED];
    if (had < needed) throw new DeviceLimitError(`${name} allows ${limit} of ${had}, expected at least ${needed}`);
  }
  return NEEDED;
}

/** Asks for a device; one that has a clock where that can be had. */
async function requestDevice(adapter: GPUAdapter, requiredLimits: Record<string, number>): Promise<GPUDevice> {
  const wanted = { label: 'batterywalk', requiredLimits };
  if (!adapter.features.has(TIMESTAMPS)) return adapter.requestDevice(wanted);
  try {
    return await adapter.requestDevice({ ...wanted, requiredFeatures: [TIMESTAMPS] });
  } catch {
    // Some adapters name the clock and then refuse it. What is asked anew fails with a reason of its own.
    return adapter.requestDevice(wanted);
  }
}

/** Buffers for a pipeline, from binding 0 on. */
export function bindGroup(gpu: GPUDevice, pipeline: GPUComputePipeline, ...buffers: GPUBuffer[]): GPUBindGroup {
  const entries = buffers.map((buffer, binding) => ({ binding, resource: { buffer } }));
  return gpu.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });
}

/** A device's name in messages. */
export function deviceName({ description, device, vendor }: AdapterHandle['info']): string {
  return description || device || vendor || 'the WebGPU device';
}

function text(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
