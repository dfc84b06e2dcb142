/**
 * Two states of load, low and high, between which the rate goes as a Markov chain: fitted to how the dispersion of
 * counts grows with the window (docs/model.md, demand that is not Poisson), and to their skewness.
 */
import { goldenSection } from '../../numeric/minimise.js';

/** One measured point of the curve: slots of the window, variance over mean. */
export interface CurvePoint {
  readonly slots: number;
  readonly dispersion: number;
}

export interface LoadStates {
  /** Variance over mean of a slot's count while the state lasts. */
  readonly dispersion: number;
  readonly states: readonly { readonly name: string; readonly factor: number }[];
  /** From slot to slot. */
  readonly transitions: readonly (readonly number[])[];
  /** ρ: correlation of the factor from one slot to the next; s²: its variance. */
  readonly correlation: number;
  readonly variance: number;
  /** Mean slots that the two states last. */
  readonly lasting: readonly number[];
}

/** Index of dispersion over n slots, less I, in λs²: (1+ρ)/(1−ρ) − 2ρ(1−ρⁿ)/(n(1−ρ)²). */
function growth(correlation: number, slots: number): number {
  const rest = 1 - correlation;
  const left = -Math.expm1(slots * Math.log(correlation));
  return (1 + correlation) / rest - (2 * correlation * left) / (slots * rest * rest);
}

/** Variance over mean of counts of so many slots at λ tasks a slot. */
export function loadDispersion(load: LoadStates, rate: number, slots: number): number {
  return load.dispersion + rate * load.variance * growth(load.correlation, slots);
}

/** I and λs² that come nearest to a curve, relative to it, for one ρ: I ≥ 1, s² ≥ 0. */
function nearest(curve: readonly CurvePoint[], correlation: number) {
  let [aa, ag, gg, a1, g1] = [0, 0, 0, 0, 0];
  for (const { slots, dispersion } of curve) {
    const a = 1 / dispersion;
    const g = growth(correlation, slots) / dispersion;
    aa += a * a;
    ag += a * g;
    gg += g * g;
    a1 += a;
    g1 += g;
  }
  const determinant = aa * gg - ag * ag;
  let own = (a1 * gg - g1 * ag) / determinant;
  let spread = (aa * g1 - ag * a1) / determinant;
  if (!(own >= 1)) [own, spread] = [1, Math.max(0, (g1 - ag) / gg)];
  else if (!(spread >= 0)) [own, spread] = [Math.max(1, a1 / aa), 0];
  const misfit = curve.reduce(
    (sum, { slots, dispersion }) => sum + ((own + spread * growth(correlation, slots)) / dispersion - 1) ** 2,
    0,
  );
  return { own, spread, misfit };
}

/** Steps of ln τ at which a fit is begun; τ, in slots, is how long a load is remembered. */
const STEP = 0.25;

/**
 * Two states that come nearest to a measured curve of three points or more; undefined where it does not grow.
 *
 * @param rate λ, tasks a slot
 * @param third third central moment of counts in windows of so many slots
 */
export function fitLoadStates(
  curve: readonly CurvePoint[],
  rate: number,
  third: (slots: number) => number,
): LoadStates | undefined {
  if (curve.length < 3) return undefined;
  const longest = curve.reduce((most, { slots }) => Math.max(most, slots), 1);
  const correlationAt = (log: number): number => Math.exp(-Math.exp(-log));
  const misfit = (log: number): number => nearest(curve, correlationAt(log)).misfit;
  let best = 0;
  for (let log = 0; log <= Math.log(10 * longest); log += STEP) if (misfit(log) < misfit(best)) best = log;
  const { at } = goldenSection(misfit, Math.max(0, best - STEP), best + STEP, 40);
  const correlation = correlationAt(at);
  const { own, spread } = nearest(curve, correlation);
  const variance = spread / rate;
  // What does not grow by a hundredth is none.
  if (!(spread * growth(correlation, longest) > 0.01 * own)) return undefined;
  const slots = curve.reduce(
    (most, point) => (point.slots <= Math.exp(at) / 3 ? Math.max(most, point.slots) : most),
    1,
  );
  return statesOf(own, correlation, variance, highShare(own, rate * slots, variance, third(slots)));
}

/** Share of the time in the high state, from the third moment of counts while states last (κ3 of a mixture). */
function highShare(own: number, mean: number, variance: number, third: number): number {
  const within = mean * own * (2 * own - 1) + 3 * mean * mean * own * variance;
  const skewness = (third - within) / (mean ** 3 * variance ** 1.5);
  const share = 0.5 * (1 - skewness / Math.sqrt(4 + skewness * skewness));
  // The low state has a rate of 0 or more.
  return Math.min(Math.max(share, 0.02), 0.999 / (1 + variance));
}

function statesOf(dispersion: number, correlation: number, variance: number, high: number): LoadStates {
  const deviation = Math.sqrt(variance);
  const rise = (1 - correlation) * high;
  const fall = (1 - correlation) * (1 - high);
  return {
    ...{ dispersion, correlation, variance },
    states: [
      { name: 'low', factor: 1 - deviation * Math.sqrt(high / (1 - high)) },
      { name: 'high', factor: 1 + deviation * Math.sqrt((1 - high) / high) },
    ],
    transitions: [
      [1 - rise, rise],
      [fall, 1 - fall],
    ],
    lasting: [1 / rise, 1 / fall],
  };
}
