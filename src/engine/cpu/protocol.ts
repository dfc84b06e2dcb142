/** What the pool and its workers say to each other. Messages are cloned, so both sides own what they hold. */
import type { HorizonLayout, Partials } from '../partials.js';
import type { LumpedWalk } from './lumped.js';
import type { PassageWalk } from './passage.js';
import type { ProofWalk } from './proof.js';
import type { TaskWalk } from './tasks.js';

/** What a worker can walk, by kernel. */
export type WorkerWalk = (LumpedWalk & { readonly kernel: 'lumped' }) | TaskWalk | ProofWalk;

export type ToWorker =
  /** Starts a job: everything after refers to it. `horizons` are the job's rows (engine/rows.ts). */
  | { readonly kind: 'open'; readonly walk: WorkerWalk; readonly horizons: readonly HorizonLayout[] }
  /** Walks paths and adds them to the worker's partials; answered by `walked`. */
  | { readonly kind: 'walk'; readonly firstPath: number; readonly count: number }
  /** Walks paths and sends their deficits back; answered by `deficits`. */
  | { readonly kind: 'deficits'; readonly firstPath: number; readonly count: number }
  /** Starts a job of first passages, which has no partials. */
  | { readonly kind: 'openPassage'; readonly walk: PassageWalk }
  /** Walks paths to their passages and sends these back; answered by `passages`. */
  | { readonly kind: 'passages'; readonly firstPath: number; readonly count: number }
  /** Asks for the partials of the job; answered by `partials`. */
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'walked'; readonly count: number; readonly seconds: number }
  | { readonly kind: 'deficits'; readonly firstPath: number; readonly count: number; readonly deficits: Int32Array }
  | {
      readonly kind: 'passages';
      readonly firstPath: number;
      readonly count: number;
      readonly slots: Int32Array;
      readonly points: Int32Array;
      readonly seconds: number;
    }
  | { readonly kind: 'partials'; readonly partials: Partials };
