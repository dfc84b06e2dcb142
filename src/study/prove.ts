/**
 * The theorems on a scenario: path by path with integers and no tolerance, the statistical ones against the exact law,
 * and the limits of Theorem 2 by walks of their own beside exact laws.
 */
import type { Backend } from '../engine/backend.js';
import type { JobRequest } from '../engine/job-request.js';
import { planJob } from '../engine/job.js';
import type { Resolved } from '../fleet/resolve.js';
import { sampleLaw } from '../law/sampled-law.js';
import { judgeProof } from '../stats/proof.js';
import type { Proof, RegimeRun } from '../stats/proof.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { auxiliaryMoments } from '../theory/exact/auxiliary.js';
import { exactMoments } from '../theory/exact/moments.js';
import { latticeIncrement } from '../theory/lattice-increment.js';
import { limitLadders } from '../theory/limit-ladder.js';
import { limitMean, regimes, walkLimit } from '../theory/regimes.js';
import { walkTheory } from '../theory/walk-theory.js';
import type { Limits, Regime } from '../theory/regimes.js';
import type { StudyControl } from './control.js';
import type { FinishedProof } from './finished.js';
import { prepareProof } from './plan.js';
import { runsTold } from './progress.js';
import { countOf, walkParts, walkStudy } from './run.js';
import { sampledReferences, taskMoments } from './references.js';

/** Most paths of each regime of Theorem 2: its mean is then known to about a third of a percent. */
const REGIME_TRIALS = 100_000;

/** What came of it. */
export interface ProvedTheorems {
  readonly run: FinishedProof;
  readonly proof: Proof;
}

/**
 * Proves them. After a stop what is finished is judged.
 * @param limits that Theorem 2 is judged by
 * @param onWalked told of what was counted on the paths, before moments and limits are judged
 * @throws {StoppedError} where no path was finished
 */
export async function proveTheorems(
  resolved: Resolved,
  request: JobRequest,
  limits: Limits,
  open: () => Promise<Backend>,
  control: StudyControl,
  onWalked: (run: FinishedProof) => void,
): Promise<ProvedTheorems> {
  control.onStage('sampling the law');
  const prepared = prepareProof(resolved, request);
  const backend = await open();
  let run: FinishedProof;
  const runs: RegimeRun[] = [];
  try {
    const walking = { signal: control.signal, onProgress: runsTold(control, 'proving')() };
    run = { ...prepared, ...(await walkStudy(backend, prepared.job, undefined, walking)) };
    onWalked(run);
    const slots = request.horizons[request.horizons.length - 1];
    for (const regime of regimes(prepared.walk, slots, prepared.scenario.battery.initialJoules)) {
      const result = await runRegime(backend, regime, request, limits, control);
      if (result !== undefined) runs.push(result);
    }
  } finally {
    await backend.release();
  }
  if (control.signal.aborted) control.onRemark(`stopped: ${countOf(run)} paths are reported`);
  control.onStage('exact moments');
  const references = taskMoments(run.law, request.horizons);
  return { run, proof: judgeProof(run.partials, run.walk, run.law.quantumJoules, references, runs) };
}

/** Walks one regime by the lumped kernel, beside its limit and its exact law; nothing after a stop. */
async function runRegime(
  backend: Backend,
  regime: Regime,
  { trials, horizons, seed }: JobRequest,
  limits: Limits,
  control: StudyControl,
): Promise<RegimeRun | undefined> {
  const { walk, charge } = regime;
  const slots = horizons[horizons.length - 1];
  const law = sampleLaw(walk, { slots, initialJoules: charge });
  const job = planJob(law, { trials: Math.min(trials, REGIME_TRIALS), horizons, seed });
  const label = `Theorem 2, ${regime.name}`;
  const { partials } = await walkParts(backend, job, {
    signal: control.signal,
    onProgress: runsTold(control, label)(),
  });
  if (control.signal.aborted) return undefined;
  control.onStage(`${label}: exact laws`);
  const exact = auxiliaryMoments(compoundIncrement(walk), horizons, charge);
  const references =
    charge === 0
      ? exactMoments(latticeIncrement(law.mixture), horizons)
      : sampledReferences(law, walkTheory(walk, horizons));
  const own = walkLimit(regime);
  return {
    regime: regime.name,
    driftJoulesPerSlot: regime.drift,
    initialJoules: charge,
    quantumJoules: law.quantumJoules,
    horizons: partials.horizons.map((row, i) => ({
      partials: row,
      limitMean: limitMean(regime, row.slots, limits),
      walkLimitMean: own(row.slots),
      exactMean: exact[i].mean,
      reference: references[i],
    })),
    ladders: limitLadders(regime, slots, limits),
  };
}
