/**
 * Figure 4: the mean deficit and its spread against the horizon for several routing error rates η, the harvest critical at η = 0, with the
 * detected transitions from √T to linear growth (stats/regimes.ts) and the theory's crossover scale (σ/μ)². Here: which walks are needed, what
 * the figure shows, and its drawing; running them is for others.
 */
import * as Plot from '@observablehq/plot';
import { InputError } from '../../errors.js';
import { largestOf, smallestOf } from '../../extremes.js';
import { drift, energyMoment, volatility } from '../../fleet/walk-law.js';
import type { WalkLaw } from '../../fleet/walk-law.js';
import { EXCESSES, type Scenario } from '../../scenario/scenario.js';
import { addPairs, emptyPairedSums, pairedDifference } from '../../stats/paired.js';
import { detectTransition } from '../../stats/regimes.js';
import type { RegimeDetection } from '../../stats/regimes.js';
import type { HorizonSummary } from '../../stats/summary.js';
import { criticalMean } from '../../theory/brownian.js';
import { compoundIncrement } from '../../theory/compound-increment.js';
import { exactMoments } from '../../theory/exact/moments.js';
import { PAPER } from '../charts/theme.js';
import { drawChart } from '../charts/chart.js';
import type { ChartDocument } from '../charts/chart.js';
import { decades, logTick } from '../charts/ticks.js';
import { scaleFor } from '../table.js';
import { FIGURE_WIDTH, SERIES, dashOf } from './panels.js';

/** Error rates of the curves. */
export const ERROR_RATES: readonly number[] = [0, 0.01, 0.02, 0.05, 0.1];

/** Horizons, two an octave from 16 to `slots`, which is the last. */
export function figureHorizons(slots: number): number[] {
  if (slots < 128) {
    throw new InputError(
      `--slots: got ${slots}, expected at least 128 for figure 4: transitions need several horizons`,
      '--slots',
    );
  }
  const count = Math.round(2 * Math.log2(slots / 16));
  return Array.from({ length: count + 1 }, (_, i) => Math.round(16 * (slots / 16) ** (i / count)));
}

/** At one error rate, critical at none whatever else is burned; lumped, empty. @throws {InputError} with one model */
export function misroutedScenario(scenario: Scenario, errorRate: number): Scenario {
  if (scenario.fleet === undefined || scenario.fleet.models.length < 2) {
    throw new InputError(
      'fleet: got no second model, expected two or more for figure 4: routing errs by choosing another; add models, or draw another figure',
      'fleet',
    );
  }
  const { harvest } = scenario;
  const ofShape = 'shape' in harvest ? harvest.shape * harvest.scaleJoules ** 2 : undefined;
  const variance = ofShape ?? ('variance' in harvest ? harvest.variance : 'matched');
  return {
    ...scenario,
    routing: { ...scenario.routing, errorRate },
    accounting: 'lumped',
    battery: { initialJoules: 0 },
    harvest: { mean: 'critical', variance, sizedFor: EXCESSES.filter((excess) => excess !== 'errors') },
  };
}

/** One curve of the figure. Joules and slots. */
export interface RoutingErrorCurve {
  readonly errorRate: number;
  readonly driftJoulesPerSlot: number;
  readonly volatilityJoules: number;
  /** (σ/μ)²: infinite (null in JSON) where there is no drift. */
  readonly crossoverSlots: number;
  readonly points: readonly {
    readonly slots: number;
    readonly trials: number;
    readonly meanDeficit: number;
    /** 95 % interval of the mean, of this curve alone: curves share their paths. */
    readonly lower: number;
    readonly upper: number;
    readonly standardDeviation: number;
    readonly exactMean: number;
    readonly exactStandardDeviation: number;
  }[];
  readonly regime: RegimeDetection;
}

/** A curve beside the first: what their paths have in common at the last horizon, as measured on the pilot's. */
export interface CommonPaths {
  readonly errorRate: number;
  readonly paths: number;
  readonly correlation: number;
  /** Times as many paths as independent curves would need for the same error of the difference. */
  readonly varianceReduction: number;
}

/** What the curves' intervals are good for. */
export const COMMON_PATHS_NOTE =
  'The curves are of one seed and share the words of their paths, so that they do not err independently. ' +
  'Each interval is of its own curve and says nothing of the difference between two: ' +
  'that is known better by as much as their paths have in common, and takes paired differences. ' +
  'The bootstrap of each transition has random numbers of its own, but the paths that it starts from are shared.';

/** The figure's data. */
export interface RoutingErrorData {
  readonly curves: readonly RoutingErrorCurve[];
  readonly note: string;
  /** Of all curves but the first, with it. */
  readonly commonPaths: readonly CommonPaths[];
}

/** Deficits of the same paths at the last horizon, with their quantum. */
export interface PilotDeficits {
  readonly errorRate: number;
  readonly quantumJoules: number;
  readonly deficits: Int32Array;
}

/** The data of curves and of what their pilots have in common. */
export function routingErrorData(
  curves: readonly RoutingErrorCurve[],
  pilots: readonly PilotDeficits[],
): RoutingErrorData {
  const [first, ...others] = pilots;
  const commonPaths = others.map(({ errorRate, quantumJoules, deficits }): CommonPaths => {
    const sums = addPairs(emptyPairedSums(quantumJoules, first.quantumJoules), deficits, first.deficits);
    const { pairs: paths, correlation, varianceReduction } = pairedDifference(sums);
    return { errorRate, paths, correlation, varianceReduction };
  });
  return { curves, note: COMMON_PATHS_NOTE, commonPaths };
}

/** Drift below this share of consumption is rounding. */
const NO_DRIFT = 1e-9;

/**
 * One curve from the run of its walk.
 * @param covariance of the means over the horizons (stats/mean-covariance.ts), joules²
 */
export function routingErrorCurve(
  errorRate: number,
  walk: WalkLaw,
  summaries: readonly HorizonSummary[],
  covariance: Float64Array,
  seed: string,
): RoutingErrorCurve {
  const slots = summaries.map((h) => h.slots);
  const exact = exactMoments(compoundIncrement(walk), slots);
  const consumed = walk.demand.ratePerSlot * energyMoment(walk.demand, 1);
  const mu = drift(walk);
  const sigma = volatility(walk);
  const regime = detectTransition(
    { slots, means: summaries.map((h) => h.meanDeficit), covariance, offset: discreteness(walk, slots) },
    // The bootstrap of a curve is its own: its key is neither that of the paths nor that of another curve.
    { seed: `${seed}/figure 4/${errorRate}` },
  );
  return {
    errorRate,
    driftJoulesPerSlot: mu,
    volatilityJoules: sigma,
    crossoverSlots: Math.abs(mu) < NO_DRIFT * consumed ? Infinity : (sigma / mu) ** 2,
    points: summaries.map((h, i) => ({
      slots: h.slots,
      trials: h.trials,
      meanDeficit: h.meanDeficit,
      lower: h.meanInterval.lower,
      upper: h.meanInterval.upper,
      standardDeviation: h.standardDeviation,
      exactMean: exact[i].mean,
      exactStandardDeviation: exact[i].standardDeviation,
    })),
    regime,
  };
}

/**
 * How far the mean of a discrete walk lies from σ√(2T/π) were its harvest critical (its variance kept): −K for large T. The part of the mean
 * that is neither √T nor drift, exactly; what drift itself adds is left for the fits to find.
 */
export function discreteness(walk: WalkLaw, slots: readonly number[]): number[] {
  const { demand, harvest } = walk;
  const mean = demand.ratePerSlot * energyMoment(demand, 1);
  const variance = harvest.shape * harvest.scaleJoules ** 2;
  const critical: WalkLaw = { demand, harvest: { shape: mean ** 2 / variance, scaleJoules: variance / mean } };
  const sigma = volatility(critical);
  return exactMoments(compoundIncrement(critical), slots).map((m, i) => m.mean - criticalMean(sigma, slots[i]));
}

/** The figure as SVG. */
export function routingErrorFigure(curves: readonly RoutingErrorCurve[], document: ChartDocument): string {
  const means = curves.flatMap((c) => c.points.flatMap((p) => [p.meanDeficit, p.exactMean]));
  const { unit, factor } = scaleFor(means, 'J');
  const slots = curves[0].points.map((p) => p.slots);
  const last = slots[slots.length - 1];
  const scales = curves.map((c) => c.crossoverSlots).filter((t) => t <= 20 * last);
  const right = 1.25 * largestOf([2.2 * last, ...scales]);
  const spread = curves.flatMap((c, i) =>
    i === 0 || i === curves.length - 1 ? c.points.map((p) => ({ ...p, curve: i })) : [],
  );
  const high = (1.5 * largestOf(spread.map((p) => p.exactMean + p.exactStandardDeviation))) / factor;
  const least = (0.7 * smallestOf(spread.map((p) => p.exactMean - p.exactStandardDeviation))) / factor;
  // Below the curves one row a curve for where it bends.
  const rowHeight = (high / least) ** 0.052;
  const row = (i: number): number => least / rowHeight ** (curves.length - i);
  const low = row(0) / rowHeight;
  const style = (i: number) => SERIES[i % SERIES.length];
  const found = curves.flatMap(({ regime: { transition } }, i) =>
    transition === undefined ? [] : [{ ...transition, i }],
  );
  const meanAt = (i: number, t: number): number => interpolated(curves[i], t) / factor;
  return drawChart(
    {
      id: 'figure4',
      title: 'Mean deficit against the horizon for several routing error rates',
      description:
        `E[D] in ${unit} against T in slots, logarithmic, with one standard deviation of D about the mean for the least and the greatest error rate. ` +
        curves
          .map(({ errorRate, regime: { transition } }) =>
            transition === undefined
              ? `η = ${errorRate}: √T throughout.`
              : `η = ${errorRate}: bends at ${Math.round(transition.slots)} slots${transition.atLastCandidate ? ' or later' : ''}.`,
          )
          .join(' ') +
        ' The curves share their paths: their intervals are not those of differences between them.',
      legend: [
        { label: '± 1 SD of D, η = ' + String(curves[0].errorRate), fill: style(0).color },
        {
          label: '± 1 SD of D, η = ' + String(curves[curves.length - 1].errorRate),
          fill: style(curves.length - 1).color,
        },
      ],
      x: {
        label: 'horizon T, slots',
        type: 'log',
        domain: [slots[0] / 1.25, right],
        ticks: decades(slots[0], right).filter((t) => t >= slots[0] / 1.25 && t <= right),
        format: logTick,
      },
      y: {
        label: `E[D], ${unit}`,
        type: 'log',
        domain: [low, high],
        ticks: decades(least, high).filter((t) => t >= least && t <= high),
        format: logTick,
      },
      marks: [
        Plot.areaY(spread, {
          x: 'slots',
          y1: (p: (typeof spread)[number]) => (p.exactMean - p.exactStandardDeviation) / factor,
          y2: (p: (typeof spread)[number]) => (p.exactMean + p.exactStandardDeviation) / factor,
          z: 'curve',
          fill: (p: (typeof spread)[number]) => style(p.curve).color,
          fillOpacity: 0.13,
        }),
        Plot.ruleX(found, {
          x: 'slots',
          y1: (t: (typeof found)[number]) => row(t.i),
          y2: (t: (typeof found)[number]) => meanAt(t.i, t.slots),
          stroke: (t: (typeof found)[number]) => style(t.i).color,
          strokeDasharray: '3 3',
        }),
        ...curves.flatMap((curve, i) => [
          Plot.line(curve.points, {
            x: 'slots',
            y: (p: (typeof curve.points)[number]) => p.exactMean / factor,
            stroke: style(i).color,
            strokeWidth: 1.8,
            ...dashOf(style(i)),
          }),
          Plot.ruleX(curve.points, {
            x: 'slots',
            y1: (p: (typeof curve.points)[number]) => p.lower / factor,
            y2: (p: (typeof curve.points)[number]) => p.upper / factor,
            stroke: style(i).color,
            strokeWidth: 1.5,
          }),
          Plot.dot(curve.points, {
            x: 'slots',
            y: (p: (typeof curve.points)[number]) => p.meanDeficit / factor,
            r: 2.2,
            fill: style(i).color,
            stroke: 'white',
            strokeWidth: 0.6,
          }),
        ]),
        Plot.ruleY([least], { stroke: PAPER.muted, strokeWidth: 0.75 }),
        Plot.link(found, {
          x1: (t: (typeof found)[number]) => t.interval.lower,
          x2: (t: (typeof found)[number]) => t.interval.upper,
          y1: (t: (typeof found)[number]) => row(t.i),
          y2: (t: (typeof found)[number]) => row(t.i),
          stroke: (t: (typeof found)[number]) => style(t.i).color,
          strokeWidth: 6,
          strokeOpacity: 0.45,
        }),
        Plot.dot(found, {
          x: 'slots',
          y: (t: (typeof found)[number]) => row(t.i),
          r: 2.6,
          fill: (t: (typeof found)[number]) => style(t.i).color,
        }),
        Plot.dot(
          curves.flatMap((c, i) => (c.crossoverSlots <= right ? [{ i, slots: c.crossoverSlots }] : [])),
          {
            x: 'slots',
            y: (c: { i: number }) => row(c.i),
            symbol: 'diamond2',
            r: 4.5,
            fill: 'white',
            stroke: (c: { i: number }) => style(c.i).color,
          },
        ),
        // Curves of small error rates end too close to one another for labels: their colours are those of the rows.
        Plot.text([0, curves.length - 2, curves.length - 1], {
          x: () => last,
          y: (i: number) => curves[i].points[slots.length - 1].exactMean / factor,
          text: (i: number) => `η = ${curves[i].errorRate}`,
          textAnchor: 'start',
          dx: 7,
          fill: (i: number) => style(i).color,
        }),
        Plot.text(curves, {
          x: () => slots[0],
          y: (_: RoutingErrorCurve, i: number) => row(i),
          text: (c: RoutingErrorCurve) =>
            `η = ${c.errorRate}${c.regime.transition === undefined ? ': no transition' : ''}`,
          textAnchor: 'start',
          fontSize: 11,
          fill: (_: RoutingErrorCurve, i: number) => style(i).color,
        }),
        Plot.text(['dots: detected transition, bar its 95 % interval; diamonds: theory’s scale (σ/μ)²'], {
          x: () => slots[0],
          y: () => least,
          dy: -8,
          textAnchor: 'start',
          fontSize: 11,
          fill: PAPER.muted,
          stroke: 'white',
          strokeWidth: 4,
        }),
      ],
    },
    { document, palette: PAPER, width: FIGURE_WIDTH, height: 480 },
  );
}

/** The exact mean between horizons, straight on logarithmic axes. */
function interpolated({ points }: RoutingErrorCurve, t: number): number {
  const next = Math.max(
    1,
    points.findIndex((p) => p.slots >= t),
  );
  const [a, b] = [points[next - 1], points[next]];
  const share = Math.log(t / a.slots) / Math.log(b.slots / a.slots);
  return a.exactMean ** (1 - share) * b.exactMean ** share;
}
