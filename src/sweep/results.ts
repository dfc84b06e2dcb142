/** Results of a sweep as rows: one a point × horizon × metric. Joules, but for probabilities and counts. */
import { resolveScenario } from '../fleet/resolve.js';
import { splitSite } from '../engine/site-job.js';
import type { SiteRow } from '../engine/site-job.js';
import type { HorizonPartials, Partials } from '../engine/partials.js';
import { AccuracyError, PlanError } from '../errors.js';
import type { Scenario } from '../scenario/scenario.js';
import { batteryLaws } from '../theory/chain/battery-law.js';
import { siteChain } from '../theory/chain/site-chain.js';
import { compoundIncrement } from '../theory/compound-increment.js';
import { walkConstants } from '../theory/corrected.js';
import { exactMoments } from '../theory/exact/moments.js';
import type { CompoundIncrement } from '../theory/increment.js';
import { chargedTheory, theoryAt } from '../theory/walk-theory.js';
import type { Interval } from '../stats/binomial.js';
import { boundedReserves, reserveFromLaw } from '../stats/reserve-law.js';
import { siteReference } from '../theory/site-reference.js';
import type { ExactSiteHorizon, SiteReference } from '../theory/site-reference.js';
import type { Site } from '../fleet/site.js';
import { reserveFromPartials } from '../stats/reserve.js';
import { SUMMARY_QUANTILES, summarize, summarizeHorizon } from '../stats/summary.js';
import type { HorizonSummary } from '../stats/summary.js';
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

/** Exact values of the metrics at one horizon. */
type Exact = Partial<Record<string, number>>;

const key = (metric: Metric, level: number | null): string => `${metric} ${level ?? ''}`;

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

/** The rows of one point with exact values beside the estimates, where the sweep asks for them. */
export function withExact(sweep: Sweep, rows: readonly SweepRow[]): readonly SweepRow[] {
  if (rows.length === 0 || exactOf(sweep) === 'none') return rows;
  const chargeOf = (slots: number, risk: number): number =>
    rows.find((row) => row.slots === slots && row.metric === 'reserve' && row.level === risk)?.estimate ?? NaN;
  const exact = exactValues(sweep, rows[0].point, chargeOf);
  const { horizons } = sweep.file;
  return rows.map((row) => ({
    ...row,
    exact: numberOrNull(exact[horizons.indexOf(row.slots)]?.[key(row.metric, row.level)]),
  }));
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

/**
 * Exact values at each horizon, of the scenario's own law; a mean excess at the charge that the run came to, as its
 * estimate is. None for energy burned over the service, which has no exact law.
 */
function exactValues(
  sweep: Sweep,
  { scenario, kind }: SweepPoint,
  chargeOf: (slots: number, risk: number) => number,
): Exact[] {
  const wanted = exactOf(sweep);
  if (kind === 'site') return wanted === 'none' ? [] : exactOfSite(scenario, sweep, wanted, chargeOf);
  const charge = scenario.battery.initialJoules;
  // Moments of a battery that starts with a charge need the whole law.
  if (wanted === 'none' || scenario.accounting === 'distributed' || (wanted === 'moments' && charge > 0)) return [];
  const { horizons, risks } = sweep.file;
  const increment = compoundIncrement(resolveScenario(scenario).walk);
  if (wanted === 'moments') return horizons.map((slots) => momentsOrNone(increment, slots));
  const constants = walkConstants(increment);
  return horizons.map((slots) => {
    const { exact: law } = chargedTheory(theoryAt(increment, constants, slots), charge);
    if (law.missing?.what === 'law') return {};
    const values = momentValues(law);
    for (const p of SUMMARY_QUANTILES) values[key('quantile', p)] = law.quantile(p);
    for (const r of reserveFromLaw(law, risks)) {
      values[key('reserve', r.risk)] = r.charge;
      values[key('meanExcess', r.risk)] = law.meanExcess(chargeOf(slots, r.risk));
      values[key('conditionalValueAtRisk', r.risk)] = r.conditionalValueAtRisk;
    }
    return values;
  });
}

/** None where the method fails: the other horizons keep theirs. */
function momentsOrNone(increment: CompoundIncrement, slots: number): Exact {
  try {
    return momentValues(exactMoments(increment, [slots])[0]);
  } catch (error) {
    if (!(error instanceof AccuracyError)) throw error;
    return {};
  }
}

/** Of a site whose battery is a Markov chain: means, and where laws are asked for those of its auxiliary energy. */
function exactOfSite(
  scenario: Scenario,
  { file: { horizons, risks } }: Sweep,
  wanted: 'moments' | 'law',
  chargeOf: (slots: number, risk: number) => number,
): Exact[] {
  const { site } = resolveScenario(scenario);
  const reference = wanted === 'law' ? siteReference(site, horizons) : undefined;
  const laws = reference === undefined ? lawsOfSite(site, horizons) : knownHorizons(reference);
  return horizons.map((slots) => {
    const law = laws.find((own) => own.slots === slots);
    // Too long for a lattice: the other horizons keep theirs.
    if (law === undefined) return {};
    const values: Exact = {
      ...momentValues({
        mean: law.auxiliary.value,
        standardDeviation: law.auxiliaryDeviation.value,
        probabilityZero: law.probabilityZero.value,
      }),
      [key('meanWaste', null)]: law.waste.value,
      [key('meanDeficitSlots', null)]: law.deficitSlots.value,
      [key('meanCharge', null)]: law.level.mean.value,
    };
    const { auxiliaryLaw } = law;
    if (auxiliaryLaw === undefined) return values;
    for (const p of SUMMARY_QUANTILES) values[key('quantile', p)] = auxiliaryLaw.quantile(p);
    const charges = risks.map((risk) => chargeOf(slots, risk));
    for (const r of boundedReserves(auxiliaryLaw, law.auxiliary, risks, charges)) {
      values[key('reserve', r.risk)] = r.charge;
      values[key('meanExcess', r.risk)] = r.atSimulatedCharge.meanExcess;
      values[key('conditionalValueAtRisk', r.risk)] = r.conditionalValueAtRisk;
    }
    return values;
  });
}

function lawsOfSite(site: Site, horizons: readonly number[]): readonly ExactSiteHorizon[] {
  const chain = siteChain(site);
  return typeof chain === 'string' ? [] : batteryLaws(chain, horizons).laws;
}

const knownHorizons = (reference: SiteReference): readonly ExactSiteHorizon[] =>
  reference.kind === 'exact' ? reference.horizons : [];

function momentValues(of: { mean: number; standardDeviation: number; probabilityZero: number }): Exact {
  return {
    [key('meanDeficit', null)]: of.mean,
    [key('standardDeviation', null)]: of.standardDeviation,
    [key('probabilityZero', null)]: of.probabilityZero,
  };
}
