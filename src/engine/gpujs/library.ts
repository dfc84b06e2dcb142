/** The part of gpu.js 2.24.1 that is used, with types; its own want the DOM. Loaded when asked for. */

/** Options of a kernel, all given: gpu.js's defaults lose bits (see guards.ts). */
export interface KernelOptions {
  readonly output: readonly [number, number];
  readonly returnType: 'Array(4)';
  readonly argumentTypes: readonly 'Array'[];
  readonly precision: 'single';
  readonly tactic: 'precision';
  readonly loopMaxIterations: number;
  readonly asyncMode: boolean;
}

/** One row for each y of Array(4) for each x. */
export type KernelRows = readonly (readonly ArrayLike<number>[])[];

/** A kernel as it is called; `kernel` is what gpu.js made of it. */
export interface GpuJsKernel {
  (...args: readonly Float32Array[]): KernelRows | Promise<KernelRows>;
  readonly kernel: {
    readonly constructor: { readonly mode?: string };
    readonly fallbackReason?: unknown;
    readonly precision?: string | null;
    readonly context?: unknown;
  };
  destroy(): void;
}

export interface GpuJs {
  addNativeFunction(
    name: string,
    source: string,
    settings: { returnType: string; argumentTypes: Record<string, string> },
  ): void;
  createKernel(source: string, options: KernelOptions): GpuJsKernel;
  destroy(): Promise<void> | undefined;
}

export type GpuJsMode = 'webgl2' | 'cpu';

/** The library. The browser's build serves Node's cpu mode as well, and asks for no native module. */
export async function loadGpuJs(): Promise<new (options: { mode: GpuJsMode }) => GpuJs> {
  const loaded = (await import('gpu.js/dist/gpu-browser.min.js')) as unknown as GpuJsModule;
  const found = loaded.GPU ?? loaded.default;
  return typeof found === 'function' ? found : found.GPU;
}

type Constructor = new (options: { mode: GpuJsMode }) => GpuJs;
interface GpuJsModule {
  readonly GPU?: Constructor;
  readonly default: Constructor | { readonly GPU: Constructor };
}
