/**
 * What every model of a scenario can do: the paper's walk, the walk whose energy is burned over the service, and the
 * site. The model is chosen here and nowhere else; who asks a study need not know which one it is.
 */
import type { Partials, HorizonPartials } from '../engine/partials.js';
import type { Resolved } from '../fleet/resolve.js';
import { distributedModel } from './distributed.js';
import type { ValidatedDistributed } from './distributed.js';
import type { Finished, Outcome } from './finished.js';
import type { Prepared, PreparedProof, PreparedRun, PreparedSite, RunRequest } from './plan.js';
import { siteModel } from './site.js';
import type { SiteTheory, SummarizedSite, ValidatedSite } from './site.js';
import type { HorizonTheory } from './theory.js';
import { walkModel } from './walk.js';
import type { SummarizedWalk, ValidatedWalk, WalkTheoryOf } from './walk.js';

/** What a row of partials counts, and what one of its integers stands for: joules, watts or slots. */
export interface Tally {
  /** One a horizon. */
  readonly rows: (partials: Partials) => readonly HorizonPartials[];
  readonly unit: number;
}

/** By the names of the quantities; the first is the one that a target means where it names none. */
export type Tallies = Readonly<Record<string, Tally>>;

export type ModelKind = 'walk' | 'distributed' | 'site';

export type OnHorizon = (theory: HorizonTheory) => void;

/** One way to see a scenario. P: what is planned, T: its theory, R: what a run is judged by, S and V: what is told. */
export interface Model<P extends Prepared, T, R, S, V> {
  readonly kind: ModelKind;
  /** @throws {InputError}, {PlanError} */
  plan(of: Resolved, request: RunRequest): P;
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

export type AnyPrepared = PreparedRun | PreparedProof | PreparedSite;
export type Theory = WalkTheoryOf | SiteTheory;
export type Summarized = SummarizedWalk | SummarizedSite;
export type Validated = ValidatedWalk | ValidatedDistributed | ValidatedSite;

/** A model applied to a scenario: its plan, and what may be asked of it. */
export interface Study {
  readonly kind: ModelKind;
  readonly planned: AnyPrepared;
  readonly tallies: Tallies;
  summarize(outcome: Outcome): Summarized;
  /** Makes the laws that a run is judged by, unless they are made. @param onHorizon as of `Model.theory` */
  prepareLaws(onHorizon?: OnHorizon): void;
  /** What of a run's partials its results and their hash are of: all, but for what is counted beside them. */
  counted(partials: Partials): Partials;
  judge(outcome: Outcome): Validated;
}

/**
 * `validate` of distributed accounting walks a lumped companion on the same draws; `run` needs none. A `point` is one
 * of many, of a sweep or a search: it is a site only where it says more than the paper's walk, for that is much the
 * faster.
 */
export type Purpose = 'run' | 'validate' | 'point';

/** Which model a scenario is seen by. */
export function modelKindOf(of: Resolved, purpose: Purpose): ModelKind {
  if (purpose === 'point' ? of.isSite : of.runsAsSite) return 'site';
  return purpose === 'validate' && of.scenario.accounting === 'distributed' ? 'distributed' : 'walk';
}

/** Plans what a scenario is asked. @throws {InputError}, {PlanError} */
export function studyOf(of: Resolved, request: RunRequest, purpose: Purpose): Study {
  return studyAs(modelKindOf(of, purpose), of, request);
}

/** Plans it by a model that was chosen for several scenarios together. @throws {InputError}, {PlanError} */
export function studyAs(kind: ModelKind, of: Resolved, request: RunRequest): Study {
  switch (kind) {
    case 'site':
      return applied(siteModel, of, request);
    case 'distributed':
      return applied(distributedModel, of, request);
    case 'walk':
      return applied(walkModel, of, request);
  }
}

/** The scenario's own laws. @throws {InputError} */
export function theoryOf(of: Resolved, horizons: readonly number[]): Theory {
  const model = modelKindOf(of, 'run') === 'site' ? siteModel : walkModel;
  return model.theory(of, horizons);
}

function applied<P extends AnyPrepared, T, R, S extends Summarized, V extends Validated>(
  model: Model<P, T, R, S, V>,
  of: Resolved,
  request: RunRequest,
): Study {
  const planned = model.plan(of, request);
  let reference: R | undefined;
  const laws = (onHorizon?: OnHorizon): R =>
    (reference ??= model.reference(planned, model.theory(of, request.horizons, onHorizon)));
  return {
    kind: model.kind,
    planned,
    tallies: model.tallies(planned),
    summarize: (outcome) => model.summarize(finished(planned, outcome)),
    prepareLaws: (onHorizon) => void laws(onHorizon),
    counted: (partials) => model.counted?.(partials) ?? partials,
    judge: (outcome) => model.judge(finished(planned, outcome), laws()),
  };
}

/** A run to a precision target is of the paths that it took. */
function finished<P extends AnyPrepared>(planned: P, outcome: Outcome): Finished<P> {
  const { precision, partials } = outcome;
  if (precision === undefined) return { ...planned, ...outcome };
  const job: P['job'] = { ...planned.job, paths: partials.horizons[0].count };
  return Object.assign({}, planned, outcome, { job });
}
