/**
 * What every model of a scenario can do: the paper's walk, the walk whose energy is burned over the service, and the
 * site. study.ts chooses among them; who asks a study need not know which one it is.
 */
import type { Partials, HorizonPartials } from '../engine/partials.js';
import type { Resolved } from '../fleet/resolve.js';
import type { Finished } from './finished.js';
import type { Prepared, RunRequest } from './plan.js';
import type { HorizonTheory } from '../theory/walk-theory.js';

/** What a row of partials counts, and what one of its integers stands for: joules, watts or slots. */
export interface Tally {
  /** One a horizon. */
  readonly rows: (partials: Partials) => readonly HorizonPartials[];
  readonly unit: number;
}

/** By the names of the quantities; the first is the one that a target means where it names none. */
export type Tallies = Readonly<Record<string, Tally>>;

export type ModelKind = 'walk' | 'distributed' | 'site';

/**
 * `validate` of distributed accounting walks a lumped companion on the same draws; `run` needs none. A `point` is one
 * of many, of a sweep or a search: it is a site only where it says more than the paper's walk, for that is much the
 * faster.
 */
export type Purpose = 'run' | 'validate' | 'point';

export type OnHorizon = (theory: HorizonTheory) => void;

/** One way to see a scenario. P: what is planned, T: its theory, R: what a run is judged by, S and V: what is told. */
export interface Model<P extends Prepared, T, R, S, V> {
  readonly kind: ModelKind;
  /** @throws {InputError}, {PlanError} */
  plan(of: Resolved, request: RunRequest, purpose: Purpose): P;
  /** What a run of it counts. */
  tallies(planned: P): Tallies;
  /**
   * The scenario's own laws at each horizon; takes seconds to a minute.
   * @param onHorizon told of a walk's laws as soon as they are made, the last horizon first
   */
  theory(of: Resolved, horizons: readonly number[], onHorizon?: OnHorizon): T;
  /** The laws of what is sampled. */
  reference(planned: P, theory: T): R;
  /** As `Study.counted`; all, where left out. */
  counted?(partials: Partials): Partials;
  /** What a run says by itself. */
  summarize(run: Finished<P>): S;
  /** What a run says beside theory. */
  judge(run: Finished<P>, reference: R): V;
}
