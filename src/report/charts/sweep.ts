/**
 * A sweep's results as one picture: lines with intervals against one axis, or a heat map over two. Axes are spaced by
 * place, as they were listed.
 */
import * as Plot from '@observablehq/plot';
import type { Markish } from '@observablehq/plot';
import { largestOf, smallestOf } from '../../numeric/extremes.js';
import { formatNumber } from '../../numeric/format.js';
import { scaleFor } from '../table.js';
import { wattHours } from './axis-units.js';
import { drawChart } from './chart.js';
import type { Axis, ChartSetting, LegendEntry } from './chart.js';
import { isoline } from './isolines.js';
import { roundTicks } from './ticks.js';
import type { Piece } from './isolines.js';

/** One value of the metric that is drawn; joules or a probability. */
export interface SweepCell {
  /** Places on the axes, from 0; y is 0 where there is one axis. */
  readonly x: number;
  readonly y: number;
  readonly estimate: number;
  readonly lower: number | null;
  readonly upper: number | null;
  readonly exact: number | null;
  /** P(D > 0) there, for lines of equal risk; left out, there is none. */
  readonly risk?: number | undefined;
}

/** What is drawn. */
export interface SweepPicture {
  readonly title: string;
  /** What is held still, such as the horizon; '' where nothing is. */
  readonly note: string;
  /** What the metric is called, and 'J' or '' for its unit. */
  readonly metric: string;
  readonly unit: string;
  readonly xName: string;
  /** Values of the axis as text, by place. */
  readonly xValues: readonly string[];
  readonly yName: string;
  readonly yValues: readonly string[];
  readonly cells: readonly SweepCell[];
}

/** Risks that lines are drawn at, where a map's risks reach on both sides of them. */
const RISKS = [0.5, 0.1, 0.03, 0.01, 3e-3, 1e-3, 1e-4, 1e-5, 1e-6];
/** Lines of equal energy on a map. */
const ENERGY_LINES = 5;

/** From so many values of both axes on a map is read more easily than lines. */
const MAP_FROM = 5;
/** Of Okabe and Ito's set, in an order in which neighbours differ. */
const SERIES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#111111', '#767676'];
/** Labels that an axis has room for. */
const LABELS = 9;

/** Draws what suits: a map where both axes have five values or more, else lines. */
export function sweepChart(picture: SweepPicture, setting: ChartSetting): string {
  const { xValues, yValues } = picture;
  return xValues.length >= MAP_FROM && yValues.length >= MAP_FROM ? heatMap(picture, setting) : lines(picture, setting);
}

/** An axis of places, labelled with the values. */
function placeAxis(label: string, values: readonly string[]): Axis {
  const every = Math.max(1, Math.ceil(values.length / LABELS));
  const ticks = values.map((_, i) => i).filter((i) => i % every === 0);
  return { label, domain: [-0.5, values.length - 0.5], ticks, format: (i) => tick(values[i] ?? '') };
}

/** Four digits of a number: what a label has room for. */
function tick(value: string): string {
  const number = Number(value);
  return value === '' || !Number.isFinite(number) ? value : String(Number(number.toPrecision(4)));
}

/** The name of the axis across, with what is held still. */
function across({ xName, note }: SweepPicture): string {
  return note === '' ? xName : `${xName}  (${note})`;
}

function scaled({ metric, unit, cells }: SweepPicture): { factor: number; label: string } {
  if (unit === '') return { factor: 1, label: metric };
  const estimates = cells.map((cell) => cell.estimate);
  // By the largest: the smallest may be next to nothing.
  const largest = largestOf(estimates.filter(Number.isFinite).map(Math.abs));
  const scale = unit === 'J' ? wattHours([largest]) : scaleFor([largest], unit);
  return { factor: scale.factor, label: `${metric}, ${scale.unit}` };
}

function lines(picture: SweepPicture, setting: ChartSetting): string {
  const { title, xName, xValues, yName, yValues, cells } = picture;
  const { factor, label } = scaled(picture);
  const color = (y: number): string => SERIES[y % SERIES.length];
  const at = (value: number | null): number => (value === null ? NaN : value / factor);
  const most = largestOf(cells.flatMap((cell) => [cell.estimate, cell.upper ?? 0].filter(Number.isFinite))) / factor;
  const several = yValues.length > 1;
  const legend: LegendEntry[] = several
    ? yValues.map((value, y) => ({ label: `${yName} ${tick(value)}`, fill: color(y), opacity: 1 }))
    : ['simulated'];
  const known = cells.filter((cell) => cell.exact !== null);
  if (known.length > 0) legend.push('exact');
  const marks: Markish[] = yValues.flatMap((_, y): Markish[] => {
    const own = cells.filter((cell) => cell.y === y).sort((a, b) => a.x - b.x);
    const stroke = several ? color(y) : SERIES[0];
    const shared = { stroke, clip: true } as const;
    return [
      Plot.line(own, { ...shared, x: 'x', y: (cell: SweepCell) => at(cell.estimate), strokeWidth: 1.5 }),
      Plot.ruleX(
        own.filter((cell) => cell.lower !== null && cell.upper !== null),
        {
          ...shared,
          x: 'x',
          y1: (cell: SweepCell) => at(cell.lower),
          y2: (cell: SweepCell) => at(cell.upper),
          strokeWidth: 3,
          strokeOpacity: 0.5,
        },
      ),
      Plot.dot(own, { x: 'x', y: (cell: SweepCell) => at(cell.estimate), r: 2.5, fill: stroke }),
    ];
  });
  marks.push(
    Plot.dot(known, { x: 'x', y: (cell: SweepCell) => at(cell.exact), symbol: 'plus', r: 4, stroke: '#111111' }),
  );
  return drawChart(
    {
      id: 'sweep',
      title,
      description: `${label} against ${xName}${several ? `, a line for each ${yName}` : ''}, with 95 % intervals.`,
      legend,
      symbols: true,
      x: placeAxis(across(picture), xValues),
      y: { label, domain: [0, 1.05 * (most > 0 ? most : 1)], ticks: 6 },
      marks,
    },
    setting,
  );
}

function heatMap(picture: SweepPicture, setting: ChartSetting): string {
  const { title, xName, xValues, yName, yValues, cells } = picture;
  const { factor, label } = scaled(picture);
  const values = cells.map((cell) => cell.estimate / factor).filter(Number.isFinite);
  const domain: [number, number] = [smallestOf(values), largestOf(values)];
  const scale = Plot.scale({ color: { type: 'linear', scheme: 'cividis', domain } });
  const colorOf = (value: number): string => String(scale.apply(value));
  const iso = isolines(picture, factor);
  const steps = [0, 0.25, 0.5, 0.75, 1].map((t) => domain[0] + t * (domain[1] - domain[0]));
  return drawChart(
    {
      id: 'sweep',
      title,
      description: `${label} over ${xName} and ${yName}: from ${formatNumber(domain[0])} to ${formatNumber(domain[1])}.${iso.lines.length === 0 ? '' : ` Lines: ${iso.meaning}.`}`,
      legend: [
        ...steps.map((value, i) => ({
          label: i === steps.length - 1 ? `${formatNumber(value, 3)} ${label}` : formatNumber(value, 3),
          fill: colorOf(value),
          opacity: 1,
        })),
        ...(iso.lines.length === 0 ? [] : [{ label: `lines: ${iso.meaning}`, fill: LINE, opacity: 1 }]),
      ],
      x: placeAxis(across(picture), xValues),
      y: placeAxis(yName, yValues),
      marginLeft: 72,
      marks: [
        Plot.rect(cells, {
          x1: (cell: SweepCell) => cell.x - 0.5,
          x2: (cell: SweepCell) => cell.x + 0.5,
          y1: (cell: SweepCell) => cell.y - 0.5,
          y2: (cell: SweepCell) => cell.y + 0.5,
          fill: (cell: SweepCell) => colorOf(cell.estimate / factor),
          // Blurred edges would show as seams.
          shapeRendering: 'crispEdges',
          title: (cell: SweepCell) =>
            `${xName} ${xValues[cell.x]}, ${yName} ${yValues[cell.y]}: ${formatNumber(cell.estimate / factor)}`,
        }),
        ...isolineMarks(iso.lines),
      ],
    },
    setting,
  );
}

/** About lines, which are white: so they are seen on dark and on light. */
const LINE = '#111111';

interface Isoline {
  readonly label: string;
  readonly pieces: readonly Piece[];
}

/** Lines of equal risk; where the map is of a charge at one risk, lines along which that charge is the same. */
function isolines(
  { metric, cells, xValues, yValues }: SweepPicture,
  factor: number,
): { readonly meaning: string; readonly lines: readonly Isoline[] } {
  const [width, height] = [xValues.length, yValues.length];
  const grid = new Map(cells.map((cell) => [cell.y * width + cell.x, cell]));
  const over = (value: (cell: SweepCell) => number) => (x: number, y: number) => {
    const cell = grid.get(y * width + x);
    return cell === undefined ? NaN : value(cell);
  };
  const through = (value: (cell: SweepCell) => number, levels: readonly { level: number; label: string }[]) =>
    levels
      .map(({ level, label }): Isoline => ({ label, pieces: isoline(over(value), width, height, level) }))
      .filter(({ pieces }) => pieces.length > 0);
  if (metric.startsWith('reserve')) {
    const values = cells.map((cell) => cell.estimate / factor).filter(Number.isFinite);
    const levels = roundTicks(smallestOf(values), largestOf(values), ENERGY_LINES).map((level) => ({
      level,
      label: String(level),
    }));
    return { meaning: `the same ${metric}`, lines: through((cell) => cell.estimate / factor, levels) };
  }
  // Risks go over many powers of ten: between places their logarithms do as straight lines.
  const levels = RISKS.map((risk) => ({ level: Math.log(risk), label: `${Number((100 * risk).toPrecision(3))} %` }));
  // Where no path failed the risk is below the least that was seen.
  const least = smallestOf(cells.flatMap(({ risk = 0 }) => (risk > 0 ? [risk] : []))) / 2;
  const log = (cell: SweepCell): number => Math.log(Math.max(cell.risk ?? NaN, least));
  return { meaning: 'risk P(D > 0)', lines: through(log, levels) };
}

function isolineMarks(lines: readonly Isoline[]): Markish[] {
  const pieces = lines.flatMap((line) => line.pieces);
  const ends = { x1: 'x1', y1: 'y1', x2: 'x2', y2: 'y2', strokeLinecap: 'round' } as const;
  // A label stands on the middle piece of its line.
  const labels = lines.map(({ label, pieces: own }) => ({ label, ...own[own.length >> 1] }));
  return [
    Plot.link(pieces, { ...ends, stroke: LINE, strokeWidth: 3.6 }),
    Plot.link(pieces, { ...ends, stroke: 'white', strokeWidth: 1.6 }),
    Plot.text(labels, {
      x: ({ x1, x2 }: Piece) => (x1 + x2) / 2,
      y: ({ y1, y2 }: Piece) => (y1 + y2) / 2,
      text: 'label',
      fill: LINE,
      stroke: 'white',
      strokeWidth: 4,
    }),
  ];
}
