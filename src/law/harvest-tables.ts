/**
 * Harvests of a site as integers: alias columns of each state's Gamma law, factors, traces in quanta, quantiles of a
 * Gaussian copula.
 */
import { largestOf } from '../numeric/extremes.js';
import { normalCdf } from '../numeric/normal.js';
import { bisect } from '../numeric/roots.js';
import type { GammaProcess, HarvestProcessLaw, TraceProcess } from '../fleet/harvest-process.js';
import { isSteady } from '../fleet/harvest-process.js';
import type { HarvestLaw } from '../fleet/walk-law.js';
import { dividing, quantaOf } from './common-measure.js';
import { gammaCdf, gammaReach, gammaSurvival } from './gamma.js';
import type { CumulativeLaw } from './increment-cdf.js';
import { RESIDUAL_SHIFT, bendTolerance, chooseCells } from './choose-cells.js';
import { NORMAL_SHIFT, QUANTILE_COUNT, QUANTILE_ORIGIN, QUANTILE_SHIFT } from './site-tables.js';
import type { HarvestMode } from './site-tables.js';
import { samplingError } from './sampling-error.js';
import type { SamplingError } from './sampling-error.js';
import { once, tabulate } from './tabulate.js';
import type { WalkTables } from './tables.js';
import { harvestCumulative } from './task-law.js';

export interface HarvestTables {
  readonly mode: HarvestMode;
  readonly quantumJoules: number;
  /** By state; of the normal law where the mode is `copula`; empty where it is `trace`. */
  readonly columns: readonly WalkTables[];
  /** By value and state; fractions of 2^32, or quanta. */
  readonly factors: Uint32Array;
  readonly factorSlots: number;
  /** QUANTILE_COUNT by state, in units of their own. */
  readonly quantiles: Int32Array;
  /** By state, joules of a unit of its columns or quantiles; 0 where a state harvests nothing. */
  readonly units: readonly number[];
  /** By state, how far what is drawn is from the law at factor 1; none of a trace without noise. */
  readonly errors: () => readonly SamplingError[];
}

const WORD = 2 ** 32;
/** Marks quanta of a harvest that lies between lattice points (site-tables.ts). */
const BETWEEN = 2 ** 31;
/** Largest fraction that a word holds. */
const LARGEST = WORD - 1;
/** Lattice points that the copula's largest quantile may have. */
const QUANTILE_REACH = 2 ** 30;

/** What only some modes have. */
const NONE = { factors: new Uint32Array(0), factorSlots: 1, quantiles: new Int32Array(0) };

/**
 * @param finest joules of the finest quantum with which totals stay in 32 bits.
 * @param measure joules that the quantum divides where it may be chosen (common-measure.ts).
 */
export function harvestTables(
  process: HarvestProcessLaw,
  finest: number,
  slots: number,
  measure: number | undefined,
): HarvestTables {
  if (process.kind === 'trace') return traceTables(process, finest, slots, measure);
  if (isSteady(process)) {
    const [law] = process.laws;
    const gamma = harvestCumulative(law);
    const cells = chooseCells(gamma, finest, bendTolerance(law), slots, measure, RESIDUAL_SHIFT);
    const { tables, mixture } = tabulate(gamma, cells);
    return {
      ...NONE,
      mode: 'table',
      units: [cells.layout.quantum],
      errors: once(() => [samplingError(gamma, mixture())]),
      quantumJoules: cells.layout.quantum,
      columns: [tables],
    };
  }
  return process.correlation === undefined || process.correlation === 0
    ? factored(process, finest, slots, measure)
    : copula(process, finest, slots, measure);
}

/** Points within a law's reach on a lattice of its own: half of 32 bits, for cells may end beyond it. */
const OWN_REACH = 2 ** 30;

/** A law cut into columns on the finest lattice that they have, with the joules of a lattice point. */
function ownColumns(law: HarvestLaw, slots: number): { tables: WalkTables; unit: number; error: () => SamplingError } {
  const gamma = harvestCumulative(law);
  const cells = chooseCells(gamma, gamma.high / OWN_REACH, bendTolerance(law), slots, undefined, RESIDUAL_SHIFT);
  const { tables, mixture } = tabulate(gamma, cells);
  return { tables, unit: cells.layout.quantum, error: () => samplingError(gamma, mixture()) };
}

function factored(
  { laws, factors }: GammaProcess,
  finest: number,
  slots: number,
  measure: number | undefined,
): HarvestTables {
  const most = factors.values.reduce((a, b) => Math.max(a, b), 0);
  const scale = laws.reduce((a, law) => Math.max(a, law.shape * law.scaleJoules), 0);
  // A state without harvest takes another's shape and a factor of 0.
  const own = laws.map((law) =>
    ownColumns(law.scaleJoules > 0 ? law : { shape: law.shape, scaleJoules: scale / law.shape }, slots),
  );
  const units = own.map(({ unit }, i) => (laws[i].scaleJoules > 0 ? unit : 0));
  const quantumJoules = dividing(measure, roundUp(largestOf([finest, ...units.map((unit) => unit * most)])));
  return {
    ...NONE,
    mode: 'factors',
    units,
    errors: once(() => own.map(({ error }) => error())),
    quantumJoules,
    columns: own.map(({ tables }) => tables),
    factors: fractions(factors.values, units, quantumJoules),
    factorSlots: factors.slotsPerValue,
  };
}

function traceTables(process: TraceProcess, finest: number, slots: number, measure: number | undefined): HarvestTables {
  const { joules, slotsPerValue, noiseShape } = process;
  if (noiseShape !== undefined) {
    const factors = { values: joules, slotsPerValue };
    const law = { shape: noiseShape, scaleJoules: 1 / noiseShape };
    return factored(
      { kind: 'gamma', laws: [law], weather: undefined, factors, correlation: undefined },
      finest,
      slots,
      measure,
    );
  }
  const quantumJoules = dividing(measure, finest);
  // Running sums are rounded, so that no part of the trace drifts. What is on no lattice point says so.
  let sum = 0;
  let before = 0;
  const quanta = Uint32Array.from(joules, (x) => {
    sum += (x / quantumJoules) * slotsPerValue;
    const after = Math.round(sum / slotsPerValue);
    const own = after - before;
    before = after;
    return own === quantaOf(x, quantumJoules) ? own : own + BETWEEN;
  });
  return {
    ...NONE,
    mode: 'trace',
    units: [],
    errors: () => [],
    quantumJoules,
    columns: [],
    factors: quanta,
    factorSlots: slotsPerValue,
  };
}

/** The standard normal law as a law to be cut into cells. */
const NORMAL: CumulativeLaw = {
  cdf: normalCdf,
  cdfAlong: (first, spacing, count) => Float64Array.from({ length: count }, (_, c) => normalCdf(first + c * spacing)),
  low: -7.5,
  high: 7.5,
  mean: 0,
  standardDeviation: 1,
};

function copula(
  { laws, factors }: GammaProcess,
  finest: number,
  slots: number,
  measure: number | undefined,
): HarvestTables {
  const cells = chooseCells(NORMAL, 1e-9, 4e-5, slots);
  const { tables } = tabulate(NORMAL, cells);
  const unit = cells.layout.quantum / 2 ** NORMAL_SHIFT;
  const spacing = unit * 2 ** QUANTILE_SHIFT;
  const at = (i: number): number => i * spacing - unit * QUANTILE_ORIGIN;
  const most = factors.values.reduce((a, b) => Math.max(a, b), 0);
  const quantiles = new Int32Array(laws.length * QUANTILE_COUNT);
  const units = laws.map((law, state) => {
    if (!(law.scaleJoules > 0)) return 0;
    const joules = gammaQuantiles(law, at);
    const own = joules[QUANTILE_COUNT - 1] / QUANTILE_REACH;
    joules.forEach((x, i) => (quantiles[state * QUANTILE_COUNT + i] = Math.round(x / own)));
    // Straight lines between the knots overestimate a convex function: the unit makes the mean right.
    let mean = 0;
    for (let i = 0; i < QUANTILE_COUNT; i++) {
      const weight = hatMass(at(i), spacing);
      if (weight > 0) mean += weight * quantiles[state * QUANTILE_COUNT + i];
    }
    return (law.shape * law.scaleJoules) / mean;
  });
  const quantumJoules = dividing(measure, roundUp(largestOf([finest, ...units.map((own) => own * most)])));
  return {
    mode: 'copula',
    units,
    errors: once(() => laws.map((law, state) => copulaError(law, units[state], at, spacing, quantiles, state))),
    quantumJoules,
    columns: [tables],
    factors: fractions(factors.values, units, quantumJoules),
    factorSlots: factors.slotsPerValue,
    quantiles,
  };
}

/** How far straight lines between quantiles are from a Gamma law: at the knots' middles, where they are furthest. */
function copulaError(
  law: HarvestLaw,
  unit: number,
  at: (i: number) => number,
  spacing: number,
  quantiles: Int32Array,
  state: number,
): SamplingError {
  if (unit === 0) return { mean: 0, variance: 0, kolmogorov: 0, finestMass: 0 };
  const mean = law.shape * law.scaleJoules;
  let kolmogorov = 0;
  let square = 0;
  for (let i = 0; i + 1 < QUANTILE_COUNT; i++) {
    const from = quantiles[state * QUANTILE_COUNT + i] * unit;
    const to = quantiles[state * QUANTILE_COUNT + i + 1] * unit;
    const [z, middle] = [at(i), (from + to) / 2];
    kolmogorov = Math.max(kolmogorov, Math.abs(gammaCdf(law, middle) - normalCdf(z + spacing / 2)));
    const mass = normalCdf(z + spacing) - normalCdf(z);
    square += mass * ((middle - mean) ** 2 + (to - from) ** 2 / 12);
  }
  const finestMass = gammaCdf(law, unit / 2);
  return { mean: 0, variance: square / (law.shape * law.scaleJoules ** 2) - 1, kolmogorov, finestMass };
}

/** Standard deviations beyond which a normal variable is not looked for. */
const FAR = 8.5;

/** Quantiles of a Gamma law at Φ(at(i)), never falling, joules. */
function gammaQuantiles(law: HarvestLaw, at: (i: number) => number): Float64Array {
  const out = new Float64Array(QUANTILE_COUNT);
  const end = gammaReach(law, normalCdf(-FAR));
  let low = 0;
  for (let i = 0; i < QUANTILE_COUNT; i++) {
    const z = at(i);
    if (z <= -FAR) continue;
    if (z >= FAR) {
      out[i] = end;
      continue;
    }
    const holds = (x: number): boolean =>
      z < 0 ? gammaCdf(law, x) >= normalCdf(z) : gammaSurvival(law, x) <= normalCdf(-z);
    // The next quantile is near: doubled steps from the last one, then halves.
    let step = Math.max(low * 1e-3, end * 1e-9);
    let high = low + step;
    while (!holds(high) && high < end) {
      low = high;
      step *= 2;
      high = low + step;
    }
    low = high = bisect(low, high, holds, { halvings: 40, settle: 1e-12 });
    out[i] = high;
  }
  return out;
}

/** ∫ of the normal density times the hat of a knot: second difference of zΦ(z) + φ(z). */
function hatMass(z: number, spacing: number): number {
  if (Math.abs(z) > FAR + spacing) return 0;
  const integral = (x: number): number => x * normalCdf(x) + Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);
  return (integral(z + spacing) - 2 * integral(z) + integral(z - spacing)) / spacing;
}

/** Fractions value · unit / quantum of 2^32, by value and state. */
function fractions(values: Float64Array, units: readonly number[], quantumJoules: number): Uint32Array {
  const out = new Uint32Array(values.length * units.length);
  values.forEach((value, v) => {
    units.forEach(
      (unit, s) => (out[v * units.length + s] = Math.min(LARGEST, Math.round((value * unit * WORD) / quantumJoules))),
    );
  });
  return out;
}

/** Slightly more, so that a fraction of one stays below one. */
function roundUp(quantum: number): number {
  return quantum * (1 + 1e-9);
}
