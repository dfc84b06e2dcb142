/**
 * Energy burned over the service, as a model. No exact law is known for it in general, so both accountings walk on the
 * same draws: the lumped walk is judged against its exact law, every path is held to Theorem 1 and Lemma 1 with
 * integers, and the distributed mean is sharpened by the lumped one, whose mean is known (a control variate).
 */
import type { Partials } from '../engine/partials.js';
import type { TasksJob } from '../engine/job.js';
import { splitProof } from '../engine/proof-job.js';
import { FAMILY_ALPHA } from '../stats/family.js';
import { judgeProof } from '../stats/proof.js';
import type { Proof } from '../stats/proof.js';
import { summarize } from '../stats/summary.js';
import type { Summary } from '../stats/summary.js';
import type { FinishedProof, FinishedRun } from './finished.js';
import type { Model } from './model.js';
import { checkKernel, prepareProof } from './plan.js';
import type { PreparedProof } from './plan.js';
import { sampledReferences } from './references.js';
import { judgeWalk, walkModel } from './walk.js';
import type { SummarizedWalk, ValidatedWalk, WalkReference, WalkTheoryOf } from './walk.js';

export interface ValidatedDistributed {
  readonly kind: 'distributed';
  /** The distributed walk. */
  readonly run: FinishedRun;
  readonly summary: Summary;
  /** The same draws, lumped. */
  readonly companion: ValidatedWalk;
  readonly proof: Proof;
  /** All that was counted on the paths: the rows of a proof. */
  readonly counted: Partials;
  readonly pass: boolean;
}

export const distributedModel: Model<PreparedProof, WalkTheoryOf, WalkReference, SummarizedWalk, ValidatedDistributed> =
  {
    kind: 'distributed',
    plan(of, request) {
      checkKernel(of.scenario, request);
      return prepareProof(of, request);
    },
    tallies: ({ law }) => ({
      deficit: { rows: (partials) => splitProof(partials).distributed, unit: law.quantumJoules },
    }),
    theory: (of, horizons, onHorizon) => walkModel.theory(of, horizons, onHorizon),
    counted: (partials) => ({ horizons: splitProof(partials).distributed }),
    reference: ({ law }, theory) => ({ theory, references: sampledReferences(law, theory.empty) }),
    summarize: (run) => walkModel.summarize(accountedAs(run, 'distributed')),
    judge(run, reference) {
      const { partials, walk, law } = run;
      // Half of the family's level for the lumped walk's law, half for what is judged on both.
      const companion = judgeWalk(accountedAs(run, 'lumped'), reference, { familyAlpha: FAMILY_ALPHA / 2 });
      const proof = judgeProof(partials, walk, law.quantumJoules, reference.references, [], FAMILY_ALPHA / 2);
      const distributed = accountedAs(run, 'distributed');
      return {
        ...{ kind: 'distributed', run: distributed, companion, proof, counted: partials },
        summary: summarize(distributed.partials, law.quantumJoules),
        pass: companion.pass && proof.pass,
      };
    },
  };

/** The run as the walk of one of its accountings. */
function accountedAs({ job: counted, ...run }: FinishedProof, accounting: 'lumped' | 'distributed'): FinishedRun {
  const { tables, initialQuanta, key, firstPath, paths, horizons } = counted;
  const job: TasksJob = {
    ...{ kernel: 'tasks', accounting: 'distributed' },
    ...{ tables, initialQuanta, key, firstPath, paths, horizons },
  };
  return { ...run, job, partials: { horizons: splitProof(run.partials)[accounting] } };
}
