/** Results of a sweep as rows: one a point × horizon × metric. Joules, but for probabilities and counts. */
import { splitSite } from '../engine/site-job.js';
import type { SiteRow } from '../engine/site-job.js';
import type { HorizonPartials, Partials } from '../engine/partials.js';
import { PlanError } from '../errors.js';
import type { Interval } from '../stats/binomial.js';
import { reserveFromPartials } from '../stats/reserve.js';
import { summarize, summarizeHorizon } from '../stats/summary.js';
import type { HorizonSummary } from '../stats/summary.js';
import { exactKey, exactValues } from './exact-values.js';
import type { Exact, ExactQuestion } from './exact-values.js';
import type { Sweep, SweepPoint } from './points.js';
import type { SweepFile } from './sweep-file.js';

/** What a row may be about. `quantile` has its probability as level, the reserve's metrics have their risk. */
export const METRICS = [
  'meanDeficit',
  'standardDeviation',
  'probabilityZero',
  'quantile',
  'reserve',
  'meanExcess',
  'conditionalValueAtRisk',
  // Of sites alone, whose deficit is the auxiliary energy.
  'meanWaste',
  'meanPeak',
  'meanDeficitSlots',
  'meanCharge',
  'meanConsumption',
  'meanWaitedSlots',
  'meanUndoneTasks',
  'meanUndoneEnergy',
] as const;
export type Metric = (typeof METRICS)[number];

/** Units of metrics; those that are not named are joules. */
const UNITS: Partial<Record<Metric, string>> = {
  probabilityZero: '1',
  meanDeficitSlots: 'slots',
  meanWaitedSlots: 'slots',
  meanUndoneTasks: 'tasks',
};

/** What the estimate, its error and its exact value are measured in; `1` for probabilities. */
export const unitOfMetric = (metric: Metric): string => UNITS[metric] ?? 'J';

/** All that was counted at one point so far. */
export interface PointResult {
  readonly point: SweepPoint;
  readonly partials: Partials;
  readonly quantumJoules: number;
  readonly tablesSha256: string;
}

/** One row. NaN and null both mean that there is no such number. */
export interface SweepRow {
  readonly point: SweepPoint;
  readonly driftJoulesPerSlot: number;
  readonly volatilityJoules: number;
  readonly slots: number;
  readonly metric: Metric;
  readonly level: number | null;
  readonly estimate: number;
  readonly standardError: number | null;
  /** 95 %. */
  readonly lower: number | null;
  readonly upper: number | null;
  readonly trials: number;
  readonly exact: number | null;
  /** How the interval was made. */
  readonly method: 'normal' | 'hall' | 'clopper-pearson' | 'order statistics';
}

/** Horizons of all points up to which `auto` always asks for exact moments, at some 20 ms each. */
const FEW_HORIZONS = 256;
/** Path-slots of a point from which exact moments take little beside simulating it. */
const LARGE_POINT = 1e9;

/**
 * Which exact values are computed: decided by the file alone, so that equal sweeps give equal bytes. The chain of a
 * site takes tens of seconds a point: only a file that asks for it has it computed.
 */
export function exactOf({ file, points }: Sweep): Exclude<SweepFile['exact'], 'auto'> {
  if (file.exact !== 'auto') return file.exact;
  const { horizons, trials } = file;
  if (points.some(({ kind }) => kind === 'site')) return 'none';
  const few = points.length * horizons.length <= FEW_HORIZONS;
  return few || trials * horizons[horizons.length - 1] >= LARGE_POINT ? 'moments' : 'none';
}

/** Whether exact values could be had for the asking. */
export function leavesOutExact({ file, points }: Sweep): boolean {
  return file.exact === 'auto' && points.some(({ kind }) => kind === 'site');
}

/** The rows of one point, without exact values. */
export function estimatedRows({ file }: Sweep, { point, partials, quantumJoules }: PointResult): SweepRow[] {
  const { driftJoulesPerSlot, volatilityJoules } = point;
  const site = point.kind === 'site' ? splitSite(partials) : undefined;
  if (site !== undefined) checkViolations(point, site.violations);
  const deficits = site === undefined ? partials : { horizons: site.auxiliary };
  const { dischargeEfficiency = 1 } = point.scenario.battery;
  const joulesOf = { quantum: quantumJoules, level: quantumJoules / dischargeEfficiency };
  return summarize(deficits, quantumJoules).horizons.flatMap((horizon, h) => {
    const common = {
      ...{ point, driftJoulesPerSlot, volatilityJoules },
      ...{ slots: horizon.slots, trials: horizon.trials, exact: null },
    };
    const means =
      site === undefined
        ? []
        : SITE_METRICS.flatMap(([metric, row, unit]) => {
            // Points are walked task by task, and have all rows.
            const own = site[row]?.[h];
            return own === undefined ? [] : [meanRow(metric, own, unit === 'one' ? 1 : joulesOf[unit])];
          });
    const own = [...summaryRows(horizon), ...means, ...reserveRows(deficits.horizons[h], quantumJoules, file.risks)];
    return own.map((row) => ({ ...common, ...row }));
  });
}

/** What is asked of a point's exact values, given its rows; undefined where the sweep asks for none. */
export function exactQuestion(sweep: Sweep, rows: readonly SweepRow[]): ExactQuestion | undefined {
  const wanted = exactOf(sweep);
  if (rows.length === 0 || wanted === 'none') return undefined;
  const { horizons, risks } = sweep.file;
  const { scenario, kind } = rows[0].point;
  const chargeOf = (slots: number, risk: number): number =>
    rows.find((row) => row.slots === slots && row.metric === 'reserve' && row.level === risk)?.estimate ?? NaN;
  const charges = horizons.map((slots) => risks.map((risk) => chargeOf(slots, risk)));
  return { scenario, kind, wanted, horizons, risks, charges };
}

/** Rows with their exact values beside the estimates. @param exact at each of the sweep's horizons */
export function besideExact(sweep: Sweep, rows: readonly SweepRow[], exact: readonly Exact[]): SweepRow[] {
  const { horizons } = sweep.file;
  return rows.map((row) => ({
    ...row,
    exact: numberOrNull(exact[horizons.indexOf(row.slots)]?.[exactKey(row.metric, row.level)]),
  }));
}

/** The rows of one point with exact values beside the estimates, where the sweep asks for them. */
export function withExact(sweep: Sweep, rows: readonly SweepRow[]): readonly SweepRow[] {
  const question = exactQuestion(sweep, rows);
  return question === undefined ? rows : besideExact(sweep, rows, exactValues(question));
}

/** What is missing of an exact law is NaN there. */
function numberOrNull(value: number | undefined): number | null {
  return value === undefined || Number.isNaN(value) ? null : value;
}

/** Means of a site beside its auxiliary energy: joules of a path, counted in quanta or levels, or slots of it. */
const SITE_METRICS: readonly (readonly [Metric, SiteRow, 'quantum' | 'level' | 'one'])[] = [
  ['meanWaste', 'waste', 'quantum'],
  ['meanPeak', 'peak', 'quantum'],
  ['meanDeficitSlots', 'deficitSlots', 'one'],
  ['meanCharge', 'level', 'level'],
  ['meanConsumption', 'consumption', 'quantum'],
  ['meanWaitedSlots', 'waited', 'one'],
  ['meanUndoneTasks', 'undone', 'one'],
  ['meanUndoneEnergy', 'undoneEnergy', 'quantum'],
];

function meanRow(metric: Metric, horizon: HorizonPartials, unit: number): OwnRow {
  const { meanDeficit, standardError, meanInterval } = summarizeHorizon(horizon, unit);
  const { lower, upper } = meanInterval;
  return { metric, level: null, estimate: meanDeficit, standardError, lower, upper, method: 'normal' };
}

/** @throws {PlanError} where a path of a site broke a rule: its numbers are then not to be used */
function checkViolations({ index }: SweepPoint, rows: readonly HorizonPartials[]): void {
  const broken = rows.reduce((most, { count, zeros }) => Math.max(most, count - zeros), 0);
  if (broken === 0) return;
  throw new PlanError(
    `point ${index}: ${broken} paths missed a deadline, fell below the bound or left 32 bits, expected none: run the point by itself to see which`,
    `point ${index}`,
  );
}

type OwnRow = Pick<SweepRow, 'metric' | 'level' | 'estimate' | 'standardError' | 'lower' | 'upper' | 'method'>;

function summaryRows(h: HorizonSummary): OwnRow[] {
  const { lower, upper } = h.standardDeviationInterval;
  return [
    {
      ...{ metric: 'meanDeficit', level: null, estimate: h.meanDeficit, standardError: h.standardError },
      ...{ lower: h.meanInterval.lower, upper: h.meanInterval.upper, method: 'normal' },
    },
    {
      ...{ metric: 'standardDeviation', level: null, estimate: h.standardDeviation },
      ...{ standardError: h.standardDeviationError, lower, upper, method: 'hall' },
    },
    {
      ...{ metric: 'probabilityZero', level: null, estimate: h.probabilityZero },
      ...{ standardError: h.probabilityZeroError, lower: h.probabilityZeroInterval.lower },
      ...{ upper: h.probabilityZeroInterval.upper, method: 'clopper-pearson' },
    },
    ...h.quantiles.map(({ probability, value, interval }): OwnRow => {
      const { lower: least, upper: most } = interval;
      const row = { metric: 'quantile', level: probability, estimate: value, standardError: null } as const;
      return { ...row, lower: least, upper: most, method: 'order statistics' };
    }),
  ];
}

function reserveRows(
  horizon: PointResult['partials']['horizons'][number],
  quantum: number,
  risks: readonly number[],
): OwnRow[] {
  return reserveFromPartials(horizon, quantum, risks).flatMap((r): OwnRow[] => {
    const tail = (metric: Metric, estimate: number, error: number, { lower, upper }: Interval): OwnRow => {
      return { metric, level: r.risk, estimate, standardError: error, lower, upper, method: 'hall' };
    };
    const { lower, upper } = r.interval;
    return [
      {
        ...{ metric: 'reserve', level: r.risk, estimate: r.charge, standardError: null },
        ...{ lower, upper, method: 'order statistics' },
      },
      tail('meanExcess', r.meanExcess, r.meanExcessError, r.meanExcessInterval),
      tail(
        'conditionalValueAtRisk',
        r.conditionalValueAtRisk,
        r.conditionalValueAtRiskError,
        r.conditionalValueAtRiskInterval,
      ),
    ];
  });
}
