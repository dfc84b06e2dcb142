/**
 * Curves of figure 4 and what figure4.json should say of each: from paths that are walked again, the paper's formulas,
 * Spitzer's identity and the fits of test/stats/own-paper-fit.ts. Where our detector has a curve bend is found by the
 * product's own search, asked here of the same means.
 */
import { expect } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import type { LongGrid } from '../../src/report/figures/routing-error.js';
import type { PaperDetection } from '../../src/stats/paper-regimes.js';
import { detectTransition } from '../../src/stats/regimes.js';
import type { RegimeDetection } from '../../src/stats/regimes.js';
import { asked } from './exemptions.js';
import { SEED } from './figures.js';
import { SERVED } from './fleets.js';
import { covarianceOf } from './own-differences.js';
import { ownCost } from './own-fleet.js';
import { criticalMeanOf, demandOf, driftOf, ownMoments, sigmaOf } from './own-moments.js';
import type { OwnLaw, OwnMoments } from './own-moments.js';
import { pathDeficitsAt } from './own-paths.js';
import { Z95 } from './own-statistics.js';
import { crossoverOf, ownDetection, ownLongGrid } from './own-transitions.js';

export const TRIALS = 2000;
export const RATES = [0, 0.01, 0.02, 0.05, 0.1];
/** Two an octave: the figure's own up to 256 slots, and where a longer grid begins. */
export const HALF_OCTAVES = Array.from({ length: 9 }, (_, i) => Math.round(16 * 2 ** (i / 2)));
/** Without hard tasks, which are rare and make no bend that few paths show. */
export const SCENARIO = { ...SERVED, name: 'misrouted', tasks: SERVED.tasks.slice(0, 2) };

/** Energies of the tasks where each errs with a probability: each has two models that serve it in time. */
function energiesAt(errorRate: number): OwnLaw['energies'] {
  const { hardware, models, scaling } = SCENARIO.fleet;
  const weights = SCENARIO.tasks.reduce((sum, { weight }) => sum + weight, 0);
  return SCENARIO.tasks.flatMap((task) => {
    const costs = models.map((model) => ownCost(task, model, hardware, scaling.steepness));
    expect(costs.every(({ latencySeconds }) => latencySeconds <= task.deadlineSeconds)).toBe(true);
    const [least, other] = costs.map(({ energyJoules }) => energyJoules).sort((a, b) => a - b);
    const probability = task.weight / weights;
    return [[least, probability * (1 - errorRate)] as const, [other, probability * errorRate] as const];
  });
}

/** The harvest is critical, and as variable as the demand, where no task errs. */
function lawAt(errorRate: number, harvestMean?: number): OwnLaw {
  const rate = SCENARIO.arrivals.ratePerSlot;
  const right = { rate, energies: energiesAt(0) };
  const energies = energiesAt(errorRate);
  return { rate, energies, harvestMean: harvestMean ?? demandOf(right, 1), harvestVariance: demandOf(right, 2) };
}

export interface OwnCurve {
  readonly errorRate: number;
  readonly law: OwnLaw;
  readonly exact: readonly OwnMoments[];
  readonly mean: readonly number[];
  readonly interval: readonly (readonly [number, number])[];
  readonly regime: RegimeDetection;
  /** Of the means of paths, and of the exact ones. */
  readonly paper: PaperDetection;
  readonly paperExact: PaperDetection;
  /** Nothing bends a curve without drift. */
  readonly longGrid: LongGrid | undefined;
  /** Deficits at the last horizon, joules. */
  readonly last: readonly number[];
  /** What figure4.json says of the curve. */
  readonly written: object;
}

const meansOf = (moments: readonly OwnMoments[]): number[] => moments.map((m) => m.mean);

export async function curveAt(errorRate: number, horizons: readonly number[]): Promise<OwnCurve> {
  const law = lawAt(errorRate);
  const scenario = parseScenario({ ...SCENARIO, routing: { errorRate } });
  const { quantumJoules, deficits } = await pathDeficitsAt(scenario, horizons, TRIALS);
  const joules = deficits.map((row) => row.map((quanta) => quanta * quantumJoules));
  const mean = joules.map((row) => row.reduce((a, b) => a + b, 0) / TRIALS);
  const variance = joules.map((row) => covarianceOf(row, row));
  const covariance = Float64Array.from(joules.flatMap((a) => joules.map((b) => covarianceOf(a, b) / TRIALS)));
  // Were its harvest critical too, how far its mean would be from that of a diffusion.
  const critical = lawAt(errorRate, demandOf(law, 1));
  const offset = ownMoments(critical, horizons).map((m, i) => m.mean - criticalMeanOf(critical, horizons[i]));
  const exact = ownMoments(law, horizons);
  const interval = mean.map((m, i): readonly [number, number] => {
    const half = Z95 * Math.sqrt(variance[i] / TRIALS);
    return [Math.max(0, m - half), m + half];
  });
  const regime = asked(
    'transitions',
    detectTransition({ slots: horizons, means: mean, covariance, offset }, { seed: `${SEED}/figure 4/${errorRate}` }),
  );
  const paper = ownDetection(horizons, mean);
  const exactMeans = meansOf(exact);
  const paperExact = ownDetection(horizons, exactMeans);
  const longGrid = errorRate === 0 ? undefined : ownLongGrid(law, meansOf(ownMoments(law, HALF_OCTAVES)));
  const written = {
    errorRate,
    driftJoulesPerSlot: driftOf(law),
    volatilityJoules: sigmaOf(law),
    crossoverSlots: errorRate === 0 ? null : crossoverOf(law),
    points: horizons.map((slots, i) => ({
      ...{ slots, seconds: slots * scenario.slotSeconds, trials: TRIALS },
      ...{ meanDeficit: mean[i], lower: interval[i][0], upper: interval[i][1] },
      standardDeviation: Math.sqrt(variance[i]),
      ...{ exactMean: exactMeans[i], exactStandardDeviation: exact[i].standardDeviation },
    })),
    ...{ regime, paperRegime: paper, paperRegimeExact: paperExact },
    longGrid,
  };
  return {
    errorRate,
    law,
    exact,
    mean,
    interval,
    regime,
    paper,
    paperExact,
    longGrid,
    last: joules[horizons.length - 1],
    written,
  };
}

/** What a curve and the first one have in common at the last horizon. */
export function commonOf(first: OwnCurve, other: OwnCurve) {
  const [a, b] = [first.last, other.last];
  const [varianceA, varianceB, both] = [covarianceOf(a, a), covarianceOf(b, b), covarianceOf(a, b)];
  return {
    correlation: both / Math.sqrt(varianceA * varianceB),
    varianceReduction: (varianceA + varianceB) / (varianceA + varianceB - 2 * both),
    paths: TRIALS,
    errorRate: other.errorRate,
  };
}
