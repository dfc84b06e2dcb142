/**
 * The law of what a slot consumes as one alias table: a column a value, 2^12 of them. A compound Poisson law has atoms
 * (no task, one task, two …), and a battery that runs exactly empty needs them where they are: likely sums of energies
 * have a column of their own, at their own energy; what is left, each less likely than `grain`, is taken together with
 * its neighbours at their mean.
 */
import { aliasColumns, roundCumulatively } from './alias.js';
import { poissonWeights } from '../numeric/poisson.js';
import { COLUMN_COUNT, RESIDUAL_THRESHOLD_BITS } from './tables.js';

/** One kind of task: its energy in units, real, and its probability. */
export interface ConsumptionKind {
  readonly energy: number;
  readonly probability: number;
}

/** The tables of one rate. Energies are in units, fractions of a quantum. */
export interface ConsumptionTable {
  /** Alias in the low 12 bits, threshold (20 bits) above. */
  readonly columns: Uint32Array;
  /** By column. */
  readonly energies: Int32Array;
  readonly error: ConsumptionError;
}

/** How far the sampled law is from the true one. */
export interface ConsumptionError {
  /** Difference of the means, units. */
  readonly mean: number;
  /** Difference of the variances, units². */
  readonly variance: number;
  /** Kolmogorov distance, a bound: the heaviest column of more than one sum, and the rounding of weights. */
  readonly kolmogorov: number;
}

const WORD = 2 ** 32;
/** Stretches in which unlikely sums are taken together, and from which probability on a sum is kept by itself. */
const BINS = 2 ** 15;
const ALONE = 1e-7;
/** Points of a law on whole multiples that is made point by point, at most. */
const MOST_WHOLE = 2 ** 22;
/** Sums less likely than this are left out: all together are less than a unit of weight. */
const NEVER = 1e-17;
/** Grains that are tried: the finest, and how many between it and all. */
const FINEST_GRAIN = 1e-9;
const GRAINS_TRIED = 24;
/** Energies nearer than this, units, are one. */
const SAME = 1e-5;
/** What columns of a grain g may take from the variance: g times so much of it, each. */
const VARIANCE_SHARE = 3e-7;
/** What rounding may leave of a mean, of the reach. */
const ROUNDING = 1e-8;
/** Weight that settles the mean to a small part of a unit, and is little enough to be moved for it. */
const SETTLING_WEIGHT = 2 ** 20;

/** Probabilities and what they are of, by rising value. */
interface Points {
  readonly value: number[];
  readonly mass: number[];
}

/**
 * @param rate tasks a slot
 * @param reach units that a slot consumes at most, but with a probability below what weights can say
 */
export function consumptionTable(rate: number, kinds: readonly ConsumptionKind[], reach: number): ConsumptionTable {
  const merged = mergeKinds(kinds);
  const measure = wholeMeasure(merged) ?? 0;
  const length = Math.ceil(reach / measure) + 1;
  const isWhole = length <= MOST_WHOLE;
  const { points, blurred } = isWhole
    ? { points: compoundWhole(rate, merged, length, measure), blurred: 0 }
    : compound(rate, merged, reach);
  const mean = rate * merged.reduce((sum, { energy, probability }) => sum + probability * energy, 0);
  const variance = rate * merged.reduce((sum, { energy, probability }) => sum + probability * energy * energy, 0);
  const { columns: cells, grain } = group(points, isWhole, variance);
  const weights = roundCumulatively(normalised(cells.mass), WORD);
  const energies = Int32Array.from(cells.value, Math.round);
  const missing = missingMean(weights, energies, mean);
  if (!(Math.abs(missing) <= 1 + ROUNDING * reach)) {
    throw new RangeError(`consumptionTable: the mean is ${missing} units off, expected what rounding leaves`);
  }
  if (!isWhole) settle(weights, energies, missing);
  let [first, second] = [0, 0];
  weights.forEach((weight, i) => {
    const away = energies[i] - mean;
    first += (weight / WORD) * away;
    second += (weight / WORD) * away * away;
  });
  return {
    columns: aliasColumns(weights, RESIDUAL_THRESHOLD_BITS),
    energies,
    error: { mean: first, variance: second - first * first - variance, kolmogorov: grain + blurred + 1 / WORD },
  };
}

/** Kinds of one energy are one kind. Rare ones come last: by then there are many sums, to which they add few. */
function mergeKinds(kinds: readonly ConsumptionKind[]): ConsumptionKind[] {
  const byEnergy = new Map<number, number>();
  for (const { energy, probability } of kinds) byEnergy.set(energy, (byEnergy.get(energy) ?? 0) + probability);
  return [...byEnergy]
    .map(([energy, probability]) => ({ energy, probability }))
    .sort((a, b) => b.probability - a.probability);
}

/** The common measure of energies that are all whole; undefined where one is not, or none is above 0. */
function wholeMeasure(kinds: readonly ConsumptionKind[]): number | undefined {
  if (!kinds.every(({ energy }) => Number.isInteger(energy))) return undefined;
  let measure = 0;
  for (const { energy } of kinds) {
    let [a, b] = [energy, measure];
    while (b > 0) [a, b] = [b, a % b];
    measure = a;
  }
  return measure > 0 ? measure : undefined;
}

/** A law: sums that are likely enough to be kept one by one, and the mass and first moment of all others by bins. */
class SumLaw {
  sums: Points = { value: [], mass: [] };
  readonly rest = new Float64Array(BINS);
  readonly moment = new Float64Array(BINS);

  constructor(private readonly width: number) {}

  /** Adds sums that rise, each by `offset` higher and less likely by a factor. */
  addSums({ value, mass }: Points, offset: number, factor: number): void {
    const likely: Points = { value: [], mass: [] };
    for (let i = 0; i < value.length; i++) {
      const probability = mass[i] * factor;
      if (probability < ALONE) this.addMean(value[i] + offset, probability);
      else {
        likely.value.push(value[i] + offset);
        likely.mass.push(probability);
      }
    }
    this.sums = merged(this.sums, likely);
  }

  /** Adds sums of which the mean alone is known. */
  addMean(value: number, mass: number): void {
    const bin = Math.min(BINS - 1, Math.floor(value / this.width));
    this.rest[bin] += mass;
    this.moment[bin] += mass * value;
  }
}

/** The compound Poisson law, kind by kind: sums of independent Poisson numbers of each. */
function compound(rate: number, kinds: readonly ConsumptionKind[], reach: number): { points: Points; blurred: number } {
  let law = new SumLaw(reach / BINS);
  law.addSums({ value: [0], mass: [1] }, 0, 1);
  for (const { energy, probability } of kinds) {
    const counts = countsAt(rate * probability);
    const next = new SumLaw(reach / BINS);
    for (const [n, p] of counts) next.addSums(law.sums, n * energy, p);
    for (let bin = 0; bin < BINS; bin++) {
      const rest = law.rest[bin];
      if (rest === 0) continue;
      const middle = law.moment[bin] / rest;
      for (const [n, p] of counts) if (rest * p > NEVER) next.addMean(middle + n * energy, rest * p);
    }
    law = next;
  }
  const blurred = law.rest.reduce((a, b) => Math.max(a, b), 0);
  const bins = Array.from(law.rest.keys()).filter((bin) => law.rest[bin] > 0);
  const others = { value: bins.map((bin) => law.moment[bin] / law.rest[bin]), mass: bins.map((bin) => law.rest[bin]) };
  return { points: merged(law.sums, others), blurred };
}

/** The same where all energies are whole multiples of `measure`: point by point. */
function compoundWhole(rate: number, kinds: readonly ConsumptionKind[], length: number, measure: number): Points {
  let law = new Float64Array(length);
  law[0] = 1;
  for (const { energy, probability } of kinds) {
    const step = Math.round(energy / measure);
    const counts = countsAt(rate * probability);
    const next = new Float64Array(length);
    law.forEach((mass, at) => {
      if (mass <= NEVER) return;
      for (const [n, p] of counts) if (mass * p > NEVER) next[Math.min(length - 1, at + n * step)] += mass * p;
    });
    law = next;
  }
  const used = Array.from(law.keys()).filter((at) => law[at] > 0);
  return { value: used.map((at) => at * measure), mass: used.map((at) => law[at]) };
}

/** Numbers of tasks with their Poisson probabilities, as many as matter. */
function countsAt(rate: number): (readonly [number, number])[] {
  if (rate === 0) return [[0, 1]];
  const weights = poissonWeights(rate, Math.ceil(rate + 12 * Math.sqrt(rate) + 30));
  return Array.from(weights, (p, n) => [n, p] as const).filter(([, p]) => p > NEVER);
}

/** Two lists by rising value as one; equal values, which energies with a measure in common make, as one point. */
function merged(a: Points, b: Points): Points {
  const value: number[] = [];
  const mass: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.value.length || j < b.value.length) {
    const isFirst = j === b.value.length || (i < a.value.length && a.value[i] <= b.value[j]);
    const [x, p] = isFirst ? [a.value[i], a.mass[i]] : [b.value[j], b.mass[j]];
    if (isFirst) i++;
    else j++;
    const last = value.length - 1;
    if (last >= 0 && x - value[last] <= SAME) mass[last] += p;
    else {
      value.push(x);
      mass.push(p);
    }
  }
  return { value, mass };
}

/** At most a column for each point; neighbours together where there are more, by as fine a grain as there is room. */
function group(points: Points, isWhole: boolean, variance: number): { columns: Points; grain: number } {
  if (points.value.length <= COLUMN_COUNT) return { columns: filled(points), grain: 0 };
  let [low, high] = [FINEST_GRAIN, 1];
  let best = grouped(points, isWhole, high, variance);
  for (let tries = 0; tries < GRAINS_TRIED; tries++) {
    const grain = Math.sqrt(low * high);
    const tried = grouped(points, isWhole, grain, variance);
    if (tried.columns.value.length <= COLUMN_COUNT) [best, high] = [tried, grain];
    else low = grain;
  }
  return { columns: filled(best.columns), grain: best.heaviest };
}

/** Runs of neighbours that together have at most `grain`, and take little of the variance. */
function grouped(points: Points, isWhole: boolean, grain: number, variance: number) {
  const columns: Points = { value: [], mass: [] };
  const most = VARIANCE_SHARE * grain * variance;
  let heaviest = 0;
  const { value, mass } = points;
  let from = 0;
  while (from < value.length) {
    let [weight, mean, spread] = [mass[from], value[from], 0];
    let to = from + 1;
    for (; to < value.length && weight + mass[to] <= grain; to++) {
      const away = value[to] - mean;
      const both = weight + mass[to];
      const wider = spread + (away * away * weight * mass[to]) / both;
      if (wider > most) break;
      mean += (away * mass[to]) / both;
      [weight, spread] = [both, wider];
    }
    if (to - from > 1) heaviest = Math.max(heaviest, weight);
    if (isWhole && to - from > 1) addPair(columns, value.slice(from, to), weight, mean);
    else {
      columns.value.push(mean);
      columns.mass.push(weight);
    }
    from = to;
  }
  return { columns, heaviest };
}

/** Two of the values stand for all, with weights that keep the mean: each is a sum that there is. */
function addPair(columns: Points, values: readonly number[], weight: number, mean: number): void {
  const above = values.findIndex((x) => x >= mean);
  const [high, low] = [values[Math.max(1, above)], values[Math.max(1, above) - 1]];
  const up = weight * Math.min(1, Math.max(0, (mean - low) / (high - low)));
  columns.value.push(low, high);
  columns.mass.push(weight - up, up);
}

/** With columns of no weight to fill a table. */
function filled({ value, mass }: Points): Points {
  const none = new Array<number>(COLUMN_COUNT - value.length).fill(0);
  return { value: [...value, ...none], mass: [...mass, ...none] };
}

function normalised(mass: readonly number[]): Float64Array {
  const total = mass.reduce((a, b) => a + b, 0);
  return Float64Array.from(mass, (m) => m / total);
}

/** The mean less that of the table, units. */
function missingMean(weights: Float64Array, energies: Int32Array, mean: number): number {
  return weights.reduce((sum, weight, i) => sum + (weight / WORD) * (mean - energies[i]), 0);
}

/** Moves one light value so that the mean is right to a small part of a unit. */
function settle(weights: Float64Array, energies: Int32Array, missing: number): void {
  let best = 0;
  const off = (weight: number): number => Math.abs(Math.log2(Math.max(weight, 1) / SETTLING_WEIGHT));
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] > 0 && energies[i] > 0 && off(weights[i]) < off(weights[best])) best = i;
  }
  energies[best] = Math.max(0, energies[best] + Math.round((missing * WORD) / weights[best]));
}
