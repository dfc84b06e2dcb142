/**
 * A site's quantities against the horizon: energies, the charge left, and what is how likely. Lines with intervals; a
 * plus where the exact value is known. The page draws them while a run goes on.
 */
import * as Plot from '@observablehq/plot';
import type { Markish } from '@observablehq/plot';
import { largestOf, smallestOf } from '../../numeric/extremes.js';
import { formatNumber } from '../../numeric/format.js';
import type { Interval } from '../../stats/binomial.js';
import { errorInterval, shareInterval } from '../../stats/site-summary.js';
import type { MeanEstimate, SiteHorizon, SiteSummary } from '../../stats/site-summary.js';
import type { HorizonSummary } from '../../stats/summary.js';
import type { ExactSiteDocument } from '../site-document.js';
import { formatQuantity, scaleFor } from '../table.js';
import { BAND_OPACITY, SERIES_FILL, SERIES_WIDTH, drawChart } from './chart.js';
import type { Axis, ChartContent, ChartSetting, LegendEntry, SeriesStyle } from './chart.js';
import { evenHorizonAxis } from './horizon-axis.js';
import { PAGE } from './theme.js';
import type { Palette } from './theme.js';
import { logTick, logTicks } from './ticks.js';

/** One quantity at one horizon, with its interval. */
interface SeriesPoint {
  readonly slots: number;
  readonly simulated: number;
  readonly lower: number;
  readonly upper: number;
  readonly exact: number | null;
}

/**
 * Quantities by horizon, in ascending order: means in joules, then probabilities.
 * @param exact by horizon, where known
 */
export function siteSeries({ horizons, confidence }: SiteSummary, exact: readonly (ExactSiteDocument | undefined)[]) {
  const line = (of: (h: SiteHorizon, exact: ExactSiteDocument | undefined) => Omit<SeriesPoint, 'slots'>) =>
    horizons.map((h, i): SeriesPoint => ({ slots: h.slots, ...of(h, exact[i]) }));
  const point = (simulated: number, { lower, upper }: Interval, known?: number) => ({
    ...{ simulated, lower, upper, exact: known ?? null },
  });
  const mean = (own: HorizonSummary, known?: number) => point(own.meanDeficit, own.meanInterval, known);
  const estimate = (own: MeanEstimate, known?: number) => point(own.mean, errorInterval(own, confidence), known);
  const share = (p: number, trials: number, known?: number) => point(p, shareInterval(p, trials, confidence), known);
  return {
    auxiliary: line((h, e) => mean(h.auxiliary, e?.meanDeficit)),
    waste: line((h, e) => mean(h.waste, e?.waste.value)),
    consumption: line((h) => estimate(h.consumption)),
    level: line((h, e) => mean(h.level, e?.level.mean.value)),
    /** Between which the charge left is in eight paths of ten. */
    levelRange: horizons.map((h) => {
      const at = (p: number): number => h.level.quantiles.find((q) => q.probability === p)?.value ?? NaN;
      return { slots: h.slots, lower: at(0.1), upper: at(0.9) };
    }),
    /** P(A > 0). */
    needed: line((h, e) => share(1 - h.auxiliary.probabilityZero, h.trials, e && 1 - e.probabilityZero)),
    empty: line((h, e) => share(h.level.probabilityEmpty, h.trials, e?.level.probabilityEmpty.value)),
    /** None where there is no capacity. */
    full: horizons.every((h) => h.level.probabilityFull !== null)
      ? line((h, e) => share(h.level.probabilityFull ?? NaN, h.trials, e?.level.probabilityFull.value))
      : [],
    /** Share of the slots that lack energy. */
    deficit: line((h, e) => estimate(h.deficitFraction, e && e.deficitSlots.value / h.slots)),
  };
}

type SiteSeries = ReturnType<typeof siteSeries>;

/** Most powers of ten on the scale of energies. */
const DECADES = 6;

interface Line {
  readonly style: SeriesStyle;
  readonly points: readonly SeriesPoint[];
}

/** How each line looks: colours, symbols and dashes all tell them apart. */
const styles = (palette: Palette) => ({
  first: (label: string): SeriesStyle => ({ label, stroke: palette.brownian, symbol: 'circle' }),
  second: (label: string): SeriesStyle => ({ label, stroke: palette.corrected, symbol: 'square', dash: '7 4' }),
  third: (label: string): SeriesStyle => ({ label, stroke: palette.simulated, symbol: 'triangle', dash: '2 3' }),
  fourth: (label: string): SeriesStyle => ({ label, stroke: palette.muted, symbol: 'square', dash: '10 3 2 3' }),
});

/**
 * Means of energy that was needed, wasted and consumed, on a logarithmic scale; zeros, and what is far below the rest,
 * are left out.
 */
export function energyChart({ auxiliary, waste, consumption }: SiteSeries, setting: ChartSetting): string {
  const look = styles(setting.palette ?? PAGE);
  const all: Line[] = [
    { style: look.first('auxiliary'), points: auxiliary },
    { style: look.second('wasted'), points: waste },
    { style: look.third('consumed'), points: consumption },
  ];
  const values = all.flatMap(({ points }) => points.map((p) => p.simulated)).filter((v) => v > 0);
  const { unit, factor } = scaleFor(values, 'J');
  const high = values.length === 0 ? 10 : (1.6 * largestOf(values)) / factor;
  // What is far below the rest would press it together.
  const low = values.length === 0 ? 1 : Math.max(smallestOf(values) / factor / 1.6, high / 10 ** DECADES);
  return seriesChart(
    {
      id: 'energies',
      title: 'Energies against the horizon',
      description: `Means in ${unit} against T in slots, with their intervals, on a logarithmic scale: ${namesOf(all)}.${atEnd(all, 'J')}`,
      y: {
        label: `mean energy, ${unit}`,
        type: 'log',
        domain: [low, high],
        ticks: logTicks(low, high),
        format: (v) => (v >= 1e-3 && v < 1e5 ? formatShort(v) : logTick(v)),
      },
    },
    all.map(({ style, points }) => ({
      style,
      // A logarithmic scale has no place for a lower end of 0.
      points: points
        .filter((p) => p.simulated / factor > low)
        .map((p) => ({ ...scaled(p, factor), lower: Math.max(p.lower / factor, low / 10) })),
    })),
    setting,
  );
}

/** The mean charge left, with the range of eight paths in ten; up to the capacity where there is one. */
export function levelChart({ level, levelRange }: SiteSeries, capacityJoules: number, setting: ChartSetting): string {
  const { palette = PAGE } = setting;
  const lines: Line[] = [{ style: styles(palette).second('mean'), points: level }];
  const top = Number.isFinite(capacityJoules)
    ? capacityJoules
    : 1.05 * largestOf([1e-6, ...levelRange.map((r) => r.upper)]);
  const { unit, factor } = scaleFor([top], 'J');
  const area = levelRange.map((r) => ({ slots: r.slots, lower: r.lower / factor, upper: r.upper / factor }));
  const band = { x: 'slots', fill: palette.corrected, fillOpacity: BAND_OPACITY } as const;
  return seriesChart(
    {
      id: 'level',
      title: 'Charge left against the horizon',
      description: `Charge left in ${unit} against T in slots: its mean, and between which it is in eight paths of ten.${atEnd(lines, 'J')}`,
      y: { label: `charge left, ${unit}`, domain: [0, top / factor], ticks: 5 },
    },
    lines.map(({ style, points }) => ({ style, points: points.map((p) => scaled(p, factor)) })),
    setting,
    [{ label: '10 % to 90 % of the paths', fill: palette.corrected }],
    area.length > 1
      ? [Plot.areaY(area, { ...band, y1: 'lower', y2: 'upper', clip: true })]
      : [
          Plot.ruleX(area, {
            x: 'slots',
            y1: 'lower',
            y2: 'upper',
            stroke: palette.corrected,
            strokeWidth: 14,
            strokeOpacity: BAND_OPACITY,
          }),
        ],
  );
}

/** How likely auxiliary energy, an empty and a full battery are, and the share of slots that lack energy. */
export function chanceChart({ needed, empty, full, deficit }: SiteSeries, setting: ChartSetting): string {
  const look = styles(setting.palette ?? PAGE);
  const lines: Line[] = [
    { style: look.first('auxiliary energy needed'), points: needed },
    { style: look.second('slots in deficit'), points: deficit },
    { style: look.third('empty at T'), points: empty },
    ...(full.length === 0 ? [] : [{ style: look.fourth('full at T'), points: full }]),
  ];
  // Up to what is there, for rare failures are what matters.
  const most = largestOf(lines.flatMap(({ points }) => points.map((p) => Math.max(p.upper, p.exact ?? 0))));
  const top = Math.min(1, Math.max(0.01, 1.1 * most));
  return seriesChart(
    {
      id: 'chances',
      title: 'Probabilities against the horizon',
      description: `Probabilities and the share of slots in deficit against T in slots, with their intervals: ${namesOf(lines)}.${atEnd(lines, '')}`,
      y: { label: 'probability, share', domain: [0, top], ticks: 5 },
    },
    lines,
    setting,
  );
}

function scaled({ slots, simulated, lower, upper, exact }: SeriesPoint, factor: number): SeriesPoint {
  const own = { slots, simulated: simulated / factor, lower: lower / factor, upper: upper / factor };
  return { ...own, exact: exact === null ? null : exact / factor };
}

function namesOf(lines: readonly Line[]): string {
  return lines.map(({ style }) => style.label).join(', ');
}

/** The last point in words, for those who do not see it. */
function atEnd(lines: readonly Line[], unit: 'J' | ''): string {
  const ends = lines.flatMap(({ style, points }) =>
    points
      .slice(-1)
      .map((p) => `${style.label} ${unit === '' ? formatNumber(p.simulated, 3) : formatQuantity(p.simulated, unit)}`),
  );
  return ends.length === 0 ? '' : ` At the last horizon: ${ends.join(', ')}.`;
}

function seriesChart(
  text: Pick<ChartContent, 'id' | 'title' | 'description'> & { readonly y: Axis },
  lines: readonly Line[],
  setting: ChartSetting,
  legend: readonly LegendEntry[] = [],
  behind: readonly Markish[] = [],
): string {
  const { palette = PAGE } = setting;
  const slots = [...new Set(lines.flatMap(({ points }) => points.map((p) => p.slots)))].sort((a, b) => a - b);
  const known = lines.flatMap(({ points }) => points.filter((p) => p.exact !== null));
  return drawChart(
    {
      ...text,
      legend: [
        ...lines.map(({ style }) => style),
        ...legend,
        ...(known.length === 0 ? [] : [{ label: 'exact', stroke: palette.exact, symbol: 'plus' } as const]),
      ],
      x: evenHorizonAxis(slots.length === 0 ? [1] : slots, setting),
      marks: [
        ...behind,
        ...lines.flatMap(({ style, points }) => seriesMarks(style, points)),
        Plot.dot(known, { x: 'slots', y: 'exact', symbol: 'plus', stroke: palette.exact, strokeWidth: 1.5, r: 5 }),
      ],
    },
    setting,
  );
}

function seriesMarks({ label, stroke, symbol, dash }: SeriesStyle, points: readonly SeriesPoint[]): Markish[] {
  return [
    Plot.line(points, {
      x: 'slots',
      y: 'simulated',
      stroke,
      strokeWidth: SERIES_WIDTH,
      ...(dash === undefined ? {} : { strokeDasharray: dash }),
      clip: true,
      ariaLabel: () => label,
    }),
    Plot.ruleX(points, {
      x: 'slots',
      y1: 'lower',
      y2: 'upper',
      stroke,
      strokeWidth: 3,
      strokeOpacity: 0.5,
      clip: true,
    }),
    Plot.dot(points, { x: 'slots', y: 'simulated', symbol, stroke, strokeWidth: 1.5, fill: SERIES_FILL, r: 3.5 }),
  ];
}

/** `0.002`, `30`. */
function formatShort(value: number): string {
  return String(Number(value.toPrecision(3)));
}
