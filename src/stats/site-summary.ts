/**
 * Partials of a site's job → what a run says of the site at each horizon: the auxiliary energy and its peak power, what
 * is wasted, when and how often the battery fails, where its level stands, what tasks cost and how long they wait.
 * Estimates and intervals only; the comparison with theory is in site-verdict.ts.
 */
import { BIN_COUNT, binOf, binStart } from '../engine/partials.js';
import type { HorizonPartials, Partials } from '../engine/partials.js';
import type { SiteSamplingError } from '../law/site-error.js';
import { SITE_VIOLATION, splitSite } from '../engine/site-job.js';
import type { LumpedSiteRow, SiteRow } from '../engine/site-job.js';
import { clopperPearson } from './binomial.js';
import type { Interval } from './binomial.js';
import { normalCritical } from '../numeric/normal.js';
import { SUMMARY_QUANTILES, summarizeHorizon } from './summary.js';
import type { HorizonSummary } from './summary.js';

/** What of a prepared site gives its integers their units. */
export interface SiteUnits {
  readonly quantumJoules: number;
  /** Of the rows of levels. */
  readonly levelJoules: number;
  readonly capacityQuanta: number;
  readonly slotSeconds: number;
  /** σ of a slot's net increment, and how far what is drawn is from it. */
  readonly volatilityJoules: number;
  readonly samplingError: SiteSamplingError;
  /** Tasks that arrive up to a slot on average. */
  readonly expectedTasks: (slots: number) => number;
  /** Of a task that is served as it arrives, on average. */
  readonly joulesPerTask: number;
}

/** A mean with its standard error. */
export interface MeanEstimate {
  readonly mean: number;
  readonly standardError: number;
}

/** A number of the kind that must be seen on no path. */
export type SiteViolation = keyof typeof SITE_VIOLATION;

/** Figures of tasks. */
type TaskFigure =
  | 'tasks'
  | 'dispatched'
  | 'joulesPerTask'
  | 'waitSlots'
  | 'waitSeconds'
  | 'overflowedShare'
  | 'aboveBound'
  | 'undone'
  | 'undoneEnergy';

export interface FirstPassage {
  /** P(no slot with auxiliary energy yet). */
  readonly probabilityNone: number;
  readonly probabilityNoneInterval: Interval;
  /** Slot (from 1) by which it has failed so surely; null beyond the horizon. Rounded up to the bins' width. */
  readonly quantiles: readonly { readonly probability: number; readonly slot: number | null }[];
}

/** One horizon of a site. Joules unless said otherwise. */
export interface SiteHorizon {
  readonly slots: number;
  readonly trials: number;
  readonly auxiliary: HorizonSummary;
  /** Largest auxiliary power of a slot, watts. */
  readonly peakWatts: HorizonSummary;
  readonly waste: HorizonSummary;
  /** Share of the slots that lack energy. */
  readonly deficitFraction: MeanEstimate;
  readonly firstPassage: FirstPassage;
  readonly level: HorizonSummary & {
    readonly probabilityEmpty: number;
    /** P(within a bin's width, at most a 2048th of the capacity, of full); null without a capacity. */
    readonly probabilityFull: number | null;
  };
  readonly consumption: MeanEstimate;
  /**
   * `expected`: slots were drawn at once, so the number of tasks, and energy a task, are what they are on average,
   * without an error; nobody waits and nothing is undone.
   */
  readonly tasks: 'counted' | 'expected';
  /** Tasks dispatched on a path. */
  readonly dispatched: MeanEstimate;
  /** All energy consumed over all tasks dispatched; null where none was. */
  readonly joulesPerTask: number | null;
  /** Mean wait of a dispatched task; null where none was. */
  readonly waitSlots: number | null;
  readonly waitSeconds: number | null;
  /** Share of the dispatched tasks that the full queue sent off at once. */
  readonly overflowedShare: number;
  /** Energy dispatched above the least that must have been by now. */
  readonly aboveBound: MeanEstimate;
  /** Tasks that wait at the horizon, and the least energy of these and of what is in service: postponed, not saved. */
  readonly undone: MeanEstimate;
  readonly undoneEnergy: MeanEstimate;
  /** Paths on which each violation was seen. */
  readonly violations: Readonly<Record<SiteViolation, number>>;
}

/** Estimates of a site and their intervals, horizon by horizon. */
export interface SiteSummary {
  readonly confidence: number;
  readonly horizons: readonly SiteHorizon[];
}

/** Summarises a site's run. Throws InputError where a horizon holds no path or its counts do not add up. */
export function summarizeSite(partials: Partials, units: SiteUnits, confidence = 0.95): SiteSummary {
  const rows = splitSite(partials);
  const horizons = rows.auxiliary.map((_, h) => summarizeOne((row) => rows[row]?.[h], units, confidence));
  return { confidence, horizons };
}

/** A row of a horizon: those that only tasks have are missing where none were drawn. */
interface RowOf {
  (name: LumpedSiteRow): HorizonPartials;
  (name: SiteRow): HorizonPartials | undefined;
}

function summarizeOne(
  find: (name: SiteRow) => HorizonPartials | undefined,
  units: SiteUnits,
  confidence: number,
): SiteHorizon {
  const row = find as RowOf;
  const { quantumJoules, levelJoules, capacityQuanta, slotSeconds } = units;
  const of = (name: LumpedSiteRow, unit = quantumJoules): HorizonSummary =>
    summarizeHorizon(row(name), unit, confidence);
  const mean = (name: LumpedSiteRow, unit = quantumJoules): MeanEstimate => {
    const { meanDeficit, standardError } = of(name, unit);
    return { mean: meanDeficit, standardError };
  };
  const { slots, count: trials } = row('auxiliary');
  const level = cappedAt(of('level', levelJoules), capacityQuanta * levelJoules);
  return {
    slots,
    trials,
    auxiliary: of('auxiliary'),
    peakWatts: of('peak', quantumJoules / slotSeconds),
    waste: of('waste'),
    deficitFraction: mean('deficitSlots', 1 / slots),
    firstPassage: firstPassage(row('passage'), confidence),
    level: {
      ...level,
      probabilityEmpty: level.probabilityZero,
      probabilityFull: capacityQuanta === Infinity ? null : pathsAtTop(row('level'), capacityQuanta).paths / trials,
    },
    consumption: mean('consumption'),
    ...tasksOf(row, units, confidence),
    violations: violationsOf(row('violations')),
  };
}

/** What came of the tasks: counted, or, where none were drawn, as many as are expected, none of which waits. */
function tasksOf(row: RowOf, units: SiteUnits, confidence: number): Pick<SiteHorizon, TaskFigure> {
  const { quantumJoules, slotSeconds, expectedTasks } = units;
  const { slots, sum: consumed } = row('consumption');
  const counted = row('dispatched');
  const mean = (name: SiteRow, unit: number): MeanEstimate => {
    const own = row(name);
    if (own === undefined) return { mean: 0, standardError: 0 };
    const { meanDeficit, standardError } = summarizeHorizon(own, unit, confidence);
    return { mean: meanDeficit, standardError };
  };
  const expected = expectedTasks(slots);
  const tasks = counted === undefined ? expected : Number(counted.sum);
  const perTask = (total: bigint | undefined): number | null => (tasks === 0 ? null : Number(total ?? 0) / tasks);
  const energy = perTask(consumed);
  const wait = perTask(row('waited')?.sum);
  const counts =
    counted === undefined
      ? { tasks: 'expected' as const, dispatched: { mean: expected, standardError: 0 } }
      : { tasks: 'counted' as const, dispatched: mean('dispatched', 1) };
  return {
    ...counts,
    joulesPerTask: energy === null ? null : counted === undefined ? units.joulesPerTask : energy * quantumJoules,
    waitSlots: wait,
    waitSeconds: wait === null ? null : wait * slotSeconds,
    overflowedShare: perTask(row('overflowed')?.sum) ?? 0,
    aboveBound: mean('aboveBound', quantumJoules),
    undone: mean('undone', 1),
    undoneEnergy: mean('undoneEnergy', quantumJoules),
  };
}

/** Quantiles of a charge: a bin reaches beyond the capacity, no charge does. */
function cappedAt(summary: HorizonSummary, most: number): HorizonSummary {
  const cap = (joules: number): number => Math.min(joules, most);
  return {
    ...summary,
    quantiles: summary.quantiles.map(({ probability, value, interval }) => ({
      probability,
      value: cap(value),
      interval: { lower: cap(interval.lower), upper: cap(interval.upper) },
    })),
  };
}

/** The bin that ends at the capacity, and the paths in it. */
export function pathsAtTop(
  level: HorizonPartials,
  capacityQuanta: number,
): { readonly bin: number; readonly paths: number } {
  const bin = binOf(capacityQuanta, level.bins);
  let paths = 0;
  for (let i = bin; i < BIN_COUNT; i++) paths += level.histogram[i];
  return { bin, paths };
}

function firstPassage({ slots, bins, count, zeros, histogram }: HorizonPartials, confidence: number): FirstPassage {
  const quantiles = SUMMARY_QUANTILES.map((probability) => {
    let left = probability * count;
    for (let i = 0; i < BIN_COUNT; i++) {
      left -= histogram[i];
      if (left <= 0 && histogram[i] > 0)
        return { probability, slot: Math.min(slots, Math.max(1, binStart(i + 1, bins) - 1)) };
    }
    return { probability, slot: null };
  });
  return {
    probabilityNone: zeros / count,
    probabilityNoneInterval: clopperPearson(zeros, count, confidence),
    quantiles,
  };
}

/** Bins of the flags are one value wide: bin i holds the paths with flags i. */
export function violationsOf({ histogram }: HorizonPartials): Record<SiteViolation, number> {
  const found = Object.entries(SITE_VIOLATION).map(([name, bit]) => [
    name,
    histogram.reduce((paths, seen, flags) => ((flags & bit) === 0 ? paths : paths + seen), 0),
  ]);
  return Object.fromEntries(found) as Record<SiteViolation, number>;
}

/** Clopper–Pearson interval of a share of so many paths. */
export function shareInterval(share: number, trials: number, confidence: number) {
  return clopperPearson(Math.round(share * trials), trials, confidence);
}

/** Normal interval of a mean of what is never negative. */
export function errorInterval({ mean, standardError }: MeanEstimate, confidence: number): Interval {
  const half = normalCritical(1 - confidence) * standardError;
  return { lower: Math.max(0, mean - half), upper: mean + half };
}
