/** What the pool and its workers say to each other. Messages are cloned, so both sides own what they hold. */
import type { HorizonLayout, Partials } from '../partials.js';
import type { LumpedWalk } from './lumped.js';

export type ToWorker =
  /** Starts a job: everything after refers to it. */
  | { readonly kind: 'open'; readonly walk: LumpedWalk; readonly horizons: readonly HorizonLayout[] }
  /** Walks paths and adds them to the worker's partials; answered by `walked`. */
  | { readonly kind: 'walk'; readonly firstPath: number; readonly count: number }
  /** Walks paths and sends their deficits back; answered by `deficits`. */
  | { readonly kind: 'deficits'; readonly firstPath: number; readonly count: number }
  /** Asks for the partials of the job; answered by `partials`. */
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'walked'; readonly count: number; readonly seconds: number }
  | { readonly kind: 'deficits'; readonly firstPath: number; readonly count: number; readonly deficits: Int32Array }
  | { readonly kind: 'partials'; readonly partials: Partials };
