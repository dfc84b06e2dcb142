/** The paper's walk as a model: judged against the exact law of the walk that was sampled. */
import { judgedHorizons, sampledReferences } from './references.js';
import { chargedTheory, walkTheory } from '../theory/walk-theory.js';
import type { JudgedHorizon } from './references.js';
import type { HorizonTheory, WalkTheory } from '../theory/walk-theory.js';
import { summarize } from '../stats/summary.js';
import type { Summary } from '../stats/summary.js';
import { judge } from '../stats/verdict.js';
import type { ExactReference, Judgement, JudgeOptions } from '../stats/verdict.js';
import { AccuracyError } from '../errors.js';
import type { FinishedRun } from './finished.js';
import type { Model } from './model.js';
import { prepareRun } from './plan.js';
import type { PreparedRun } from './plan.js';

/** Laws of the scenario's own walk. */
export interface WalkTheoryOf {
  readonly kind: 'walk';
  /** From an empty battery. */
  readonly empty: WalkTheory;
  /** With the scenario's charge. */
  readonly horizons: readonly HorizonTheory[];
}

export interface WalkReference {
  readonly theory: WalkTheoryOf;
  /** Of the walk that is sampled. */
  readonly references: readonly ExactReference[];
}

export interface SummarizedWalk {
  readonly kind: 'walk';
  readonly run: FinishedRun;
  readonly summary: Summary;
  readonly pass: true;
}

export interface ValidatedWalk extends Omit<SummarizedWalk, 'pass'> {
  readonly references: readonly ExactReference[];
  readonly judgement: Judgement;
  readonly judged: readonly JudgedHorizon[];
  readonly pass: boolean;
}

export const walkModel: Model<PreparedRun, WalkTheoryOf, WalkReference, SummarizedWalk, ValidatedWalk> = {
  kind: 'walk',
  plan: prepareRun,
  tallies: ({ law }) => ({ deficit: { rows: ({ horizons }) => horizons, unit: law.quantumJoules } }),
  theory(of, horizons, onHorizon) {
    const { initialJoules } = of.scenario.battery;
    const withCharge = (horizon: HorizonTheory): HorizonTheory => chargedTheory(horizon, initialJoules);
    const empty = walkTheory(
      of.walk,
      horizons,
      onHorizon &&
        ((horizon) => {
          onHorizon(withCharge(horizon));
        }),
    );
    return { kind: 'walk', empty, horizons: empty.horizons.map(withCharge) };
  },
  reference({ law, scenario }, theory) {
    if (scenario.accounting === 'distributed') {
      throw new AccuracyError('energy that is burned over the service has no exact law in general');
    }
    return { theory, references: sampledReferences(law, theory.empty) };
  },
  summarize: (run) => ({ kind: 'walk', run, summary: summarize(run.partials, run.law.quantumJoules), pass: true }),
  judge: (run, reference) => judgeWalk(run, reference),
};

/** Judges a walk by its laws. */
export function judgeWalk(
  run: FinishedRun,
  { theory, references }: WalkReference,
  options?: JudgeOptions,
): ValidatedWalk {
  const { partials, law } = run;
  const judgement = judge(partials, law.quantumJoules, references, options);
  return {
    ...{ kind: 'walk', run, references, judgement, pass: judgement.pass },
    summary: summarize(partials, law.quantumJoules),
    judged: judgedHorizons(run, theory.horizons),
  };
}
