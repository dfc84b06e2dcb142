/**
 * `batterywalk prove`: the theorems on every path, with integers and no tolerance, the statistical ones against the
 * exact law, and the limits of Theorem 2 by exact laws. Status 1 where one is broken.
 */
import { outcomeOf } from '../study/finished.js';
import type { FinishedProof } from '../study/finished.js';
import { nothingFinished, walkParts } from '../study/run.js';
import { resolveScenario } from '../fleet/resolve.js';
import type { Backend } from '../engine/backend.js';
import { planJob } from '../engine/job.js';
import { partialsSha256 } from '../engine/partials-codec.js';
import { countViolations, splitProof } from '../engine/proof-job.js';
import { prepareProof } from '../study/plan.js';
import { sampleLaw } from '../law/sampled-law.js';
import { horizonRows } from '../report/documents.js';
import { proofDocument, proofText } from '../report/proof-report.js';
import { sampledReferences, taskMoments } from '../study/references.js';
import { walkTheory } from '../theory/walk-theory.js';
import { judgeProof } from '../stats/proof.js';
import type { RegimeRun } from '../stats/proof.js';
import { formatCount } from '../numeric/format.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { exactMoments } from '../theory/exact/moments.js';
import { latticeIncrement } from '../theory/lattice-increment.js';
import { auxiliaryMoments } from '../theory/exact/auxiliary.js';
import { limitLadders } from '../theory/limit-ladder.js';
import { PAPER_LIMITS, limitMean, regimes, walkLimit } from '../theory/regimes.js';
import type { Limits, Regime } from '../theory/regimes.js';
import type { CommandContext, CommandSpec } from './context.js';
import { WALKING } from './options.js';
import { Meter, openAsked, reportProgress } from './running.js';

/** Most paths of each regime of Theorem 2: its mean is then known to about a third of a percent. */
const REGIME_TRIALS = 100_000;

export const prove = proveAgainst(PAPER_LIMITS);

/** The command, judging Theorem 2 by these limits: tests plant wrong ones. */
export function proveAgainst(limits: Limits): CommandSpec {
  return {
    name: 'prove',
    describe: 'the theorems, path by path; exit 0 or 1',
    defaults: { trials: 1_000_000, slots: 2048 },
    scenario: 'reference',
    applies: [...WALKING, 'json', 'csv', 'out'],
    examples: ['prove', 'prove surplus --trials 1e4 --slots 256'],
    run: (context) => proveBy(context, limits),
  };
}

async function proveBy(context: CommandContext, limits: Limits): Promise<number> {
  const { trials, horizons, seed, slots } = context.options;
  context.stage('sampling the law');
  const prepared = prepareProof(resolveScenario(context.scenario()), { trials, horizons, seed });
  const backend = await openAsked(context);
  let run: FinishedProof;
  const runs: RegimeRun[] = [];
  try {
    const meter = new Meter(context, backend, 'proving');
    const { partials, elapsedSeconds } = await walkParts(backend, prepared.job, {
      signal: context.signal,
      onProgress: (done, total) => {
        meter.report(done, total);
      },
    });
    if (partials.horizons[0].count === 0) throw nothingFinished();
    run = { ...prepared, ...(await outcomeOf(backend, partials, elapsedSeconds)) };
    offerClaims(context, run);
    for (const regime of regimes(prepared.walk, slots, prepared.scenario.battery.initialJoules)) {
      const result = await runRegime(context, backend, regime, limits);
      if (result !== undefined) runs.push(result);
    }
  } finally {
    await backend.release();
  }
  if (context.signal.aborted) context.remark(`stopped: ${run.partials.horizons[0].count} paths are reported`);
  context.stage('exact moments');
  const references = taskMoments(run.law, horizons);
  const proof = judgeProof(run.partials, run.walk, run.law.quantumJoules, references, runs);
  const document = proofDocument(run, proof);
  context.save('proof.json', `${JSON.stringify(document, null, 2)}\n`);
  context.show(document, horizonRows(document), () => proofText(run, proof));
  return proof.pass ? 0 : 1;
}

/** What a stop leaves: what was counted on the paths, without what is judged by exact moments. */
function offerClaims(context: CommandContext, run: FinishedProof): void {
  const { scenario, seed, partials } = run;
  const rows = splitProof(partials).violations;
  const { count } = rows[0];
  const violations = countViolations(rows[rows.length - 1]);
  context.offer(`stopped before the moments were judged: ${formatCount(count)} paths were walked`, () => ({
    document: { schemaVersion: 1, scenario, seed, trials: count, violations, partialsSha256: partialsSha256(partials) },
    text: `of ${formatCount(count)} paths broke: ${Object.entries(violations)
      .map(([name, paths]) => `${name} ${formatCount(paths)}`)
      .join(', ')}\n`,
  }));
}

/**
 * Simulates one regime on the lumped kernel and judges its limit; nothing if the run was stopped before a path was
 * finished.
 */
async function runRegime(
  context: CommandContext,
  backend: Backend,
  regime: Regime,
  limits: Limits,
): Promise<RegimeRun | undefined> {
  const { seed, slots, horizons } = context.options;
  const { walk, charge } = regime;
  const trials = Math.min(context.options.trials, REGIME_TRIALS);
  const law = sampleLaw(walk, { slots, initialJoules: charge });
  const { horizons: rows } = await backend.run(planJob(law, { trials, horizons, seed }), {
    signal: context.signal,
    onProgress: reportProgress(context, `Theorem 2, ${regime.name}`),
  });
  if (rows[0].count === 0 || context.signal.aborted) return undefined;
  context.stage(`Theorem 2, ${regime.name}: exact laws`);
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
    horizons: rows.map((partials, i) => ({
      partials,
      limitMean: limitMean(regime, partials.slots, limits),
      walkLimitMean: own(partials.slots),
      exactMean: exact[i].mean,
      reference: references[i],
    })),
    ladders: limitLadders(regime, slots, limits),
  };
}
