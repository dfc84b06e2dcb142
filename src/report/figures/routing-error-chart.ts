/**
 * Figure 4 as SVG, in seconds and kilojoules as the paper has it: curves with their spread, the paper's breaks as
 * rules below the curves, and a row a curve for both detectors' breaks and the theory's scale (σ/μ)².
 */
import * as Plot from '@observablehq/plot';
import { largestOf, smallestOf } from '../../numeric/extremes.js';
import { PAPER } from '../charts/theme.js';
import { drawChart } from '../charts/chart.js';
import type { ChartDocument } from '../charts/chart.js';
import { decades, logTick } from '../charts/ticks.js';
import { FIGURE_WIDTH, SERIES, dashOf } from './panels.js';
import { bendWords } from './routing-error-words.js';
import type { RoutingErrorCurve } from './routing-error.js';

const JOULES = 1e3;
const HEIGHT = 480;
/** Share of the height of the curves that a row below them takes. */
const ROW = 0.052;

interface Point {
  readonly seconds: number;
  readonly mean: number;
  readonly below: number;
  readonly above: number;
  readonly curve: number;
}

/** Where everything stands: seconds across, kJ up. */
interface Frame {
  readonly curves: readonly RoutingErrorCurve[];
  readonly left: number;
  readonly right: number;
  readonly least: number;
  readonly high: number;
  /** The height of a curve's row. */
  readonly row: (curve: number) => number;
}

const style = (curve: number): (typeof SERIES)[number] => SERIES[curve % SERIES.length];

function frameOf(curves: readonly RoutingErrorCurve[], slotSeconds: number, spread: readonly Point[]): Frame {
  const { points } = curves[0];
  const [left, last] = [points[0].seconds, points[points.length - 1].seconds];
  const scales = curves.map((c) => c.crossoverSlots * slotSeconds).filter((t) => t <= 20 * last);
  const high = 1.5 * largestOf(spread.map((p) => p.above));
  const least = 0.7 * smallestOf(spread.map((p) => p.below));
  const rowHeight = (high / least) ** ROW;
  return {
    curves,
    left,
    right: 1.25 * largestOf([2.2 * last, ...scales]),
    least,
    high,
    row: (curve) => least / rowHeight ** (curves.length - curve),
  };
}

/**
 * Means and spreads that a logarithmic axis can show: with a charge early means are 0, and a spread reaches below
 * them.
 */
function shownPoints(curves: readonly RoutingErrorCurve[]): Point[] {
  const means = curves.flatMap((c) => c.points.map((p) => p.exactMean / JOULES)).filter((mean) => mean > 0);
  const floor = 0.3 * smallestOf(means);
  return curves.flatMap((c, curve) =>
    c.points
      .filter((p) => p.exactMean > 0)
      .map((p) => ({
        seconds: p.seconds,
        mean: p.exactMean / JOULES,
        below: Math.max(floor, (p.exactMean - p.exactStandardDeviation) / JOULES),
        above: (p.exactMean + p.exactStandardDeviation) / JOULES,
        curve,
      })),
  );
}

/** The figure as SVG. */
export function routingErrorFigure(
  curves: readonly RoutingErrorCurve[],
  slotSeconds: number,
  document: ChartDocument,
): string {
  const shown = shownPoints(curves);
  const ends = [0, curves.length - 1];
  const spread = shown.filter((p) => ends.includes(p.curve));
  const frame = frameOf(curves, slotSeconds, spread);
  const { left, right, least, high, row } = frame;
  const low = row(0) / (high / least) ** ROW;
  const within = (ticks: number[], from: number, to: number): number[] => ticks.filter((t) => t >= from && t <= to);
  return drawChart(
    {
      id: 'figure4',
      title: 'Mean auxiliary energy against the horizon for several routing error rates',
      description:
        'E[D] in kJ against T in seconds, logarithmic, with one standard deviation of D about the mean for ' +
        'the least and the greatest error rate. ' +
        curves.map((curve) => `${bendWords(curve)}.`).join(' ') +
        ' The curves share their paths: their intervals are not those of differences between them.',
      legend: [...new Set(ends)].map((i) => ({
        label: `± 1 SD of D, η = ${curves[i].errorRate}`,
        fill: style(i).color,
      })),
      x: {
        label: `horizon T, s (slots of ${slotSeconds} s)`,
        type: 'log',
        domain: [left / 1.25, right],
        ticks: within(decades(left, right), left / 1.25, right),
        format: logTick,
      },
      y: {
        label: 'E[D], kJ',
        type: 'log',
        domain: [low, high],
        ticks: within(decades(least, high), least, high),
        format: logTick,
      },
      marks: [
        Plot.areaY(spread, {
          x: 'seconds',
          y1: 'below',
          y2: 'above',
          z: 'curve',
          fill: (p: Point) => style(p.curve).color,
          fillOpacity: 0.13,
        }),
        ...curveMarks(curves, shown, frame),
        Plot.ruleY([least], { stroke: PAPER.muted, strokeWidth: 0.75 }),
        ...rowMarks(frame, slotSeconds),
      ],
    },
    { document, palette: PAPER, width: FIGURE_WIDTH, height: HEIGHT },
  );
}

/** Exact curves, simulated points with their intervals, and names at the ends that have room for them. */
function curveMarks(curves: readonly RoutingErrorCurve[], shown: readonly Point[], { left }: Frame): Plot.Markish[] {
  // Curves of small error rates end too close to one another for labels: their colours are those of the rows.
  const named = [...new Set([0, curves.length - 2, curves.length - 1])].filter((i) => i >= 0);
  const lastOf = (i: number): Point | undefined => shown.filter((p) => p.curve === i).at(-1);
  return [
    ...curves.flatMap((curve, i) => {
      const simulated = curve.points.filter((p) => p.lower > 0);
      return [
        Plot.line(
          shown.filter((p) => p.curve === i),
          { x: 'seconds', y: 'mean', stroke: style(i).color, strokeWidth: 1.8, ...dashOf(style(i)) },
        ),
        Plot.ruleX(simulated, {
          x: 'seconds',
          y1: (p: (typeof simulated)[number]) => p.lower / JOULES,
          y2: (p: (typeof simulated)[number]) => p.upper / JOULES,
          stroke: style(i).color,
          strokeWidth: 1.5,
        }),
        Plot.dot(simulated, {
          x: 'seconds',
          y: (p: (typeof simulated)[number]) => p.meanDeficit / JOULES,
          r: 2.2,
          fill: style(i).color,
          stroke: 'white',
          strokeWidth: 0.6,
        }),
      ];
    }),
    Plot.text(named, {
      x: (i: number) => lastOf(i)?.seconds ?? left,
      y: (i: number) => lastOf(i)?.mean ?? NaN,
      text: (i: number) => `η = ${curves[i].errorRate}`,
      textAnchor: 'start',
      dx: 7,
      fill: (i: number) => style(i).color,
    }),
  ];
}

/**
 * Below the curves: where each bends, by whom, and how far the interval of ours goes; an arrow where it may be later.
 */
function rowMarks({ curves, left, right, least, row }: Frame, slotSeconds: number): Plot.Markish[] {
  const paper = curves.flatMap(({ paperRegime: { transition } }, i) =>
    transition === undefined ? [] : [{ ...transition, seconds: transition.slots * slotSeconds, i }],
  );
  const ours = curves.flatMap(({ regime }, i) => {
    if (regime?.transition === undefined) return [];
    const { slots, interval, isOpenAbove, atLastCandidate } = regime.transition;
    const [seconds, from, to] = [slots, interval.lower, interval.upper].map((t) => t * slotSeconds);
    return [{ seconds, from, to, isLater: isOpenAbove || atLastCandidate, i }];
  });
  const scales = curves
    .map((c, i) => ({ i, seconds: c.crossoverSlots * slotSeconds }))
    .filter(({ seconds }) => seconds <= right);
  const later = [
    ...paper.flatMap((b) => (b.atLastCandidate ? [{ seconds: b.seconds, i: b.i }] : [])),
    ...ours.flatMap((b) => (b.isLater ? [{ seconds: b.to, i: b.i }] : [])),
  ];
  const none = (c: RoutingErrorCurve): boolean =>
    c.paperRegime.transition === undefined && c.regime?.transition === undefined;
  const colour = ({ i }: { readonly i: number }): string => style(i).color;
  const height = ({ i }: { readonly i: number }): number => row(i);
  return [
    Plot.ruleX(paper, {
      x: 'seconds',
      y1: height,
      y2: ({ i, slots }: (typeof paper)[number]) => exactAt(curves[i], slots) / JOULES,
      stroke: colour,
      strokeDasharray: '3 3',
    }),
    Plot.link(ours, {
      x1: 'from',
      x2: 'to',
      y1: height,
      y2: height,
      stroke: colour,
      strokeWidth: 6,
      strokeOpacity: 0.45,
    }),
    Plot.dot(ours, { x: 'seconds', y: height, r: 2.6, fill: colour }),
    Plot.dot(paper, {
      x: 'seconds',
      y: height,
      symbol: 'square',
      r: 3.2,
      fill: 'white',
      stroke: colour,
      strokeWidth: 1.6,
    }),
    Plot.dot(scales, { x: 'seconds', y: height, symbol: 'diamond2', r: 4.5, fill: 'white', stroke: colour }),
    Plot.text(later, {
      x: 'seconds',
      y: height,
      text: () => '→',
      textAnchor: 'start',
      dx: 5,
      fontSize: 13,
      fill: colour,
    }),
    Plot.text(curves, {
      x: () => left,
      y: (_: RoutingErrorCurve, i: number) => row(i),
      text: (c: RoutingErrorCurve) => `η = ${c.errorRate}${none(c) ? ': no transition' : ''}`,
      textAnchor: 'start',
      fontSize: 11,
      fill: (_: RoutingErrorCurve, i: number) => style(i).color,
    }),
    Plot.text(['breaks: □ the paper’s, ● and 95 % ours, → or later; ◇ (σ/μ)²'], {
      x: () => left,
      y: () => least,
      dy: -8,
      textAnchor: 'start',
      fontSize: 11,
      fill: PAPER.muted,
      stroke: 'white',
      strokeWidth: 4,
    }),
  ];
}

/** The exact mean at a horizon of the curve, joules. */
function exactAt({ points }: RoutingErrorCurve, slots: number): number {
  return points.find((p) => p.slots === slots)?.exactMean ?? NaN;
}
