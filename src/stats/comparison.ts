/**
 * Two sites whose paths are paired by number: what is compared, path by path, as exact sums that grow chunk by chunk,
 * and what they say of the differences with intervals that are all right at once. The intervals are right however much
 * of their draws the two share.
 */
import { SITE_ROWS } from '../engine/site-job.js';
import type { SiteRow } from '../engine/site-job.js';
import type { Interval } from './binomial.js';
import { addPairs, emptyPairedSums, pairedDifference } from './paired.js';
import type { PairedSums } from './paired.js';
import { addRatioPairs, emptyRatioSums, ratioDifference } from './ratio-difference.js';
import type { Ratio, RatioDifference, RatioSums } from './ratio-difference.js';

/** What one step of a side's integers is. */
export interface SideScale {
  readonly quantumJoules: number;
  /** Of the row of levels. */
  readonly levelJoules: number;
  readonly slotSeconds: number;
}

/** A side's rows at one horizon, one entry a path. */
export type SideRows = (row: SiteRow) => Int32Array;

/** Reads rows from what `backend.deficits` gives for a site of `horizons` horizons and `paths` paths. */
export function sideRows(values: Int32Array, horizons: number, paths: number, horizon: number): SideRows {
  return (row) => {
    const start = (SITE_ROWS.indexOf(row) * horizons + horizon) * paths;
    return values.subarray(start, start + paths);
  };
}

interface Quantity {
  readonly name: string;
  readonly unit: string;
}

const joules = ({ quantumJoules }: SideScale): number => quantumJoules;
const one = (): number => 1;

/** Means of totals. */
const TOTALS = [
  { name: 'auxiliary', unit: 'J', row: 'auxiliary', quantum: joules },
  { name: 'riskOfAuxiliary', unit: '', row: 'auxiliary', quantum: one, indicates: true },
  { name: 'peak', unit: 'W', row: 'peak', quantum: (s: SideScale) => s.quantumJoules / s.slotSeconds, state: true },
  { name: 'deficitSlots', unit: 'slots', row: 'deficitSlots', quantum: one },
  { name: 'waste', unit: 'J', row: 'waste', quantum: joules },
  { name: 'consumption', unit: 'J', row: 'consumption', quantum: joules },
  { name: 'dispatched', unit: 'tasks', row: 'dispatched', quantum: one },
  { name: 'level', unit: 'J', row: 'level', quantum: (s: SideScale) => s.levelJoules, state: true },
  { name: 'undone', unit: 'tasks', row: 'undone', quantum: one, state: true },
  { name: 'undoneEnergy', unit: 'J', row: 'undoneEnergy', quantum: joules, state: true },
] as const satisfies readonly (Quantity & {
  row: SiteRow;
  quantum: (scale: SideScale) => number;
  /** Whether it is above 0, not how much it is. */
  indicates?: boolean;
  /** What is found at a horizon, not summed up to it: it has no increments. */
  state?: boolean;
})[];

/** Means of one total over means of another. */
const RATIOS = [
  { name: 'energyPerTask', unit: 'J', numerator: 'consumption', denominator: 'dispatched', quantum: joules },
  { name: 'meanWait', unit: 'slots', numerator: 'waited', denominator: 'dispatched', quantum: one },
] as const satisfies readonly (Quantity & {
  numerator: SiteRow;
  denominator: SiteRow;
  quantum: (scale: SideScale) => number;
})[];

export type QuantityName = (typeof TOTALS)[number]['name'] | (typeof RATIOS)[number]['name'];

/** Exact sums of one side against the first, at one horizon. */
export interface ComparisonSums {
  readonly totals: readonly PairedSums[];
  readonly ratios: readonly RatioSums[];
}

/**
 * A side's rows between two horizons: what is summed up to the later less what was summed up to the earlier. Compared
 * so, work that is postponed beyond the horizon earns nothing once the queue is as full at the one end as at the other:
 * what it leaves to later is what it took over from before.
 */
export function steadyRows(earlier: SideRows, later: SideRows): SideRows {
  return (row) => {
    const before = earlier(row);
    return later(row).map((x, i) => x - before[i]);
  };
}

/** Those of a comparison between two horizons that are sums, which states and the peak are not. */
export function steadyQuantities(quantities: readonly QuantityDifference[]): QuantityDifference[] {
  const states = TOTALS.filter((total) => 'state' in total).map(({ name }): QuantityName => name);
  return quantities.filter(({ quantity }) => !states.includes(quantity));
}

/** Sums over no paths. */
export function emptyComparison(first: SideScale, other: SideScale): ComparisonSums {
  return {
    totals: TOTALS.map(({ quantum }) => emptyPairedSums(quantum(other), quantum(first))),
    ratios: RATIOS.map(({ quantum }) => {
      const quanta = (side: SideScale): Ratio<number> => ({ numerator: quantum(side), denominator: 1 });
      return emptyRatioSums(quanta(other), quanta(first));
    }),
  };
}

/** The sums with more paths, the same of both sides. */
export function addComparison(sums: ComparisonSums, first: SideRows, other: SideRows): ComparisonSums {
  return {
    totals: TOTALS.map((total, i) => {
      const values = (side: SideRows): Int32Array =>
        'indicates' in total ? side(total.row).map((x) => (x > 0 ? 1 : 0)) : side(total.row);
      return addPairs(sums.totals[i], values(other), values(first));
    }),
    ratios: RATIOS.map(({ numerator, denominator }, i) => {
      const values = (side: SideRows): Ratio<Int32Array> => ({
        numerator: side(numerator),
        denominator: side(denominator),
      });
      return addRatioPairs(sums.ratios[i], values(other), values(first));
    }),
  };
}

/** One quantity of a side against the first; in `unit`. */
export interface QuantityDifference {
  readonly quantity: QuantityName;
  readonly unit: string;
  readonly meanFirst: number;
  readonly mean: number;
  /** This side minus the first. */
  readonly difference: number;
  readonly standardError: number;
  /** Of the difference; with all others of the family it is right with probability 1 − α. */
  readonly interval: Interval;
  /** Two-sided, of no difference, for itself alone. */
  readonly pValue: number;
  readonly excludesZero: boolean;
  /** Paths on which the two differ; of a ratio, in either total. */
  readonly differing: number;
  /** Of the two over paths; NaN where one of them never varies. */
  readonly correlation: number;
  /** Times as many paths as independent runs would need; NaN where neither varies. */
  readonly varianceReduction: number;
}

/** Comparisons as one family: Bonferroni's intervals. */
export function compareFamily(family: readonly ComparisonSums[], familyAlpha: number): QuantityDifference[][] {
  const confidence = 1 - familyAlpha / (family.length * (TOTALS.length + RATIOS.length));
  return family.map(({ totals, ratios }) => [
    ...totals.map((sums, i): QuantityDifference => {
      const { meanA, meanB, meanDifference, ...found } = pairedDifference(sums, confidence);
      const differing = sums.less + sums.greater;
      return quantityDifference(TOTALS[i], { ...found, differing }, [meanB, meanA, meanDifference]);
    }),
    ...ratios.map((sums, i): QuantityDifference => {
      const { ratioA, ratioB, difference, ...found } = ratioDifference(sums, confidence);
      const differing = Math.min(found.differing, sums.aa.pairs);
      return quantityDifference(RATIOS[i], { ...found, differing }, [ratioB, ratioA, difference]);
    }),
  ]);
}

type Found = Pick<RatioDifference, 'standardError' | 'interval' | 'pValue' | 'correlation' | 'varianceReduction'>;

function quantityDifference(
  { name: quantity, unit }: (typeof TOTALS)[number] | (typeof RATIOS)[number],
  { standardError, interval, pValue, differing, correlation, varianceReduction }: Found & { differing: number },
  [meanFirst, mean, difference]: readonly [number, number, number],
): QuantityDifference {
  return {
    ...{ quantity, unit, meanFirst, mean, difference, standardError, interval, pValue },
    excludesZero: interval.lower > 0 || interval.upper < 0,
    ...{ differing, correlation, varianceReduction },
  };
}
