/**
 * A law of the deficit read at the edges of a histogram: the one place where a DeficitLaw is evaluated for comparison
 * with counts. An exact law may take a millisecond a value, so that the 4096 edges are not all asked for: the logarithm
 * of the survival function is evaluated where it bends and interpolated between, to an error far below what the trials
 * can see.
 */
import { BIN_COUNT } from '../engine/partials.js';
import { throughPoints } from '../numeric/lagrange.js';
import type { DeficitLaw } from '../theory/deficit-law.js';
import type { BinnedDeficits } from './binned.js';

export interface LawOnBins {
  /** P(D < edges[i]), i = 0 … BIN_COUNT − 1; [0] is the atom at D = 0 with what lies below ½q. */
  readonly cdf: Float64Array;
  /** P(D ≥ edges[i]). */
  readonly survival: Float64Array;
  /** Probability of each bin; the last has all that lies above its start. */
  readonly probabilities: Float64Array;
  /** How often the law was evaluated. */
  readonly evaluations: number;
}

const FIRST_KNOTS = 64;
const PROBES = 32;
/** Below this survival only its absolute error counts. */
const TAIL = 1e-12;
/**
 * Relative error allowed at a middle in the tail, which feeds the higher moments only; elsewhere it stays below 1e-3.
 */
const TAIL_ERROR = 3e-4;
const LOWEST_LOG = -700;

/** The last reading of each law: verdicts, distances and curves of one run ask for the same bins. */
const readings = new WeakMap<DeficitLaw, { readonly key: string; readonly onBins: LawOnBins }>();

/**
 * Evaluates a law at a histogram's edges. Edges lie half a quantum between lattice points, so a law on the lattice and
 * a continuous one are both met where P(D < edge) = P(D ≤ edge). Values are clipped to [0, 1] and made monotone (the
 * corrected rung need not be).
 *
 * Interpolation: cubic through the four nearest knots, halved until it foretells the middle to `tolerance`, three
 * hundredths of the standard error 0.1/√n that the trials leave at best, at most 1e-6. 32 probes where the mass lies
 * then check it; where one is off (a law with steps of its own), every edge is evaluated.
 */
export function lawOnBins(law: DeficitLaw, binned: Pick<BinnedDeficits, 'edges' | 'trials'>): LawOnBins {
  const { edges, trials } = binned;
  const key = [trials, edges[0], edges[1], edges[2]].join();
  const known = readings.get(law);
  if (known?.key === key) return known.onBins;
  const onBins = readLaw(law, binned);
  readings.set(law, { key, onBins });
  return onBins;
}

function readLaw(law: DeficitLaw, binned: Pick<BinnedDeficits, 'edges' | 'trials'>): LawOnBins {
  const { edges } = binned;
  const tolerance = Math.min(1e-6, Math.max(1e-10, 0.003 / Math.sqrt(binned.trials)));
  const last = BIN_COUNT - 1;
  const logs = new Float64Array(BIN_COUNT).fill(NaN);
  let evaluations = 0;
  const evaluate = (i: number): number => {
    if (Number.isNaN(logs[i])) {
      evaluations++;
      logs[i] = Math.max(LOWEST_LOG, Math.log(clip(law.survival(edges[i]))));
    }
    return logs[i];
  };
  const missed = (i: number, predicted: number, allowed: number): boolean => {
    const seen = Math.exp(evaluate(i));
    const error = Math.abs(Math.exp(predicted) - seen);
    return !(error <= allowed && (error <= TAIL_ERROR * seen || seen < TAIL));
  };

  if (law.survivalGrid !== undefined) {
    const values = law.survivalGrid(edges[1], edges[2] - edges[1], last);
    for (let i = 1; i <= last; i++) logs[i] = Math.max(LOWEST_LOG, Math.log(clip(values[i - 1])));
    evaluate(0);
    return finish(logs, last + 1);
  }
  // The first edge stands apart: it ends the atom, and the first bin may be as wide as all that lies below the layout.
  evaluate(0);
  let knots = Array.from({ length: FIRST_KNOTS + 1 }, (_, k) => 1 + Math.round((k * (last - 1)) / FIRST_KNOTS));
  knots.forEach(evaluate);
  let open = new Set(knots.slice(0, -1)); // starts of the intervals that are not yet known well enough
  while (open.size > 0) {
    const next = new Set<number>();
    const middles: number[] = [];
    knots.slice(0, -1).forEach((start, k) => {
      const end = knots[k + 1];
      if (!open.has(start) || end - start < 2) return;
      const middle = (start + end) >> 1;
      const isMissed = missed(middle, cubic(edges, logs, knots, k, middle), tolerance);
      // Where a law ends no cubic goes: every edge beside its end is evaluated.
      if (isMissed || atEnd(logs, knots, k)) next.add(start).add(middle);
      middles.push(middle);
    });
    knots = [...knots, ...middles].sort((a, b) => a - b);
    open = next;
  }

  const filled = interpolate(edges, logs, knots);
  if (probes(filled).some((i) => missed(i, filled[i], 4 * tolerance))) {
    for (let i = 1; i <= last; i++) filled[i] = evaluate(i);
  }
  return finish(filled, evaluations);
}

/**
 * Pairs of neighbouring edges spread over the law by probability, so that a step of any period shows wherever the law
 * has its mass.
 */
function probes(logs: Float64Array): number[] {
  const found: number[] = [];
  for (let k = 0; k < PROBES / 2; k++) {
    const aim = Math.log((((k + 0.5) * 2) / PROBES) * Math.exp(logs[0]));
    const at = Math.min(
      Math.max(
        1,
        logs.findIndex((log) => log <= aim),
      ),
      BIN_COUNT - 2,
    );
    found.push(at, at + 1);
  }
  return found;
}

/** The first of the four knots that a cubic behind knot k goes through: k − 1 where it can be. */
function firstKnot(knots: readonly number[], k: number): number {
  return Math.min(Math.max(k - 1, 0), knots.length - 4);
}

/** Whether a law is 0 at some of the knots of that cubic, but not at all of them. */
function atEnd(logs: Float64Array, knots: readonly number[], k: number): boolean {
  const from = firstKnot(knots, k);
  return logs[knots[from]] > LOWEST_LOG && logs[knots[from + 3]] <= LOWEST_LOG;
}

/** Values of that cubic at edge i. */
function cubic(x: Float64Array, y: Float64Array, knots: readonly number[], k: number, i: number): number {
  const from = firstKnot(knots, k);
  const near = knots.slice(from, from + 4);
  const at = (table: Float64Array): number[] => near.map((knot) => table[knot]);
  return throughPoints(at(x), at(y), x[i]);
}

function interpolate(edges: Float64Array, logs: Float64Array, knots: readonly number[]): Float64Array {
  const filled = Float64Array.from(logs);
  for (let k = 0; k + 1 < knots.length; k++) {
    for (let i = knots[k] + 1; i < knots[k + 1]; i++) {
      if (Number.isNaN(filled[i])) filled[i] = cubic(edges, logs, knots, k, i);
    }
  }
  return filled;
}

function finish(logs: Float64Array, evaluations: number): LawOnBins {
  const cdf = new Float64Array(BIN_COUNT);
  const survival = new Float64Array(BIN_COUNT);
  const probabilities = new Float64Array(BIN_COUNT);
  let log = 0;
  for (let i = 0; i < BIN_COUNT; i++) {
    log = Math.min(log, logs[i]);
    survival[i] = log <= LOWEST_LOG ? 0 : Math.exp(log);
    cdf[i] = -Math.expm1(log);
    // A difference of whichever of the two is smaller.
    if (i > 0) probabilities[i - 1] = cdf[i] <= 0.5 ? cdf[i] - cdf[i - 1] : survival[i - 1] - survival[i];
  }
  probabilities[BIN_COUNT - 1] = survival[BIN_COUNT - 1];
  return { cdf, survival, probabilities, evaluations };
}

function clip(p: number): number {
  return Math.min(Math.max(p, 0), 1);
}
