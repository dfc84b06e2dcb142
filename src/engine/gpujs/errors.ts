/** What gpu.js gets wrong without a word, each with a name of its own (what is known of it: kernels/README.md). */
import { DeviceLostError, KernelError } from '../../errors.js';

/** A kernel ran too long, and the driver gave it up: its results are zeros. */
export class KernelAbandonedError extends KernelError {}

/** A loop ended before its bound: gpu.js stops loops at `loopMaxIterations`. */
export class LoopTruncatedError extends KernelError {}

/** The WebGL context was lost: by the driver, or because the page opened more than about sixteen. */
export class ContextLostError extends DeviceLostError {}

/** gpu.js chose another mode, context or precision than was asked for. */
export class KernelModeError extends KernelError {}

/**
 * The kernel's integers are not those that the stream must give: float locals, emulated bit operations, a driver's
 * fault.
 */
export class WrongWordsError extends KernelError {}

/** A number does not fit the 32-bit floats in which gpu.js carries it. */
export class RoundedValueError extends KernelError {}
