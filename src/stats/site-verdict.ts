/**
 * A site's run against what must hold: no violation on any path, and, where the site is a Markov chain, the exact laws
 * on the lattice, with one family-wise level for all tests. Theory's estimates of its own errors are allowed for,
 * doubled: an estimate may be off by as much again.
 */
import type { HorizonPartials, Partials } from '../engine/partials.js';
import { BIN_COUNT } from '../engine/partials.js';
import { splitSite } from '../engine/site-job.js';
import type { LumpedSiteRow } from '../engine/site-job.js';
import type { Estimate } from '../theory/chain/extrapolate.js';
import { typicalVolatility } from '../theory/chain/model.js';
import { neverFalling } from '../theory/chain/tabulated.js';
import { siteAllowance } from './site-allowance.js';
import type { SiteAllowance } from './site-allowance.js';
import { testShare } from './allowance.js';
import { binDeficits, momentsAbout, skewness } from './binned.js';
import type { BinnedDeficits } from './binned.js';
import { MOST_CELLS, equiprobableCells } from './cells.js';
import { FAMILY_ALPHA, decideTogether } from './family.js';
import type { Decision, FamilyVerdict } from './family.js';
import type { LawOnBins } from './law-on-bins.js';
import { RAREST, exactAt, isKnown } from '../theory/site-reference.js';
import type { BoundedCdf, ExactSite, ExactSiteHorizon, SiteReference } from '../theory/site-reference.js';
import { pathsAtTop, violationsOf } from './site-summary.js';
import type { SiteUnits, SiteViolation } from './site-summary.js';
import { sampleMoments } from './summary.js';
import { coarseness, testMean, shapeTests, testMoments } from './verdict.js';
import type { Test, VerdictName } from './verdict.js';

/** What a test is of. */
export type SiteQuantity = 'auxiliary' | 'waste' | 'deficitSlots' | 'level';

interface SiteTest extends Omit<Test, 'name'> {
  readonly quantity: SiteQuantity;
  readonly name: VerdictName | 'probabilityFull';
}

/** One test of one horizon; `statistic` as in Verdict. */
export interface SiteVerdict extends SiteTest, Decision {}

export interface SiteHorizonVerdicts {
  readonly slots: number;
  /** Violations that were seen, with their paths: none may be. */
  readonly violations: readonly { readonly name: SiteViolation; readonly paths: number }[];
  /** Empty where nothing exact is known. */
  readonly verdicts: readonly SiteVerdict[];
}

/** All tests of a site’s run, and whether they pass together. */
export interface SiteJudgement extends FamilyVerdict {
  /** No violation was seen and every verdict passed. */
  readonly pass: boolean;
  readonly horizons: readonly SiteHorizonVerdicts[];
}

/** How often theory's own error is allowed for. */
const CAUTION = 2;
/** Below this many paths with any, a sample says too little of the spread of waste or deficits. */
const FEW_PATHS = 100;

/** A chance that is rounding. */
const NEVER = 1e-12;

type Row = (name: LumpedSiteRow) => HorizonPartials;

/** Judges a run, horizons without a law by the rules of paths. Throws InputError where the reference has others. */
export function judgeSite(
  partials: Partials,
  units: SiteUnits,
  reference: SiteReference,
  familyAlpha = FAMILY_ALPHA,
): SiteJudgement {
  const rows = splitSite(partials);
  const slots = rows.auxiliary.map((horizon) => horizon.slots);
  const all = slots.map((own, h) => {
    const exact = reference.kind === 'exact' ? exactAt(reference, own) : undefined;
    if (reference.kind !== 'exact' || exact === undefined || !isKnown(exact)) return [];
    return testSite((name) => rows[name][h], units, reference, exact);
  });
  const { pass, tests, groups } = decideTogether(all, familyAlpha);
  const horizons = groups.map((verdicts, h) => ({
    slots: slots[h],
    violations: violationsSeen(rows.violations[h]),
    verdicts,
  }));
  return { pass: pass && horizons.every((h) => h.violations.length === 0), familyAlpha, tests, horizons };
}

/** Violations of a horizon, without those that no path has. */
function violationsSeen(row: HorizonPartials): { name: SiteViolation; paths: number }[] {
  return Object.entries(violationsOf(row))
    .filter(([, paths]) => paths > 0)
    .map(([name, paths]) => ({ name: name as SiteViolation, paths }));
}

function testSite(row: Row, units: SiteUnits, { chain }: ExactSite, exact: ExactSiteHorizon): SiteTest[] {
  const { quantumJoules: quantum } = units;
  const { deficitSlots, probabilityZero } = exact;
  // What a path has of it if it has any, where few do.
  const deficits = Math.min(exact.slots, Math.max(1, deficitSlots.value / Math.max(1e-300, 1 - probabilityZero.value)));
  const allowance = siteAllowance(exact, units);
  const named =
    (quantity: SiteQuantity) =>
    (test: Omit<SiteTest, 'quantity'>): SiteTest => ({ quantity, ...test });
  return [
    ...testAuxiliary(row('auxiliary'), quantum, exact, allowance.auxiliary).map(named('auxiliary')),
    named('waste')(
      testMeanOfUnknownLaw(row('waste'), quantum, exact.waste, allowance.waste.mean, typicalVolatility(chain.laws)),
    ),
    named('deficitSlots')(
      testMeanOfUnknownLaw(row('deficitSlots'), 1, deficitSlots, allowance.deficitSlots.mean, deficits),
    ),
    ...testLevel(row('level'), units, exact, allowance.level).map(named('level')),
  ];
}

function testAuxiliary(
  horizon: HorizonPartials,
  quantum: number,
  exact: ExactSiteHorizon,
  off: SiteAllowance['auxiliary'],
): Test[] {
  const { auxiliary, auxiliaryDeviation, probabilityZero, auxiliaryLaw } = exact;
  const binned = binDeficits(horizon, quantum);
  const isSeen = 1 - probabilityZero.value > RAREST;
  const law = auxiliaryLaw === undefined || !isSeen ? undefined : boundedOnBins(auxiliaryLaw, binned);
  // What no path has, but for rounding, has no moments.
  const never = 1 - probabilityZero.value < NEVER;
  const moments = {
    slots: exact.slots,
    mean: never ? 0 : auxiliary.value,
    standardDeviation: never ? 0 : auxiliaryDeviation.value,
    probabilityZero: probabilityZero.value,
    error: {
      mean: allowed(auxiliary, off.mean),
      standardDeviation: allowed(auxiliaryDeviation, off.standardDeviation),
    },
  };
  return [
    ...testMoments(horizon, quantum, moments, binned, law?.onBins),
    {
      name: 'probabilityZero',
      ...shareTest(horizon.zeros, horizon.count, probabilityZero.value, allowed(probabilityZero, off.probabilityZero)),
    },
    ...(law === undefined ? [] : testShape(binned, law, off.cdf)),
  ];
}

function testLevel(
  horizon: HorizonPartials,
  { capacityQuanta, levelJoules: quantum }: SiteUnits,
  { level }: ExactSiteHorizon,
  off: SiteAllowance['level'],
): Omit<SiteTest, 'quantity'>[] {
  const binned = binDeficits(horizon, quantum);
  const law = boundedOnBins(level, binned);
  const { count } = horizon;
  const { mean } = sampleMoments(horizon, quantum);
  const m = momentsAbout(level.mean.value, law.onBins.cdf[0], law.onBins.probabilities, binned);
  const skewed = skewness(m) / Math.sqrt(count);
  const tests: Omit<SiteTest, 'quantity'>[] = [
    testMean(mean - level.mean.value, allowed(level.mean, off.mean), m.second / count, skewed),
    {
      name: 'probabilityZero',
      ...shareTest(
        horizon.zeros,
        count,
        level.probabilityEmpty.value,
        allowed(level.probabilityEmpty, off.probabilityZero),
      ),
    },
  ];
  if (capacityQuanta !== Infinity) {
    const { bin, paths } = pathsAtTop(horizon, capacityQuanta);
    // The bin up to the capacity has the levels just below it too.
    tests.push({
      name: 'probabilityFull',
      ...shareTest(paths, count, law.onBins.survival[bin], CAUTION * law.errors[bin] + off.cdf),
    });
  }
  return [...tests, ...testShape(binned, law, off.cdf)];
}

/** A share, and whether what is allowed for is no longer small beside chance. */
function shareTest(paths: number, count: number, probability: number, error: number): Omit<Test, 'name'> {
  const chance = Math.max(Math.sqrt(Math.max(0, probability * (1 - probability)) / count), 1 / count);
  // Where not one path may show it there is nothing to see.
  const isSeen = (Math.min(probability, 1 - probability) + error) * count >= 1;
  return { ...testShare(paths, count, probability, error), ...(isSeen ? coarseness(error, chance) : {}) };
}

function allowed({ error }: Estimate, sampled: number): number {
  return CAUTION * error + sampled;
}

/**
 * A mean of whose law nothing else is known: the sample's own spread stands in the test. Where few paths have any, that
 * of a compound Poisson law of exponential sizes, of the mean seen or the `typical` one, stands in its place if it is
 * larger.
 */
function testMeanOfUnknownLaw(
  horizon: HorizonPartials,
  unit: number,
  exact: Estimate,
  rounding: number,
  typical: number,
): Omit<SiteTest, 'quantity'> {
  const { count, zeros } = horizon;
  const { mean, variance } = sampleMoments(horizon, unit);
  const binned = binDeficits(horizon, unit);
  const own = momentsAbout(mean, binned.zeros, binned.counts, binned);
  const positive = count - zeros;
  let spread = Number.isNaN(variance) ? 0 : variance;
  let skewed = skewness(own) / Math.sqrt(count);
  // A sum of rare terms has a spread in proportion to its mean, which the sample may have seen too small.
  if (2 * zeros > count && mean > 0) spread *= Math.max(1, exact.value / mean);
  if (positive < FEW_PATHS) {
    const size = Math.max(typical, positive > 0 ? (mean * count) / positive : 0);
    const terms = Math.max((exact.value * count) / size, 1e-12);
    spread = Math.max(spread, 2 * exact.value * size);
    skewed = Math.max(skewed, 3 / Math.sqrt(2 * terms));
  }
  const off = allowed(exact, rounding);
  const { coarse, ...test } = testMean(mean - exact.value, off, spread / count, skewed);
  const isSeen = (Math.abs(exact.value) + off) * count >= typical;
  return coarse !== undefined && isSeen ? { ...test, coarse } : test;
}

/** A law at a histogram's edges, with the error allowed at each. */
export interface BoundedOnBins {
  readonly onBins: LawOnBins;
  readonly errors: Float64Array;
}

export function boundedOnBins(law: BoundedCdf, { edges }: Pick<BinnedDeficits, 'edges'>): BoundedOnBins {
  const raw = new Float64Array(BIN_COUNT);
  const survival = new Float64Array(BIN_COUNT);
  const probabilities = new Float64Array(BIN_COUNT);
  const errors = new Float64Array(BIN_COUNT);
  for (let i = 0; i < BIN_COUNT; i++) {
    raw[i] = law.cdf(edges[i]);
    errors[i] = law.cdfErrorAt(edges[i]);
  }
  const cdf = neverFalling(raw, errors);
  for (let i = 0; i < BIN_COUNT; i++) {
    survival[i] = 1 - cdf[i];
    if (i > 0) probabilities[i - 1] = cdf[i] - cdf[i - 1];
  }
  probabilities[BIN_COUNT - 1] = survival[BIN_COUNT - 1];
  return { onBins: { cdf, survival, probabilities, evaluations: BIN_COUNT }, errors };
}

/** Part of 1/√n that theory may be off at an edge between cells. */
const SMALL = 0.01;

const FEWEST_CELLS = 8;

/** The tests of the distribution, on cells that end where the law is known well, so not next to atoms. */
function testShape(binned: BinnedDeficits, { onBins, errors }: BoundedOnBins, sampled: number): Test[] {
  const inside = errors.filter((_, i) => onBins.cdf[i] > 0 && onBins.survival[i] > 0).sort();
  const typical = inside.length === 0 ? 0 : inside[inside.length >> 1];
  const most = Math.max(SMALL / Math.sqrt(binned.trials), typical);
  const error = CAUTION * errors.reduce((a, b) => (b <= most ? Math.max(a, b) : a), 0) + sampled;
  // So few cells that what is allowed in each is at most half its standard deviation, √(n/cells).
  const wanted = Math.min(MOST_CELLS, Math.max(FEWEST_CELLS, 1 / (16 * binned.trials * error * error)));
  const cells = equiprobableCells(binned, onBins, wanted, (edge) => errors[edge] <= most);
  return shapeTests(cells, error);
}
