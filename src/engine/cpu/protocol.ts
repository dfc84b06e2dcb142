/**
 * What the pool and its workers say to each other, in bundles, each answered by one; a bundle that takes long has signs
 * of life before its answer. Messages are cloned, so both sides own what they hold.
 */
import type { PlainError } from '../../plain-error.js';
import type { HorizonLayout, Partials } from '../partials.js';
import type { WorkerWalk } from './walks.js';

/** A worker may hold several jobs at once, told apart by their numbers. */
export type ToWorker =
  /** Asks whether the worker has started; answered by `ready`. */
  | { readonly kind: 'hello'; readonly job: number }
  /**
   * Starts a job. `horizons` are the job's rows (engine/rows.ts), those of several jobs together one after the other;
   * `plain` keeps WebAssembly out.
   */
  | {
      readonly kind: 'open';
      readonly job: number;
      readonly walk: WorkerWalk;
      readonly horizons: readonly HorizonLayout[];
      readonly plain: boolean;
    }
  /** Walks paths and adds them to the worker's partials of the job; answered by `walked`. */
  | { readonly kind: 'walk'; readonly job: number; readonly firstPath: number; readonly count: number }
  /** Walks paths and sends their rows back, which are not counted; answered by `rows`. */
  | { readonly kind: 'rows'; readonly job: number; readonly firstPath: number; readonly count: number }
  /** Asks for the partials of a job and forgets it; answered by `partials`. */
  | { readonly kind: 'close'; readonly job: number };

/** Every answer names its job. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly job: number }
  /** A sign of life amid a chunk, by itself. */
  | { readonly kind: 'alive'; readonly job: number }
  | { readonly kind: 'walked'; readonly job: number; readonly count: number; readonly seconds: number }
  | {
      readonly kind: 'rows';
      readonly job: number;
      readonly firstPath: number;
      readonly count: number;
      /** Entry [row · count + i] is path firstPath + i. */
      readonly rows: Int32Array;
      readonly seconds: number;
    }
  | { readonly kind: 'partials'; readonly job: number; readonly partials: Partials };

/** Instead of a bundle's answers: what it was told cannot be done. */
export interface WorkerFailure {
  readonly failure: PlainError;
}
