/** Devices that are lost or hang at a given call, and runs that must come through it. */
import { host } from '#host';
import type { Backend, JobFeed, RunControl } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { feedOf } from '../../src/engine/feed.js';
import type { Job } from '../../src/engine/job.js';
import { openLasting } from '../../src/engine/lasting-backend.js';
import type { Way } from '../../src/engine/lasting-backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { createWebGpuBackend } from '../../src/engine/webgpu/backend.js';
import type { Patience } from '../../src/engine/webgpu/device.js';
import { wrappedHandle } from './fake-device.js';

/** Calls of a device at which it may fail. */
export const CALLS = [
  'requestDevice',
  'createShaderModule',
  'getCompilationInfo',
  'createComputePipelineAsync',
  'createBuffer',
  'createBindGroup',
  'writeBuffer',
  'createCommandEncoder',
  'submit',
  'onSubmittedWorkDone',
  'mapAsync',
] as const;

/** `lost`: the device is gone. `hangs`: it answers nothing any more. `refuses`: what is waited for is rejected. */
export type Failing = 'lost' | 'hangs' | 'refuses';

export interface FailingAt {
  readonly call: string;
  /** The how manieth such call, from 0. */
  readonly nth: number;
  readonly how: Failing;
  /** Whether each device fails again at its next such call. */
  readonly always?: boolean;
}

/** Seconds: a device that hangs is given up at once, one that is only slow never is. */
const HANGING = 0.5;
const SLOW = 600;

/** WebGPU on a device that fails, and whether it has. */
export function failingWay({ call, nth, how, always = false }: FailingAt): Way & { readonly met: () => number } {
  let calls = 0;
  let met = 0;
  let isHanging = false;
  /** Whether the device that is being opened is lost at once. */
  let isDoomed = false;
  let device: GPUDevice | undefined;
  const open = async (): Promise<Backend> => {
    isHanging = false;
    const handle = await wrappedHandle({
      opened: (real) => {
        device = real;
        if (isDoomed) real.destroy();
        isDoomed = false;
      },
      call: (name) => {
        if (name !== call) return;
        const isNow = calls === nth || (always && calls > nth);
        calls++;
        if (!isNow) return;
        met++;
        if (how === 'hangs') isHanging = true;
        if (how !== 'lost') return;
        if (name === 'requestDevice') isDoomed = true;
        else device?.destroy();
      },
      promise: (name, own) => {
        // What is given up is nobody's any more.
        own.catch(() => undefined);
        if (isHanging) return new Promise(() => undefined);
        const isRefused = how === 'refuses' && name === call && (calls === nth + 1 || (always && calls > nth));
        if (isRefused) return Promise.reject(new Error('refused'));
        return own;
      },
    });
    const seconds = (): number => (isHanging ? HANGING : SLOW);
    const patience: Patience = {
      get work() {
        return seconds();
      },
      get compilation() {
        return seconds();
      },
    };
    return createWebGpuBackend(handle, {}, undefined, patience);
  };
  return { name: 'WebGPU', open, met: () => met };
}

/** How often jobs that are run together make each call on a device that is well. */
export async function callsOf(jobs: readonly Job[]): Promise<ReadonlyMap<string, number>> {
  const calls = new Map<string, number>();
  const call = (name: string): void => {
    calls.set(name, (calls.get(name) ?? 0) + 1);
  };
  const backend = await createWebGpuBackend(await wrappedHandle({ call }));
  await hashesOf(backend, jobs);
  await backend.release();
  return calls;
}

export const processorWay: Way = { name: 'the processor', open: () => Promise.resolve(createCpuBackend(host, 1)) };

export async function openFailing(ways: readonly Way[], remarks: string[] = []): Promise<Backend> {
  return openLasting(ways, { onRemark: (text) => remarks.push(text), pauses: [0, 0], patience: 60 });
}

/** Hashes of jobs that are run together. @throws where a job is done twice */
export async function hashesOf(
  backend: Backend,
  jobs: readonly Job[],
  control: RunControl = {},
  around: (feed: JobFeed) => JobFeed = (feed) => feed,
): Promise<(string | undefined)[]> {
  const found: (string | undefined)[] = jobs.map(() => undefined);
  const feed = feedOf(jobs, (index, partials) => {
    if (found[index] !== undefined) throw new Error(`job ${index} is done twice`);
    found[index] = partialsSha256(partials);
  });
  await backend.runAll(around(feed), control);
  return found;
}
