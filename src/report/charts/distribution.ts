/**
 * The law of the deficit at one horizon: its CDF, and its survival function on a logarithmic scale. Four curves each.
 */
import * as Plot from '@observablehq/plot';
import { formatCount } from '../../numeric/format.js';
import { scaleFor } from '../table.js';
import type { Scaled } from '../table.js';
import type { HorizonCurves } from '../curves.js';
import { BAND_OPACITY, curveLine, drawChart } from './chart.js';
import type { ChartSetting } from './chart.js';
import { CURVE_NAMES, PAGE, curveLabel } from './theme.js';
import type { CurveName } from './theme.js';
import { decades, logTick } from './ticks.js';

/** The part of a horizon's curves that these charts need. */
export type DistributionData = Pick<
  HorizonCurves,
  'slots' | 'trials' | 'deficits' | 'cdf' | 'survival' | 'survivalInterval' | 'confidence' | 'bulk'
>;

/** What the chart of a tail needs: the curves that are known. */
export interface SurvivalData extends Omit<DistributionData, 'cdf' | 'survival'> {
  readonly survival: Readonly<Partial<Record<CurveName, readonly number[]>>>;
  /** Single points of the exact law, where it is known there only or to be marked. */
  readonly exactPoints?: readonly { readonly value: number; readonly survival: number }[];
}

/** What a chart calls the quantity whose law it shows. */
export interface Subject {
  readonly noun: string;
  readonly symbol: string;
}

const DEFICIT: Subject = { noun: 'deficit', symbol: 'D' };

/** The unit of a chart's deficits. */
export function deficitScale(data: Pick<DistributionData, 'bulk'>): Scaled {
  return scaleFor([data.bulk[1]], 'J');
}

/** A range of joules in another unit. */
export function inUnits([low, high]: readonly [number, number], factor: number): [number, number] {
  return [low / factor, high / factor];
}

/** P(D ≤ d) over the bulk; `names` leaves out curves that are not known yet. */
export function cdfChart(
  data: DistributionData,
  setting: ChartSetting,
  names: readonly CurveName[] = CURVE_NAMES,
): string {
  const { palette = PAGE } = setting;
  const { unit, factor } = deficitScale(data);
  const xs = data.deficits.map((d) => d / factor);
  return drawChart(
    {
      id: `cdf-${data.slots}`,
      title: `Distribution of the deficit after ${formatCount(data.slots)} slots`,
      description:
        `Probability that the deficit is at most d, for d in ${unit}: the simulated curve of ${formatCount(data.trials)} paths beside ` +
        `${names
          .filter((name) => name !== 'simulated')
          .map(curveLabel)
          .join(', ')}.`,
      legend: names,
      x: { label: `deficit d, ${unit}`, domain: inUnits(data.bulk, factor), ticks: 5 },
      y: { label: 'P(D ≤ d)', domain: [0, 1], ticks: 5 },
      marks: [
        Plot.ruleY([0], { strokeOpacity: 0.5 }),
        ...names.map((name) => curveLine(name, xs, data.cdf[name], palette)),
      ],
    },
    setting,
  );
}

/** P(D > d) on a logarithmic scale, down to where the last paths are. */
export function survivalChart(data: SurvivalData, setting: ChartSetting, subject = DEFICIT): string {
  const { palette = PAGE } = setting;
  const { unit, factor } = deficitScale(data);
  const { noun, symbol } = subject;
  const at = symbol.toLowerCase();
  const names = CURVE_NAMES.filter((name) => data.survival[name] !== undefined);
  const points = data.exactPoints ?? [];
  const xs = data.deficits.map((d) => d / factor);
  const low = 10 ** Math.min(-1, Math.floor(Math.log10(0.3 / data.trials)));
  // A logarithmic scale ends above 0; what is below the chart is cut off there.
  const onScale = (values: readonly number[]): number[] => values.map((p) => (p > 0 ? Math.max(p, low * 1e-3) : NaN));
  const interval = data.deficits.map((_, i) => ({
    x: xs[i],
    lower: Math.max(data.survivalInterval.lower[i], low * 1e-3),
    upper: data.survivalInterval.upper[i],
  }));
  const percent = Math.round(100 * data.confidence);
  const others = names.filter((name) => name !== 'simulated').map(curveLabel);
  const marked = points.length === 0 ? '' : '; a plus marks exact values';
  return drawChart(
    {
      id: `survival-${data.slots}`,
      title: `Tail of the ${noun} after ${formatCount(data.slots)} slots`,
      description:
        `Probability that the ${noun} exceeds ${at}, on a logarithmic scale, for ${at} in ${unit}: simulated with its pointwise ${percent} % interval` +
        `${listed(others)}${marked}.`,
      legend: [
        ...names,
        ...(points.length === 0 || names.includes('exact')
          ? []
          : [{ label: 'exact', stroke: palette.exact, symbol: 'plus' } as const]),
        { label: `${percent} % interval, each point`, fill: palette.simulated },
      ],
      x: {
        label: `${noun} ${at}, ${unit}`,
        domain: [0, Math.max(xs[xs.length - 1], data.bulk[1] / factor)],
        ticks: 5,
      },
      y: {
        label: `P(${symbol} > ${at})`,
        type: 'log',
        domain: [low, 1],
        ticks: decades(low, 1),
        format: logTick,
      },
      marks: [
        Plot.areaY(interval, {
          x: 'x',
          y1: 'lower',
          y2: 'upper',
          fill: palette.simulated,
          fillOpacity: BAND_OPACITY,
          clip: true,
        }),
        ...names.map((name) => curveLine(name, xs, onScale(data.survival[name] ?? []), palette)),
        ...(points.length === 0
          ? []
          : [
              Plot.dot(
                points.filter((point) => point.survival >= low),
                {
                  x: (point: { value: number }) => point.value / factor,
                  y: 'survival',
                  symbol: 'plus',
                  stroke: palette.exact,
                  strokeWidth: 1.6,
                  r: 5,
                },
              ),
            ]),
      ],
    },
    setting,
  );
}

/** `, exact, corrected and Brownian`. */
function listed(names: readonly string[]): string {
  if (names.length < 2) return names.map((name) => ` and ${name}`).join('');
  return `, ${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
}
