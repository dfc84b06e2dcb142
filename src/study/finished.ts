/** What comes of a planned question that was run. */
import type { Backend, BackendName } from '../engine/backend.js';
import type { Partials } from '../engine/partials.js';
import type { Look, PrecisionTarget } from '../stats/precision.js';
import type { PreparedProof, PreparedRun, PreparedSite } from './plan.js';

/** What a backend made of a job, and how. */
export interface Outcome {
  readonly partials: Partials;
  readonly backend: BackendName;
  readonly adapter: Backend['adapter'];
  /** What is worth knowing of how the backend worked (Backend.remarks). */
  readonly remarks?: readonly string[];
  /** Seconds that the backend worked, without laws, compilation and start-up. */
  readonly elapsedSeconds: number;
  /** Path-slots of the finished paths over `elapsedSeconds`. */
  readonly pathSlotsPerSecond: number;
  /** The last look at its precision target, where it had one. */
  readonly precision?: { readonly target: PrecisionTarget; readonly look: Look };
}

export type Finished<P> = P & Outcome;

/** A walk that was run: its laws, its integers, and the backend that counted them. */
export type FinishedRun = Finished<PreparedRun>;
export type FinishedProof = Finished<PreparedProof>;
export type FinishedSite = Finished<PreparedSite>;

/** The outcome of what a backend walked in so many seconds; asked for after the run. */
export async function outcomeOf(backend: Backend, partials: Partials, elapsedSeconds: number): Promise<Outcome> {
  const last = partials.horizons[partials.horizons.length - 1];
  const pathSlotsPerSecond = (last.count * last.slots) / elapsedSeconds;
  const { name, adapter } = backend;
  const remarks = (await backend.remarks?.()) ?? [];
  return { partials, backend: name, adapter, remarks, elapsedSeconds, pathSlotsPerSecond };
}
