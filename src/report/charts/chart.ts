/**
 * One chart: Observable Plot's axes and marks with a legend, a title and a description, as SVG text. Takes plain data
 * and a document (the browser's, or `serverDocument()` elsewhere), touches no file and no global. What is drawn is for
 * the modules beside this one to say.
 */
import * as Plot from '@observablehq/plot';
import type { Markish, PlotOptions, ScaleOptions } from '@observablehq/plot';
import { CURVE_STYLES, PAGE } from './theme.js';
import type { CurveName, CurveStyle, Palette } from './theme.js';

/** A document to create elements with. */
export type ChartDocument = NonNullable<PlotOptions['document']>;

/** Where a chart is to stand. */
export interface ChartSetting {
  readonly document: ChartDocument;
  /** Colours; those of the page unless said. */
  readonly palette?: Palette;
  /** px; the chart scales with its container, so these set how large text is beside it. */
  readonly width?: number;
  readonly height?: number;
}

/** What a chart is for those who do not see it, and for tooltips. */
export interface ChartText {
  /** Unique within the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** A line with symbols at its points that is none of the laws' curves. */
export interface SeriesStyle {
  readonly label: string;
  readonly stroke: string;
  readonly symbol: CurveStyle['symbol'];
  readonly dash?: string;
}

/** An entry of the legend: a curve, another line, or an area; of areas only bands are pale. */
export type LegendEntry =
  CurveName | SeriesStyle | { readonly label: string; readonly fill: string; readonly opacity?: number };

/** A scale with its axis. */
export interface Axis {
  readonly label: string;
  /** `symlog` is linear between ±`constant` and logarithmic beyond. */
  readonly type?: 'linear' | 'log' | 'symlog';
  readonly constant?: number;
  readonly domain?: readonly [number, number];
  readonly nice?: boolean;
  /** About how many ticks, or which. */
  readonly ticks: number | readonly number[];
  readonly format?: (value: number) => string;
}

export interface ChartContent extends ChartText {
  readonly legend: readonly LegendEntry[];
  /** Whether curves have symbols at their points, which the legend then shows. */
  readonly symbols?: boolean;
  readonly marks: readonly Markish[];
  readonly x: Axis;
  readonly y: Axis;
  readonly marginLeft?: number;
}

export const CHART_WIDTH = 440;
const CHART_HEIGHT = 320;
const FONT_SIZE = 13;
/** Mean advance of a character of a sans-serif face, in em: measuring text is for browsers only. */
const ADVANCE = 0.56;
const SVG = 'http://www.w3.org/2000/svg';

/** Draws a chart. @returns the text of an `<svg>` element that also stands alone as a file. */
export function drawChart(content: ChartContent, setting: ChartSetting): string {
  const { document, palette = PAGE, width = CHART_WIDTH, height = CHART_HEIGHT } = setting;
  const { id, title, description, legend, symbols = false, marks, x, y, marginLeft = 56 } = content;
  const rows = legendRows(legend, width);
  const plot = Plot.plot({
    document,
    width,
    height,
    marginTop: 32 + 19 * rows.length,
    marginLeft,
    marginRight: 16,
    marginBottom: 44,
    className: 'chart',
    style: { fontSize: `${FONT_SIZE}px` },
    x: scaleOptions(x),
    y: scaleOptions(y),
    marks: [
      Plot.gridY(gridOptions(y)),
      Plot.axisX({ ...axisOptions(x), labelAnchor: 'center', labelOffset: 38 }),
      Plot.axisY(axisOptions(y)),
      ...marks,
    ],
  });
  // Within an image nothing has a name of its own for a screen reader; scripts find a curve by its label.
  for (const part of plot.querySelectorAll('[aria-label]')) {
    part.setAttribute('data-label', part.getAttribute('aria-label') ?? '');
    part.removeAttribute('aria-label');
  }
  const add = (parent: Pick<typeof plot, 'append'>, name: string, attributes: Record<string, string>, text = '') => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== '') element.append(text);
    parent.append(element);
    return element;
  };
  for (const [key, value] of Object.entries({
    xmlns: SVG,
    role: 'img',
    'aria-labelledby': `${id}-title`,
    'aria-describedby': `${id}-description`,
  })) {
    plot.setAttribute(key, value);
  }
  const key = add(plot, 'g', { class: 'legend', 'text-anchor': 'start' });
  rows.forEach((row, line) => {
    const middle = 32 + 19 * line;
    row.forEach(({ entry, left }) => {
      const label = typeof entry === 'string' ? CURVE_STYLES[entry].label : entry.label;
      if (typeof entry !== 'string' && 'fill' in entry) {
        const box = { x: String(left), y: String(middle - 6), width: '28', height: '12' };
        add(key, 'rect', { ...box, fill: entry.fill, 'fill-opacity': String(entry.opacity ?? BAND_OPACITY) });
      } else {
        const { stroke, width: thickness, dash, opacity, symbol } = legendLine(entry, palette, symbols);
        add(key, 'path', {
          d: `M${left},${middle}h28`,
          fill: 'none',
          stroke,
          'stroke-width': String(thickness),
          'stroke-opacity': String(opacity),
          ...(dash === undefined ? {} : { 'stroke-dasharray': dash }),
        });
        if (symbol !== undefined) add(key, 'path', { transform: `translate(${left + 14},${middle})`, ...symbol });
      }
      add(key, 'text', { x: String(left + 34), y: String(middle), dy: '0.32em' }, label);
    });
  });
  // Readers of the file look for the title first.
  const heading = add(plot, 'title', { id: `${id}-title` }, title);
  plot.prepend(heading, add(plot, 'desc', { id: `${id}-description` }, description));
  return plot.outerHTML;
}

function scaleOptions({ type, constant, domain, nice }: Axis): ScaleOptions {
  return {
    ...(type === undefined ? {} : { type }),
    ...(constant === undefined ? {} : { constant }),
    ...(domain === undefined ? {} : { domain: [...domain] }),
    ...(nice === undefined ? {} : { nice }),
  };
}

function gridOptions({ ticks }: Axis) {
  return { ticks: typeof ticks === 'number' ? ticks : [...ticks], strokeOpacity: 0.15 };
}

function axisOptions({ label, ticks, format }: Axis) {
  return {
    label,
    labelArrow: 'none' as const,
    ticks: typeof ticks === 'number' ? ticks : [...ticks],
    // As text, not as tick format: on a logarithmic scale D3 drops those labels for which it sees no room.
    ...(format === undefined ? {} : { text: format }),
  };
}

export const BAND_OPACITY = 0.22;

interface Placed {
  readonly entry: LegendEntry;
  readonly left: number;
}

/** Breaks a legend into rows that fit. */
function legendRows(legend: readonly LegendEntry[], width: number): Placed[][] {
  const rows: Placed[][] = [];
  let left = Infinity;
  for (const entry of legend) {
    const label = typeof entry === 'string' ? CURVE_STYLES[entry].label : entry.label;
    const length = 34 + label.length * FONT_SIZE * ADVANCE;
    if (left + length > width) {
      rows.push([]);
      left = 4;
    }
    rows[rows.length - 1].push({ entry, left: Math.round(left) });
    left += length + 14;
  }
  return rows;
}

/** Outlines of Plot's symbols about the origin, for the legend. */
const SYMBOLS = {
  circle: 'M4,0A4,4,0,1,1,-4,0A4,4,0,1,1,4,0Z',
  plus: 'M-5,0H5M0,-5V5',
  square: 'M-4,-4H4V4H-4Z',
  triangle: 'M0,-5.6L5,3.4H-5Z',
};

/** How the points of a curve look; filled for the simulated one. */
export function symbolStyle(name: CurveName, palette: Palette) {
  return name === 'simulated'
    ? { fill: palette.simulated, stroke: 'var(--plot-background, white)', r: 4 }
    : { fill: 'none', stroke: palette[name], r: 4.5 };
}

function symbolPath(name: CurveName, palette: Palette): Record<string, string> {
  return outline(CURVE_STYLES[name].symbol, symbolStyle(name, palette));
}

function outline(symbol: CurveStyle['symbol'], { fill, stroke }: { fill: string; stroke: string }) {
  return { d: SYMBOLS[symbol], fill, stroke, 'stroke-width': '1.5' };
}

/** How a line looks in the legend. */
function legendLine(entry: CurveName | SeriesStyle, palette: Palette, symbols: boolean) {
  if (typeof entry !== 'string') {
    const { stroke, dash, symbol } = entry;
    return { stroke, width: SERIES_WIDTH, dash, opacity: 1, symbol: outline(symbol, { fill: SERIES_FILL, stroke }) };
  }
  const { width, dash, opacity } = CURVE_STYLES[entry];
  return { stroke: palette[entry], width, dash, opacity, symbol: symbols ? symbolPath(entry, palette) : undefined };
}

/** Lines that are none of the laws' curves: their width, and what fills their symbols. */
export const SERIES_WIDTH = 1.8;
export const SERIES_FILL = 'var(--plot-background, white)';

/** The line of one curve through points (x, y). */
export function curveLine(
  name: CurveName,
  xs: readonly number[],
  ys: readonly number[],
  palette: Palette = PAGE,
  options: { readonly curve?: 'linear' | 'step-after'; readonly width?: number; readonly opacity?: number } = {},
): Markish {
  const { width, dash, opacity } = CURVE_STYLES[name];
  return Plot.line(
    // A NaN breaks the line.
    xs.map((x, i) => [x, ys[i]]),
    {
      stroke: palette[name],
      strokeWidth: options.width ?? width,
      strokeOpacity: options.opacity ?? opacity,
      strokeLinejoin: 'round',
      ...(dash === undefined ? {} : { strokeDasharray: dash }),
      curve: options.curve ?? 'linear',
      clip: true,
      ariaLabel: () => CURVE_STYLES[name].label,
    },
  );
}
