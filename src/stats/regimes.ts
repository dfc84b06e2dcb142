/**
 * Regime detection (docs/model.md section 8): does the mean deficit grow as √T throughout, or does it bend into a
 * straight line, and where? Two models of the means at several horizons are held against each other by BIC:
 *
 *     root    E[D_t] = c√t + offset(t)
 *     broken  E[D_t] = c√min(t, τ) + b max(0, t − τ) + offset(t)
 *             (continuous at τ: the deficit's mean does not jump)
 *
 * Fits are generalised least squares with the covariance of the means, for all horizons come from the same paths.
 * `offset` is what theory knows of the discrete walk beside its diffusion (−K and what follows it for a critical walk):
 * without it √t does not fit at zero error. It says nothing about drift: it is not fitted, and it is the same in both
 * models.
 *
 * What is found is the breakpoint of that two-piece curve. The true curve bends smoothly about (σ/μ)², so the
 * breakpoint is of that order and no estimate of it; the narrower the intervals, the more the early horizons decide.
 * Its interval is of the noise of the means alone: conditional on the grid of horizons and on the last of them, with
 * which the breakpoint itself moves.
 *
 * This detector is ours. The paper's own, which knows no covariance, is in paper-regimes.ts.
 */
import seedrandom from 'seedrandom';
import { seedDigest } from '../engine/stream-key.js';
import { InputError } from '../errors.js';
import type { Interval } from './binomial.js';
import { choleskyFactor, whiten } from '../numeric/cholesky.js';
import { LEAST_POINTS } from './paper-regimes.js';

/** Mean deficits of one run. Joules. */
export interface MeanCurve {
  /** T, ascending. */
  readonly slots: readonly number[];
  readonly means: readonly number[];
  /** Of the means, joules², row-major: mean-covariance.ts. */
  readonly covariance: Float64Array;
  /** Known part of the mean beside the two models; 0 where left out. */
  readonly offset?: readonly number[];
}

export interface RegimeOptions {
  /**
   * Times log n a parameter (BIC has 1); 2 unless said: the breakpoint is searched for, which BIC's own penalty makes
   * too easy.
   */
  readonly penaltyWeight?: number;
  /** Bootstrap replicates. */
  readonly replicates?: number;
  readonly confidence?: number;
  /** Of the bootstrap, whose random numbers are not those of the paths of this seed. */
  readonly seed?: string;
}

/** Where √T ends. */
export interface Transition {
  /** τ. */
  readonly slots: number;
  /** Bootstrap percentile interval of τ, at these horizons: others have another. */
  readonly interval: Interval;
  /** The interval's upper end is the last candidate: it has none. */
  readonly isOpenAbove: boolean;
  /** c, joules per √slot, and b, joules a slot. */
  readonly rootCoefficient: number;
  readonly slope: number;
  /** The break is the last that the horizons allow: read it as `slots` or later. */
  readonly atLastCandidate: boolean;
}

export interface RegimeDetection {
  /** c of the root model. */
  readonly rootCoefficient: number;
  /** χ² + weight · parameters · log(points): 1 parameter and 3. */
  readonly rootBic: number;
  readonly brokenBic: number;
  readonly penaltyWeight: number;
  readonly confidence: number;
  /** Share of bootstrap replicates in which a break would be accepted. */
  readonly acceptedShare: number;
  /** Undefined where the root model has the lower BIC. */
  readonly transition: Transition | undefined;
}

/** Candidates for τ in an octave of slots. */
const PER_OCTAVE = 24;

/** Holds the two models against each other. @throws {InputError} for fewer than six horizons, or no covariance. */
export function detectTransition(curve: MeanCurve, options: RegimeOptions = {}): RegimeDetection {
  const { penaltyWeight = 2, replicates = 400, confidence = 0.95, seed = '1' } = options;
  const { slots, means, covariance, offset } = curve;
  const n = slots.length;
  if (n < 2 * LEAST_POINTS || means.length !== n || covariance.length !== n * n) {
    throw new InputError(
      `horizons: got ${n} with ${means.length} means and ${covariance.length} covariances, expected at least ${2 * LEAST_POINTS} of each and their square`,
      'horizons',
    );
  }
  const factor = choleskyFactor(covariance, n);
  const root = whiten(
    factor,
    slots.map((t) => Math.sqrt(t)),
  );
  const candidates = breakpoints(slots).map((tau) => ({
    tau,
    before: whiten(
      factor,
      slots.map((t) => Math.sqrt(Math.min(t, tau))),
    ),
    after: whiten(
      factor,
      slots.map((t) => Math.max(0, t - tau)),
    ),
  }));
  const price = penaltyWeight * Math.log(n);
  const fit = (y: Float64Array) => {
    const rootCoefficient = dot(root, y) / dot(root, root);
    const total = dot(y, y);
    const rootBic = total - rootCoefficient * dot(root, y) + price;
    let best = { tau: NaN, c: NaN, b: NaN, explained: -Infinity };
    for (const { tau, before, after } of candidates) {
      const [aa, ab, bb] = [dot(before, before), dot(before, after), dot(after, after)];
      const [ay, by] = [dot(before, y), dot(after, y)];
      const determinant = aa * bb - ab * ab;
      const c = (ay * bb - by * ab) / determinant;
      const b = (by * aa - ay * ab) / determinant;
      const explained = c * ay + b * by;
      if (explained > best.explained) best = { tau, c, b, explained };
    }
    return { rootCoefficient, rootBic, best, brokenBic: total - best.explained + 3 * price };
  };

  const y = whiten(
    factor,
    means.map((mean, i) => mean - (offset?.[i] ?? 0)),
  );
  const found = fit(y);
  const normal = normalSource(seed);
  // About the means themselves, not about a fit: in white coordinates the error of the means is standard normal.
  const again = Array.from({ length: replicates }, () => fit(y.map((value) => value + normal())));
  const taus = again.map(({ best }) => best.tau).sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  const at = (p: number): number => taus[Math.min(taus.length - 1, Math.max(0, Math.round(p * (taus.length - 1))))];
  const lastCandidate = candidates[candidates.length - 1].tau;
  return {
    rootCoefficient: found.rootCoefficient,
    rootBic: found.rootBic,
    brokenBic: found.brokenBic,
    penaltyWeight,
    confidence,
    acceptedShare: again.filter((f) => f.brokenBic < f.rootBic).length / replicates,
    transition:
      found.brokenBic < found.rootBic
        ? {
            slots: found.best.tau,
            interval: { lower: at(tail), upper: at(1 - tail) },
            isOpenAbove: at(1 - tail) >= lastCandidate,
            rootCoefficient: found.best.c,
            slope: found.best.b,
            atLastCandidate: found.best.tau === lastCandidate,
          }
        : undefined,
  };
}

/** Candidates, even on a logarithmic scale, with enough horizons on either side. */
function breakpoints(slots: readonly number[]): number[] {
  const low = slots[LEAST_POINTS - 1];
  const high = slots[slots.length - LEAST_POINTS];
  const steps = Math.max(1, Math.ceil(PER_OCTAVE * Math.log2(high / low)));
  return Array.from({ length: steps }, (_, i) => low * (high / low) ** (i / steps));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Standard normal numbers, by Box and Muller's method. */
function normalSource(seed: string): () => number {
  const random = seedrandom(seedDigest(seed, 'bootstrap'));
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
