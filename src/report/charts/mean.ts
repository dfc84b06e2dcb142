/**
 * E[D_T] against T: on logarithmic scales with the three rungs, and relative to the exact mean, where intervals can be
 * seen.
 */
import * as Plot from '@observablehq/plot';
import type { Markish } from '@observablehq/plot';
import { largestOf, smallestOf } from '../../numeric/extremes.js';
import { scaleFor } from '../table.js';
import { curveLine, drawChart, symbolStyle } from './chart.js';
import type { ChartSetting } from './chart.js';
import { horizonAxis } from './horizon-axis.js';
import { CURVE_NAMES, CURVE_STYLES, PAGE, curveLabel } from './theme.js';
import type { CurveName, Palette } from './theme.js';
import { decades, formatPlain, logTick, logTicks } from './ticks.js';

/** E[D_T] at one horizon, joules. */
export interface MeanPoint {
  readonly slots: number;
  readonly simulated: number;
  /** Interval of the simulated mean. */
  readonly lower: number;
  readonly upper: number;
  readonly exact: number;
  readonly corrected: number;
  readonly brownian: number;
}

/**
 * E[D_T] against T, log–log; `names` leaves out curves that are not known yet. Points without a positive mean are left
 * out: a logarithmic scale has no place for them.
 */
export function meanChart(
  means: readonly MeanPoint[],
  setting: ChartSetting,
  names: readonly CurveName[] = CURVE_NAMES,
): string {
  const { palette = PAGE } = setting;
  const shown = means.filter((p) => names.every((name) => p[name] > 0));
  const values = shown.flatMap((p) => names.map((name) => p[name]));
  const { unit, factor } = scaleFor(values, 'J');
  const [low, high] = shown.length === 0 ? [1, 10] : [smallestOf(values) / factor, largestOf(values) / factor];
  return drawChart(
    {
      id: 'mean',
      title: 'Mean deficit against the horizon',
      description: `E[D] in ${unit} against T in slots, both on logarithmic scales: ${names.map(curveLabel).join(', ')}.`,
      legend: names,
      symbols: true,
      x: horizonAxis(
        means.map((p) => p.slots),
        setting,
      ),
      y: {
        label: `E[D], ${unit}`,
        type: 'log',
        domain: [low / 1.3, high * 1.3],
        ticks: logTicks(low / 1.3, high * 1.3),
        format: (v: number) => (v >= 1e-3 && v < 1e5 ? formatPlain(v) : logTick(v)),
      },
      marks: [
        ...names.flatMap((name) => [
          curveLine(
            name,
            shown.map((p) => p.slots),
            shown.map((p) => p[name] / factor),
            palette,
          ),
          points(name, shown, (p) => p[name] / factor, palette),
        ]),
      ],
    },
    setting,
  );
}

/** (E[D_T] − exact)/exact in per cent: the simulated one with its interval, the corrected and the Brownian. */
export function meanErrorChart(means: readonly MeanPoint[], setting: ChartSetting): string {
  const { palette = PAGE } = setting;
  const shown = means.filter((p) => p.exact > 0);
  const relative = (p: MeanPoint, value: number): number => 100 * (value / p.exact - 1);
  const halves = shown.map((p) => relative(p, p.upper) - relative(p, p.lower)).filter((w) => w > 0);
  // Linear as far as the intervals reach, logarithmic beyond, where the Brownian law may be.
  const constant = 10 ** Math.floor(Math.log10(Math.min(100, largestOf([1e-6, ...halves]))));
  const values = shown.flatMap((p) =>
    [...CURVE_NAMES.map((name) => p[name]), p.lower, p.upper].map((x) => relative(p, x)),
  );
  const low = Math.min(-constant, 1.2 * smallestOf(values.filter(Number.isFinite)));
  const high = Math.max(constant, 1.2 * largestOf(values.filter(Number.isFinite)));
  const ticks = [0, ...decades(constant, Math.max(high, -low)).flatMap((t) => [-t, t])].filter(
    (t) => t >= low && t <= high,
  );
  return drawChart(
    {
      id: 'mean-error',
      title: 'Mean deficit relative to the exact mean',
      description:
        'Difference of the mean deficit from the exact mean in per cent, against T in slots: simulated with its 95 % interval, corrected and Brownian.',
      legend: CURVE_NAMES,
      symbols: true,
      x: horizonAxis(
        means.map((p) => p.slots),
        setting,
      ),
      y: {
        label: 'E[D] less exact, % of exact',
        type: 'symlog',
        constant,
        domain: [low, high],
        ticks,
        format: formatSigned,
      },
      marks: [
        Plot.ruleY([0], { stroke: palette.exact, strokeWidth: 1.5 }),
        ...(['corrected', 'brownian'] as const).flatMap((name) => [
          curveLine(
            name,
            shown.map((p) => p.slots),
            shown.map((p) => relative(p, p[name])),
            palette,
          ),
          points(name, shown, (p) => relative(p, p[name]), palette),
        ]),
        Plot.ruleX(shown, {
          x: 'slots',
          y1: (p: MeanPoint) => relative(p, p.lower),
          y2: (p: MeanPoint) => relative(p, p.upper),
          stroke: palette.simulated,
          strokeWidth: 2.5,
        }),
        points('simulated', shown, (p) => relative(p, p.simulated), palette),
      ],
    },
    setting,
  );
}

/** One curve's points: a symbol of its own, so that a single horizon shows as well. */
function points(
  name: CurveName,
  shown: readonly MeanPoint[],
  value: (point: MeanPoint) => number,
  palette: Palette,
): Markish {
  return Plot.dot(shown, {
    x: 'slots',
    y: value,
    symbol: CURVE_STYLES[name].symbol,
    ...symbolStyle(name, palette),
  });
}

/** `−0.1`, `0`, `+10`. */
function formatSigned(value: number): string {
  const size = String(Number(Math.abs(value).toPrecision(3)));
  return value === 0 ? '0' : `${value < 0 ? '−' : '+'}${size}`;
}
