/** A study: a model, chosen here and nowhere else, applied to a scenario. */
import type { Partials } from '../engine/partials.js';
import type { Resolved } from '../fleet/resolve.js';
import { distributedModel } from './distributed.js';
import type { ValidatedDistributed } from './distributed.js';
import type { Finished, Outcome } from './finished.js';
import type { Model, ModelKind, OnHorizon, Purpose, Tallies } from './model.js';
import type { PreparedProof, PreparedRun, PreparedSite, RunRequest } from './plan.js';
import { siteModel } from './site.js';
import type { SiteTheory, SummarizedSite, ValidatedSite } from './site.js';
import { walkModel } from './walk.js';
import type { SummarizedWalk, ValidatedWalk, WalkTheoryOf } from './walk.js';

export type AnyPrepared = PreparedRun | PreparedProof | PreparedSite;
export type Theory = WalkTheoryOf | SiteTheory;
export type Summarized = SummarizedWalk | SummarizedSite;
export type Validated = ValidatedWalk | ValidatedDistributed | ValidatedSite;

/** A model applied to a scenario: its plan, and what may be asked of it. */
export interface Study {
  readonly kind: ModelKind;
  readonly planned: AnyPrepared;
  readonly tallies: Tallies;
  readonly summarize: (outcome: Outcome) => Summarized;
  /** Makes the laws that a run is judged by, unless they are made. @param onHorizon as of `Model.theory` */
  readonly prepareLaws: (onHorizon?: OnHorizon) => void;
  /** What of a run's partials its results and their hash are of: all, but for what is counted beside them. */
  readonly counted: (partials: Partials) => Partials;
  readonly judge: (outcome: Outcome) => Validated;
}

/** Which model a scenario is seen by. */
export function modelKindOf(of: Resolved, purpose: Purpose): ModelKind {
  if (purpose === 'point' ? of.isSite : of.runsAsSite) return 'site';
  return purpose === 'validate' && of.scenario.accounting === 'distributed' ? 'distributed' : 'walk';
}

/** Plans what a scenario is asked. @throws {InputError}, {PlanError} */
export function studyOf(of: Resolved, request: RunRequest, purpose: Purpose): Study {
  return studyAs(modelKindOf(of, purpose), of, request, purpose);
}

/** Plans it by a model that was chosen for several scenarios together. @throws {InputError}, {PlanError} */
export function studyAs(kind: ModelKind, of: Resolved, request: RunRequest, purpose: Purpose): Study {
  switch (kind) {
    case 'site':
      return applied(siteModel, of, request, purpose);
    case 'distributed':
      return applied(distributedModel, of, request, purpose);
    case 'walk':
      return applied(walkModel, of, request, purpose);
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
  purpose: Purpose,
): Study {
  const planned = model.plan(of, request, purpose);
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
