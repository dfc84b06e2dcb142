/**
 * What the charts of a report show, as plain data: the simulated law of D_T and the three rungs at some two hundred
 * deficits, with the bands that sampling noise allows, and how far the Brownian and the corrected law are from the
 * exact one. No drawing, no text.
 */
import { BIN_COUNT } from '../engine/partials.js';
import type { HorizonPartials } from '../engine/partials.js';
import { binDeficits } from '../stats/binned.js';
import type { BinnedDeficits } from '../stats/binned.js';
import { clopperPearson } from '../stats/binomial.js';
import { dkwCritical, trialsToTellApart } from '../stats/distance.js';
import { lawOnBins } from '../stats/law-on-bins.js';
import type { LawOnBins } from '../stats/law-on-bins.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import type { CurveName } from './charts/theme.js';

type ByCurve<T> = Readonly<Record<CurveName, T>>;

/** sup |F − F_exact| over the edges of the histogram. */
export interface SupError {
  readonly everywhere: number;
  /** The same beyond 10σ, past the layer near D = 0 where no diffusion holds; NaN where nothing lies there. */
  readonly beyondLayer: number;
  /** Trials from which a Kolmogorov–Smirnov test at 5 % mostly tells the law from the exact one. */
  readonly trialsToReject: number;
}

/** One horizon's curves. All arrays have one entry a deficit. */
export interface HorizonCurves {
  readonly slots: number;
  readonly trials: number;
  /** Joules, ascending; the first is 0: the values there are those of the atom P(D = 0). */
  readonly deficits: readonly number[];
  /** P(D ≤ d). */
  readonly cdf: ByCurve<readonly number[]>;
  /** P(D > d). */
  readonly survival: ByCurve<readonly number[]>;
  /** Clopper–Pearson interval of the simulated P(D > d) at `confidence`, each deficit for itself. */
  readonly survivalInterval: { readonly lower: readonly number[]; readonly upper: readonly number[] };
  /**
   * Half-width of the simultaneous (Dvoretzky–Kiefer–Wolfowitz–Massart) band about the simulated CDF at `confidence`.
   */
  readonly band: number;
  readonly confidence: number;
  /** From the first to the last deficit between which nearly all the probability lies, joules. */
  readonly bulk: readonly [number, number];
  readonly supError: { readonly brownian: SupError; readonly corrected: SupError };
  /** Simulated CDF less the exact CDF of the walk that was sampled, which is what the engine is to meet. */
  readonly residual: readonly number[];
  /** sup |residual| over all edges. */
  readonly residualSup: number;
}

/** Of bands and intervals in charts. */
const CONFIDENCE = 0.95;
/** Points in the bulk and beyond it. */
const BULK_POINTS = 150;
const TAIL_POINTS = 60;
/** Probability left out of the bulk on either side. */
const BEYOND_BULK = 1e-3;
/** Deficits below this many σ are the layer near 0 where the corrected law does not hold (docs/model.md section 5). */
const LAYER = 10;

/**
 * Curves of one horizon. Throws InputError where no path was counted.
 * @param volatility σ, joules
 * @param sampled the exact law of the walk that was sampled; left out, the scenario's own stands in for it: they differ
 *   by less than all but the largest runs can see
 */
export function horizonCurves(
  horizon: HorizonPartials,
  quantumJoules: number,
  theory: Readonly<Record<'exact' | 'corrected' | 'brownian', DeficitLaw>>,
  volatility: number,
  sampled?: DeficitLaw,
): HorizonCurves {
  const binned = binDeficits(horizon, quantumJoules);
  const laws = {
    exact: lawOnBins(theory.exact, binned),
    corrected: lawOnBins(theory.corrected, binned),
    brownian: lawOnBins(theory.brownian, binned),
  };
  const target = sampled === undefined ? laws.exact : lawOnBins(sampled, binned);
  return curvesOnBins(horizon.slots, binned, laws, volatility, target);
}

/**
 * The same from laws that were read at the bins' edges before: cheap, so that curves can be shown while a run goes on.
 */
export function curvesOnBins(
  slots: number,
  binned: BinnedDeficits,
  laws: Readonly<Record<'exact' | 'corrected' | 'brownian', LawOnBins>>,
  volatility: number,
  target: LawOnBins = laws.exact,
): HorizonCurves {
  const below = (i: number): number => pathsBelow(binned, i);
  const n = binned.trials;
  const residual = (i: number): number => below(i) / n - target.cdf[i];
  const farthest = [
    residual,
    ...[laws.brownian, laws.corrected].map((law) => (i: number) => law.cdf[i] - laws.exact.cdf[i]),
  ].map(farthestEdge);
  // Where curves are farthest apart they must be shown.
  const { pick, ...shared } = chosenPoints(slots, binned, laws.exact, farthest);
  const curve = (name: keyof typeof laws, of: 'cdf' | 'survival') => pick((i) => laws[name][of][i]);
  const by = (of: 'cdf' | 'survival') => ({
    ...{ exact: curve('exact', of), corrected: curve('corrected', of), brownian: curve('brownian', of) },
  });
  return {
    ...shared,
    cdf: { simulated: pick((i) => below(i) / n), ...by('cdf') },
    survival: { simulated: pick((i) => (n - below(i)) / n), ...by('survival') },
    band: dkwCritical(n, 1 - CONFIDENCE),
    supError: {
      brownian: supError(binned, laws.brownian, laws.exact, LAYER * volatility),
      corrected: supError(binned, laws.corrected, laws.exact, LAYER * volatility),
    },
    residual: pick(residual),
    residualSup: Math.abs(residual(farthest[0])),
  };
}

/** What every chart of a law needs of the edges that it shows, and how to read a value at each of them. */
export function chosenPoints(
  slots: number,
  binned: BinnedDeficits,
  exact: Pick<LawOnBins, 'cdf' | 'survival'>,
  also: readonly number[] = [],
) {
  const n = binned.trials;
  const below = (i: number): number => pathsBelow(binned, i);
  const { indices, start, end } = chooseEdges(binned, exact, below, also);
  const pick = (of: (i: number) => number): number[] => indices.map(of);
  const intervals = indices.map((i) => clopperPearson(n - below(i), n, CONFIDENCE));
  return {
    pick,
    slots,
    trials: n,
    deficits: pick((i) => edgePosition(binned, i)),
    survivalInterval: { lower: intervals.map((x) => x.lower), upper: intervals.map((x) => x.upper) },
    confidence: CONFIDENCE,
    bulk: [edgePosition(binned, start), edgePosition(binned, end)] as const,
  };
}

/** Paths below an edge. */
export function pathsBelow({ zeros, cumulative }: BinnedDeficits, i: number): number {
  return i === 0 ? zeros : cumulative[i - 1];
}

/** The deficit of an edge. The first edge, half a quantum, ends the atom: it stands for 0. */
function edgePosition(binned: BinnedDeficits, i: number): number {
  return i === 0 ? 0 : binned.edges[i];
}

/**
 * Edges at which curves are given: even through the bulk, fewer in the tail, to where neither run nor law shows
 * anything more.
 */
function chooseEdges(
  binned: BinnedDeficits,
  exact: Pick<LawOnBins, 'cdf' | 'survival'>,
  below: (i: number) => number,
  also: readonly number[],
): { indices: number[]; start: number; end: number } {
  const n = binned.trials;
  const distinct: number[] = [];
  for (let i = 0; i < BIN_COUNT; i++) if (i === 0 || binned.edges[i] > binned.edges[i - 1]) distinct.push(i);
  const first = (holds: (i: number) => boolean, otherwise: number): number => {
    const found = distinct.findIndex(holds);
    return found < 0 ? otherwise : found;
  };
  const last = distinct.length - 1;
  const beyond = (i: number, p: number): boolean => (n - below(i)) / n < p && exact.survival[i] < p;
  const tailEnd = first((i) => n === below(i) && exact.survival[i] < 0.3 / n, last);
  // Rare deficits may have no bulk above 0: then all of them are it.
  const bulkEnd = first((i) => beyond(i, BEYOND_BULK), tailEnd) || tailEnd;
  const reached = first((i) => below(i) / n > BEYOND_BULK || exact.cdf[i] > BEYOND_BULK, 0);
  const bulkStart = Math.max(0, reached - 1);
  const chosen = new Set([0, bulkStart, bulkEnd, tailEnd]);
  for (let k = 0; k <= BULK_POINTS; k++) chosen.add(bulkStart + Math.round(((bulkEnd - bulkStart) * k) / BULK_POINTS));
  for (let k = 0; k <= TAIL_POINTS; k++) chosen.add(bulkEnd + Math.round(((tailEnd - bulkEnd) * k) / TAIL_POINTS));
  return {
    indices: [...new Set([...[...chosen].map((k) => distinct[k]), ...also])].sort((a, b) => a - b),
    start: distinct[bulkStart],
    end: distinct[Math.max(bulkEnd, Math.min(1, last))],
  };
}

/** The edge at which a difference is largest in size. */
function farthestEdge(difference: (i: number) => number): number {
  let edge = 0;
  for (let i = 1; i < BIN_COUNT; i++) if (Math.abs(difference(i)) > Math.abs(difference(edge))) edge = i;
  return edge;
}

function supError(binned: BinnedDeficits, law: LawOnBins, exact: LawOnBins, layer: number): SupError {
  let everywhere = 0;
  let beyondLayer = NaN;
  for (let i = 0; i < BIN_COUNT; i++) {
    const gap = Math.abs(law.cdf[i] - exact.cdf[i]);
    everywhere = Math.max(everywhere, gap);
    if (binned.edges[i] >= layer) beyondLayer = Number.isNaN(beyondLayer) ? gap : Math.max(beyondLayer, gap);
  }
  return { everywhere, beyondLayer, trialsToReject: trialsToTellApart(everywhere) };
}
