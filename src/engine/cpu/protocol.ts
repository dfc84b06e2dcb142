/**
 * What the pool and its workers say to each other, in bundles, each answered by one; a bundle that takes long has signs of
 * life before its answer. Messages are cloned, so both sides own what they hold.
 */
import type { HorizonLayout, Partials } from '../partials.js';
import type { LumpedWalk } from './lumped.js';
import type { PassageWalk } from './passage.js';
import type { ProofWalk } from './proof.js';
import type { SiteWalk } from './site.js';
import type { TaskWalk } from './tasks.js';
import type { CommonWalk } from './together.js';

/** What a worker can walk, by kernel. */
export type WorkerWalk = (LumpedWalk & { readonly kernel: 'lumped' }) | CommonWalk | TaskWalk | ProofWalk | SiteWalk;

/** A worker may hold several jobs at once, told apart by their numbers. */
export type ToWorker =
  /** Asks whether the worker has started; answered by `ready`. */
  | { readonly kind: 'hello'; readonly job: number }
  /** Starts a job. `horizons` are the job's rows (engine/rows.ts), those of several jobs together one after the other; `plain` keeps WebAssembly out. */
  | {
      readonly kind: 'open';
      readonly job: number;
      readonly walk: WorkerWalk;
      readonly horizons: readonly HorizonLayout[];
      readonly plain: boolean;
    }
  /** Walks paths and adds them to the worker's partials of the job; answered by `walked`. */
  | { readonly kind: 'walk'; readonly job: number; readonly firstPath: number; readonly count: number }
  /** Walks paths and sends their deficits back; answered by `deficits`. */
  | { readonly kind: 'deficits'; readonly job: number; readonly firstPath: number; readonly count: number }
  /** Starts a job of first passages, which has no partials. */
  | { readonly kind: 'openPassage'; readonly job: number; readonly walk: PassageWalk }
  /** Walks paths to their passages and sends these back; answered by `passages`. */
  | { readonly kind: 'passages'; readonly job: number; readonly firstPath: number; readonly count: number }
  /** Asks for the partials of a job and forgets it; answered by `partials`. */
  | { readonly kind: 'close'; readonly job: number };

/** Every answer names its job. */
export type FromWorker =
  | { readonly kind: 'ready'; readonly job: number }
  /** A sign of life amid a chunk, by itself. */
  | { readonly kind: 'alive'; readonly job: number }
  | { readonly kind: 'walked'; readonly job: number; readonly count: number; readonly seconds: number }
  | {
      readonly kind: 'deficits';
      readonly job: number;
      readonly firstPath: number;
      readonly count: number;
      readonly deficits: Int32Array;
    }
  | {
      readonly kind: 'passages';
      readonly job: number;
      readonly firstPath: number;
      readonly count: number;
      readonly slots: Int32Array;
      readonly points: Int32Array;
      readonly seconds: number;
    }
  | { readonly kind: 'partials'; readonly job: number; readonly partials: Partials };
