/**
 * Figure 2: deviation of the mean deficit from what drift alone would take, (E[D_T] − max(−μ, 0)T)/(σ√(2T/π)), against
 * the relative drift m = μ√T/σ at one T. The Brownian curve is a function of |m| alone; the discrete walk lies below it
 * by about K/(σ√(2T/π)), and a simulation is to meet the walk's exact value, not the curve. Here: which walks are
 * needed, what the figure shows, and its drawing; running them is for others.
 */
import { resolveScenario } from '../../fleet/resolve.js';
import * as Plot from '@observablehq/plot';
import { InputError } from '../../errors.js';
import { demandLaw, demandMoments } from '../../fleet/demand.js';
import { drift, volatility } from '../../fleet/walk-law.js';
import type { WalkLaw } from '../../fleet/walk-law.js';
import type { Scenario } from '../../scenario/scenario.js';
import { brownianLaw, criticalMean, deviation } from '../../theory/brownian.js';
import { compoundIncrement } from '../../theory/compound-increment.js';
import { exactMoments } from '../../theory/exact/moments.js';
import type { HorizonSummary } from '../../stats/summary.js';
import { CURVE_STYLES, PAPER } from '../charts/theme.js';
import type { CurveName } from '../charts/theme.js';
import { curveLine, drawChart, symbolStyle } from '../charts/chart.js';
import type { ChartDocument } from '../charts/chart.js';
import { FIGURE_WIDTH } from './panels.js';

/** Relative drifts of the simulated points. */
export const SIMULATED_DRIFTS: readonly number[] = [
  -8, -7, -6, -5, -4, -3, -2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 7, 8,
];
/** Largest relative drift that the figure shows. */
export const REACH = 8;

/**
 * The scenario with its harvest's mean moved so that μ√T/σ = `relative`; the variance of the harvest stays. Lumped,
 * from an empty battery.
 * @throws {InputError} where so few slots ask for a harvest below 0
 */
export function driftedScenario(scenario: Scenario, relative: number, slots: number): Scenario {
  const table = resolveScenario(scenario).table;
  const walk = resolveScenario(scenario).walk;
  const consumed = demandMoments(demandLaw(scenario, table)).mean;
  const variance = walk.harvest.shape * walk.harvest.scaleJoules ** 2;
  const most = (REACH * volatility(walk)) / consumed;
  if (slots <= most ** 2) {
    throw new InputError(
      `--slots: got ${slots}, expected more than ${Math.floor(most ** 2)}: figure 2 goes down to a drift of −${REACH} σ/√T, ` +
        'and a harvest cannot fall short of the demand by more than all of it',
      '--slots',
    );
  }
  const mean = consumed + (relative * volatility(walk)) / Math.sqrt(slots);
  return { ...scenario, accounting: 'lumped', battery: { initialJoules: 0 }, harvest: { mean, variance } };
}

/** One simulated point of the figure. Deviations have no unit. */
export interface DeviationPoint {
  /** m = μ√T/σ. */
  readonly relativeDrift: number;
  readonly simulated: number;
  /** 95 % interval. */
  readonly lower: number;
  readonly upper: number;
  readonly exact: number;
  readonly brownian: number;
  readonly trials: number;
}

/** From a run of a walk to its point. */
export function deviationPoint(walk: WalkLaw, summary: HorizonSummary): DeviationPoint {
  const { slots, trials, meanDeficit, meanInterval } = summary;
  const [mu, sigma] = [drift(walk), volatility(walk)];
  const scaled = (mean: number): number => (mean - Math.max(-mu, 0) * slots) / criticalMean(sigma, slots);
  return {
    relativeDrift: (mu * Math.sqrt(slots)) / sigma,
    simulated: scaled(meanDeficit),
    lower: scaled(meanInterval.lower),
    upper: scaled(meanInterval.upper),
    exact: scaled(exactMoments(compoundIncrement(walk), [slots])[0].mean),
    brownian: scaled(brownianLaw({ drift: mu, volatility: sigma }, slots).mean),
    trials,
  };
}

/** What `figure2.json` holds beside its heading. */
export function deviationData(slots: number | readonly number[], points: readonly DeviationPoint[]) {
  const grid = Array.from({ length: 321 }, (_, i) => (REACH * (i - 160)) / 160);
  return {
    slots,
    brownianCurve: grid.map((m) => ({ relativeDrift: m, deviation: deviation(m) })),
    points,
  };
}

export type DeviationData = ReturnType<typeof deviationData>;

/** The key, in the empty corner: where each entry stands, and what it says. */
const KEY = { brownian: 1, simulated: 0.92, exact: 0.84 };
const KEY_TEXT = { brownian: 'Brownian limit', simulated: 'simulated, 95 %', exact: 'exact, discrete walk' };

/** The figure as SVG. */
export function deviationFigure({ slots, brownianCurve, points }: DeviationData, document: ChartDocument): string {
  const curve = (name: 'exact' | 'brownian', xs: readonly number[], ys: readonly number[]) =>
    curveLine(name, xs, ys, PAPER);
  const symbols = (name: Extract<CurveName, 'simulated' | 'exact'>) =>
    Plot.dot(points, {
      x: 'relativeDrift',
      y: name,
      symbol: CURVE_STYLES[name].symbol,
      ...symbolStyle(name, PAPER),
      ...(name === 'exact' ? { r: 3 } : {}),
    });
  return drawChart(
    {
      id: 'figure2',
      title: 'Deviation of the mean deficit against relative drift',
      description:
        `(E[D] − max(−μ, 0)T)/(σ√(2T/π)) against μ√T/σ at T = ${horizonsText(slots)} slots: Brownian curve, exact values of the discrete walk and simulated ` +
        'points with 95 % intervals.',
      legend: [],
      x: { label: 'relative drift μ√T/σ', domain: [-REACH - 0.4, REACH + 0.4], ticks: 9, format: signed },
      y: { label: '(E[D] − max(−μ,0)T) / (σ√(2T/π))', domain: [0, 1.08], ticks: 6 },
      marks: [
        Plot.ruleY([0], { strokeOpacity: 0.6 }),
        curve(
          'brownian',
          brownianCurve.map((p) => p.relativeDrift),
          brownianCurve.map((p) => p.deviation),
        ),
        Plot.ruleX(points, { x: 'relativeDrift', y1: 'lower', y2: 'upper', stroke: PAPER.simulated, strokeWidth: 2.5 }),
        symbols('simulated'),
        symbols('exact'),
        curve('brownian', [-8.1, -7.3], [KEY.brownian, KEY.brownian]),
        Plot.ruleX([-7.7], {
          y1: KEY.simulated - 0.03,
          y2: KEY.simulated + 0.03,
          stroke: PAPER.simulated,
          strokeWidth: 2.5,
        }),
        ...(['simulated', 'exact'] as const).map((name) =>
          Plot.dot([KEY[name]], {
            x: () => -7.7,
            y: (y: number) => y,
            symbol: CURVE_STYLES[name].symbol,
            ...symbolStyle(name, PAPER),
          }),
        ),
        Plot.text(Object.entries(KEY), {
          x: () => -7.1,
          y: (entry: [string, number]) => entry[1],
          text: ([name]: [string, number]) => KEY_TEXT[name as keyof typeof KEY],
          textAnchor: 'start',
        }),
        Plot.text([`T = ${horizonsText(slots)} slots`], { frameAnchor: 'top-right', dx: -6, dy: 6, fill: PAPER.muted }),
      ],
    },
    { document, palette: PAPER, width: FIGURE_WIDTH, height: 380 },
  );
}

/** `4096`, `16 … 4096`. */
function horizonsText(slots: number | readonly number[]): string {
  const all = [slots].flat();
  return all.length === 1 ? String(all[0]) : `${all[0]} … ${all[all.length - 1]}`;
}

function signed(value: number): string {
  return value < 0 ? `−${-value}` : String(value);
}
