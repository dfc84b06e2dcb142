/**
 * TaskLaw: the arrivals, energies, profiles and harvest of a slot as the tasks kernel draws them, in exact integers,
 * with their distance from the scenario's true law. The net law of a slot is not one mixture here (its atoms are too
 * many): the oracle takes the true law and allows for `samplingError`.
 */
import type { TaskKind } from '../fleet/task-kinds.js';
import { drift, volatility } from '../fleet/walk-law.js';
import type { DemandLaw, HarvestLaw, WalkLaw } from '../fleet/walk-law.js';
import { MAXIMUM_QUEUE } from '../scenario/policy-schema.js';
import { aliasColumns, roundCumulatively } from './alias.js';
import { PlanError } from '../errors.js';
import { bendTolerance, chooseCells } from './choose-cells.js';
import { drawKinds } from './drawn-kinds.js';
import type { DrawnEntry } from './drawn-kinds.js';
import { ESCAPE_EXPONENT, consumptionReach } from './reach.js';
import { gammaReach, gammaTable } from './gamma.js';
import type { CumulativeLaw } from './increment-cdf.js';
import type { LatticeMixture } from './lattice-mixture.js';
import { negativeBinomialWeights } from '../numeric/negative-binomial.js';
import { LATTICE_REACH, slotsWithin, walkJoules } from './sampled-law.js';
import { mixtureMoments, samplingError } from './sampling-error.js';
import type { SamplingError } from './sampling-error.js';
import { once, tabulate } from './tabulate.js';
import { COUNT_BITS, COUNT_THRESHOLD_BITS } from './task-tables.js';
import type { TaskTables } from './task-tables.js';

/** The tables of kinds of task and of the harvest, as they are sampled task by task. */
export interface TaskLaw {
  /** The law of the lumped increment that was sampled. */
  readonly source: WalkLaw;
  readonly quantumJoules: number;
  readonly initialQuanta: number;
  readonly tables: TaskTables;
  /** The harvest alone, as sampled. */
  readonly harvestMixture: LatticeMixture;
  /** Of the lumped increment. `kolmogorov` is a bound: the harvest's, and the total variation of counts and kinds. */
  readonly samplingError: SamplingError;
  /** As in SampledLaw. */
  readonly plannedSlots: number;
  readonly maximumSlots: number;
}

/** What is sampled: the lumped walk's law and the kinds of tasks that make it (fleet/task-kinds.ts). */
export interface TaskSource {
  readonly walk: WalkLaw;
  readonly kinds: readonly TaskKind[];
}

/** What the tables of tasks are sampled for. */
export interface TaskPlan {
  /** T: slots that the walk must stay within 32 bits for. */
  readonly slots: number;
  /** Initial charge b, joules. */
  readonly initialJoules?: number;
  /** Joules that the lattice must reach in any case. */
  readonly reachJoules?: number;
}

const WORD = 2 ** 32;
/** −log of the mass of the harvest that its tables' range may leave out. */
const RANGE_EXPONENT = 30;
/** Mean count of one draw: 255 is then more than 11 standard deviations away. */
const LARGEST_DRAW = 128;
/** Draws that a slot's dispersed counts are parted into at the most, and what a draw may have beyond 255. */
const MOST_DRAWS = 64;
const COUNTS_LOST = 1e-10;
/** Most bits of a quantum's fraction: drawn-kinds.ts makes means exact, and kernels agree on them. */
const MOST_FRACTION_BITS = 8;

/** Samples a task-resolved walk. Throws PlanError where 32-bit integers cannot hold it. */
export function sampleTaskLaw({ walk, kinds }: TaskSource, plan: TaskPlan): TaskLaw {
  const { slots, initialJoules = 0, reachJoules = 0 } = plan;
  const finest = Math.max(walkJoules(walk, slots) + initialJoules, reachJoules) / LATTICE_REACH;
  const gamma = harvestCumulative(walk.harvest);
  const cells = chooseCells(gamma, finest, bendTolerance(walk.harvest), slots);
  const { tables: harvest, mixture } = tabulate(gamma, cells);
  const quantum = cells.layout.quantum;

  const { ratePerSlot, dispersion } = walk.demand;
  const countDraws = countDrawsOf(ratePerSlot, dispersion);
  const counts = countWeights(ratePerSlot / countDraws, dispersion);
  const fractionBits = fractionBitsOf(walk.demand, quantum);
  const entries = entriesOf(kinds, quantum / 2 ** fractionBits, fractionBits);
  const tables: TaskTables = {
    ...harvest,
    countColumns: aliasColumns(counts, COUNT_THRESHOLD_BITS, COUNT_BITS),
    countDraws,
    ...entries.tables,
  };
  const error = once(() => netError(walk, gamma, mixture(), counts, countDraws, entries, kinds));
  const most = once(() => Math.max(slots, slotsWithin(walk, quantum, initialJoules)));
  return {
    source: walk,
    quantumJoules: quantum,
    initialQuanta: Math.round(initialJoules / quantum),
    tables,
    plannedSlots: slots,
    get harvestMixture() {
      return mixture();
    },
    get samplingError() {
      return error();
    },
    get maximumSlots() {
      return most();
    },
  };
}

/** The harvest as a law to be cut into cells. */
export function harvestCumulative(harvest: HarvestLaw): CumulativeLaw {
  const cdf = gammaTable(harvest);
  return {
    cdf,
    cdfAlong: (first, spacing, count) => {
      const values = new Float64Array(count);
      for (let c = 0; c < count; c++) values[c] = cdf(first + c * spacing);
      return values;
    },
    low: 0,
    high: gammaReach(harvest, Math.exp(-RANGE_EXPONENT)),
    mean: harvest.shape * harvest.scaleJoules,
    standardDeviation: Math.sqrt(harvest.shape) * harvest.scaleJoules,
  };
}

/**
 * Counts that add up to the tasks of a slot at a rate: each a draw of so small a mean that 255 is next to never passed.
 *
 * @throws {PlanError} where counts are too dispersed for that
 */
export function countDrawsOf(ratePerSlot: number, dispersion = 1): number {
  const draws = Math.max(1, Math.ceil(ratePerSlot / LARGEST_DRAW));
  if (dispersion === 1) return draws;
  for (let more = draws; more <= MOST_DRAWS; more *= 2) {
    const held = negativeBinomialWeights(ratePerSlot / more, dispersion, 2 ** COUNT_BITS).reduce((a, b) => a + b, 0);
    if (1 - held <= COUNTS_LOST) return more;
  }
  throw new PlanError(
    `arrivals.dispersion: got ${dispersion} at ${ratePerSlot} tasks a slot, where every task is drawn for itself ` +
      `(distributed accounting, proofs); expected counts that hardly ever pass 255 in each of ${MOST_DRAWS} draws: ` +
      'a dispersion of about 10, or lumped accounting, which takes any',
    'arrivals.dispersion',
  );
}

/** Weights of the counts 0…255 at a rate ≤ 128: they sum to 2^32 and their mean is right to half of 2^−32. */
export function countWeights(rate: number, dispersion = 1): Float64Array {
  const law = negativeBinomialWeights(rate, dispersion, 2 ** COUNT_BITS);
  const held = law.reduce((a, b) => a + b, 0);
  const weights = roundCumulatively(dispersion === 1 ? law : law.map((w) => w / held), WORD);
  const missing = Math.round(rate * WORD) - weights.reduce((sum, w, n) => sum + n * w, 0);
  const mode = Math.max(0, Math.floor(rate) - 1);
  weights[mode] -= missing;
  weights[mode + 1] += missing;
  return weights;
}

export interface Entries {
  readonly tables: Omit<TaskTables, 'countColumns' | 'countDraws' | 'columns' | 'base' | 'coreShift' | 'residual'>;
  /** One a kind, and the one that settles the mean. */
  readonly drawn: readonly DrawnEntry[];
}

/** Entries of the kinds, their energies in units of `unitJoules`, 2^−fractionBits of a quantum. */
function entriesOf(kinds: readonly TaskKind[], unitJoules: number, fractionBits: number): Entries {
  const { bits, columns, entries } = drawKinds(
    kinds.map((kind) => ({ ...kind, energy: kind.energyJoules / unitJoules })),
  );
  const size = 2 ** bits;
  const energies = new Int32Array(size);
  const starts = new Uint32Array(size);
  const lengths = new Uint32Array(size);
  const profiles: number[] = [];
  for (const { column, kind, energy } of entries) {
    energies[column] = energy;
    starts[column] = profiles.length;
    const profile = quantise(kinds[kind].profileJoules, energy);
    lengths[column] = profile.length;
    for (const part of profile) profiles.push(part);
  }
  return {
    drawn: entries,
    tables: {
      entryBits: bits,
      entryColumns: columns,
      fractionBits,
      energies,
      profileStart: starts,
      profileLength: lengths,
      profiles: Int32Array.from(profiles),
      longestService: lengths.reduce((a, b) => Math.max(a, b), 1),
    },
  };
}

/**
 * Bits of a quantum's fraction with which no slot's sum of energies leaves 32 bits: arrivals of the busiest slot, all
 * tasks that may wait, twice for what their services spread. The same for every kernel and policy, so that they agree
 * to the bit where they should.
 */
export function fractionBitsOf(busiest: DemandLaw, quantumJoules: number): number {
  const most = busiest.energiesJoules.reduce((a, b) => Math.max(a, b), 0);
  const joules = 2 * (consumptionReach(busiest, ESCAPE_EXPONENT) + MAXIMUM_QUEUE * most);
  return Math.max(0, Math.min(MOST_FRACTION_BITS, Math.floor(32 - Math.log2(joules / quantumJoules + 1))));
}

/** A profile in whole units that sum to `energy`: its running sums are the rounded running sums of the true one. */
export function quantise(profileJoules: Float64Array, energy: number): Int32Array {
  const total = profileJoules.reduce((a, b) => a + b, 0);
  let sum = 0;
  let before = 0;
  return Int32Array.from(profileJoules, (joules, j) => {
    sum += joules;
    const after = j === profileJoules.length - 1 ? energy : Math.min(energy, Math.round((sum / total) * energy));
    const quanta = after - before;
    before = after;
    return quanta;
  });
}

/** Distance of the lumped increment as sampled from the true one, from the final integers. */
function netError(
  walk: WalkLaw,
  gamma: CumulativeLaw,
  harvest: LatticeMixture,
  counts: Float64Array,
  draws: number,
  entries: Entries,
  kinds: readonly TaskKind[],
): SamplingError {
  const q = harvest.quantumJoules;
  const sigma = volatility(walk);
  const own = samplingError(gamma, harvest);
  const { ratePerSlot: rate, dispersion } = walk.demand;
  const { drawn, tables } = entries;

  // N: mean and variance of one draw, and its total variation.
  const count = moments(counts, (n) => n, Math.round(rate / draws));
  // e: mean and variance of one task's energy, quanta. Sums are rounded to whole quanta, by less than one over all
  // slots.
  const unit = 2 ** tables.fractionBits;
  const scale = walk.demand.energiesJoules[walk.demand.energiesJoules.length - 1] / q;
  const energy = moments(
    drawn.map(({ weight }) => weight),
    (i) => drawn[i].energy / unit,
    Math.round(scale / 2),
  );
  const demandMean = draws * count.mean * energy.mean;
  const demandVariance = draws * (count.mean * energy.variance + count.variance * energy.mean ** 2);
  const supply = mixtureMoments(harvest, gamma.mean / q);
  const trueDemandMean = (gamma.mean - drift(walk)) / q;
  return {
    mean: (Math.abs(supply.mean - (demandMean - trueDemandMean)) * q) / sigma,
    variance: ((supply.variance + demandVariance) * q * q) / sigma ** 2 - 1,
    kolmogorov: own.kolmogorov + drawnVariation(rate, kinds, drawn, dispersion),
    finestMass: own.finestMass,
  };
}

/** Total variation of what a slot of so many tasks, counts and kinds, is drawn as from what it is. */
export function drawnVariation(
  rate: number,
  kinds: readonly { readonly probability: number }[],
  drawn: readonly DrawnEntry[],
  dispersion = 1,
): number {
  const draws = countDrawsOf(rate, dispersion);
  const law = negativeBinomialWeights(rate / draws, dispersion, 2 ** COUNT_BITS);
  const weights = countWeights(rate / draws, dispersion);
  const counts = weights.reduce((sum, w, n) => sum + Math.abs(w / WORD - law[n]), 0) / 2;
  const total = kinds.reduce((sum, { probability }) => sum + probability, 0);
  const ofKind = kinds.map(() => 0);
  for (const { kind, weight } of drawn) ofKind[kind] += weight / WORD;
  const own = kinds.reduce((sum, { probability }, k) => sum + Math.abs(ofKind[k] - probability / total), 0) / 2;
  return draws * counts + rate * own;
}

/** Mean and variance under integer weights that sum to 2^32, computed about `centre`. */
function moments(
  weights: ArrayLike<number>,
  at: (i: number) => number,
  centre: number,
): { mean: number; variance: number } {
  let first = 0;
  let second = 0;
  for (let i = 0; i < weights.length; i++) {
    const d = at(i) - centre;
    first += (weights[i] / WORD) * d;
    second += (weights[i] / WORD) * d * d;
  }
  return { mean: centre + first, variance: second - first * first };
}
