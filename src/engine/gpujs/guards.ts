/** Everything that gpu.js gets wrong without a word, looked for: each check raises an error of its own. */
import { ContextLostError, KernelAbandonedError, KernelModeError, LoopTruncatedError } from './errors.js';
import type { GpuJsKernel, GpuJsMode, KernelRows } from './library.js';

/**
 * Checks that a kernel is of the kind asked for: mode, no fallback, WebGL2 rather than WebGL 1 (whose integers are
 * floats), single precision.
 */
export function checkKernel({ kernel }: GpuJsKernel, mode: GpuJsMode): void {
  const fail = (what: string, got: unknown, expected: string): never => {
    throw new KernelModeError(`gpu.js: the kernel's ${what} is ${String(got)}, expected ${expected}.`);
  };
  const wanted = mode === 'cpu' ? 'cpu' : 'gpu';
  if (kernel.constructor.mode !== wanted) fail('mode', kernel.constructor.mode, wanted);
  if (kernel.fallbackReason !== undefined && kernel.fallbackReason !== null)
    fail('fallback', kernel.fallbackReason, 'none');
  if (kernel.precision !== 'single') fail('precision', kernel.precision, 'single');
  if (mode === 'webgl2' && !isWebGl2(kernel.context)) fail('context', 'WebGL 1', 'WebGL 2');
}

function isWebGl2(context: unknown): boolean {
  // WebGL 1 has no texelFetch and none of the calls of WebGL 2.
  return typeof (context as { readonly texImage3D?: unknown } | null | undefined)?.texImage3D === 'function';
}

/** Whether a kernel's context is lost; a kernel on the processor has none to lose. */
function contextLost({ kernel }: GpuJsKernel): boolean {
  const context = kernel.context as { isContextLost?: () => boolean } | null | undefined;
  return context?.isContextLost?.() === true;
}

/** @throws ContextLostError */
export function checkContext(kernel: GpuJsKernel, options?: ErrorOptions): void {
  if (!contextLost(kernel)) return;
  throw new ContextLostError(
    'The WebGL context was lost: the driver took it back, or the page has more than about sixteen. Close other pages and run again, or use the cpu backend.',
    options,
  );
}

/**
 * A call's results as deficits: out[h · stride + i] for path i and checkpoint h.
 * @throws KernelAbandonedError, LoopTruncatedError, ContextLostError; RangeError where rows are missing
 */
export function readDeficits(
  kernel: GpuJsKernel,
  rows: KernelRows,
  paths: number,
  horizons: number,
  out: Int32Array,
  stride: number,
): void {
  for (let h = 0; h < horizons; h++) {
    const row = rows[h >> 1];
    const from = (h & 1) * 2;
    for (let i = 0; i < paths; i++) {
      const high = row[i][from];
      if (!(high >= 1 && high <= 32768)) checkHigh(kernel, high);
      out[h * stride + i] = (high - 1) * 65536 + row[i][from + 1];
    }
  }
}

function checkHigh(kernel: GpuJsKernel, high: number): never {
  checkContext(kernel);
  if (high < 0) throw new LoopTruncatedError('gpu.js: a path ended before its last slot: a loop was cut short.');
  throw new KernelAbandonedError(
    `gpu.js: a path came back as ${high}: the driver gave the kernel up, as it does with one that runs for seconds. Use fewer slots, or the cpu backend.`,
  );
}
