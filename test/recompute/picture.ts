/** A chart taken apart: what its marks say by the ticks that are drawn, as a reader reads it with a ruler. */
import { parseHTML } from 'linkedom';

/** A mark's place: along x what the nearest tick says where axes are of names, else a number. */
export interface Drawn {
  readonly label: string;
  readonly dots: readonly (readonly [x: string | number, y: number])[];
  readonly line: readonly (readonly [x: string | number, y: number])[];
  /** Intervals: from the lower end to the upper. */
  readonly intervals: readonly (readonly [x: string | number, lower: number, upper: number])[];
}

type Find = (selector: string) => Element[];

const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** A number as charts write it: `2,000`, `−0.1`, `+10`, `10⁻⁵`, `3·10⁻⁵`. */
function written(text: string): number {
  const plain = text.replaceAll(',', '').replaceAll('−', '-');
  const power = /^(?:(.+)·)?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)$/.exec(plain);
  return power === null ? Number(plain) : Number(`${power.at(1) ?? 1}e${exponentOf(power[2])}`);
}

/** `⁻⁵` is −5. */
export function exponentOf(superscripts: string): number {
  return Number(superscripts.replace('⁻', '-').replace(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (c) => String(SUPERSCRIPTS.indexOf(c))));
}

type Pair = readonly [to: (value: number) => number, from: (value: number) => number];

/** Even near 0 and by logarithms beyond a constant (d3-scale, symlog). */
const symlog = (constant: number): Pair => [
  (v) => Math.sign(v) * Math.log1p(Math.abs(v) / constant),
  (v) => Math.sign(v) * Math.expm1(Math.abs(v)) * constant,
];

/** How an axis goes: what two ticks cannot tell. A number is the constant of a symlog scale. */
export type Kind = 'linear' | 'log' | number;

/**
 * Pixels to what ticks say: a straight line through all of them, or through their logarithms, whichever fits where no
 * `kind` is given. @throws where no ticks lie so
 */
function scaleOf(find: Find, axis: 'x' | 'y', kind?: Kind): (pixel: number) => string | number {
  const ticks = find(`[data-label="${axis}-axis tick label"] text`).map((text): [number, string] => {
    const [x, y] = (/translate\(([^)]*)\)/.exec(text.getAttribute('transform') ?? '')?.[1] ?? '')
      .split(',')
      .map(Number);
    return [axis === 'x' ? x : y, text.textContent];
  });
  const numbers = ticks.map(([pixel, text]): [number, number] => [pixel, written(text)]);
  // By one tick alone a ruler tells what lies at it.
  if (numbers.length === 1) return (pixel) => (Math.abs(pixel - numbers[0][0]) < 2e-3 ? numbers[0][1] : NaN);
  const scales: readonly Pair[] = [
    [(v) => v, (v) => v],
    [Math.log, Math.exp],
  ];
  const allowed =
    kind === undefined ? scales : [kind === 'linear' ? scales[0] : kind === 'log' ? scales[1] : symlog(kind)];
  for (const [to, from] of allowed) {
    const [[p0, v0], [p1, v1]] = [numbers[0], numbers[numbers.length - 1]];
    const slope = (to(v1) - to(v0)) / (p1 - p0);
    const at = (pixel: number): number => from(to(v0) + slope * (pixel - p0));
    const largest = Math.max(Math.abs(v0), Math.abs(v1));
    if (numbers.every(([pixel, value]) => Math.abs(at(pixel) - value) <= 1e-9 * largest)) return at;
  }
  return (pixel) => {
    const found = ticks.find(([at]) => Math.abs(at - pixel) < 1e-6);
    if (found === undefined) throw new Error(`nothing is written below ${pixel}`);
    return found[1];
  };
}

/** The series of a chart of lines, in the order of its legend. */
export function seriesOf(svg: string): Drawn[] {
  const { document } = parseHTML(svg);
  const find: Find = (selector) => [...document.querySelectorAll(selector)];
  const number = (element: Element, name: string): number => Number(element.getAttribute(name));
  const [x, y] = [scaleOf(find, 'x'), scaleOf(find, 'y')];
  const value = (pixel: number): number => Number(y(pixel));
  const groups = (label: string): Element[] => find(`[data-label="${label}"]`);
  const ofColour = (label: string, colour: string, mark: string): Element[] =>
    groups(label).flatMap((group) =>
      group.getAttribute('fill') === colour || group.querySelector(`[stroke="${colour}"]`) !== null
        ? [...group.querySelectorAll(mark)]
        : [],
    );
  const texts = find('.legend text').map((text) => text.textContent);
  return find('.legend rect').map((rect, i) => {
    const colour = rect.getAttribute('fill') ?? '';
    const [path] = ofColour('line', colour, 'path');
    const points = (path.getAttribute('d') ?? '')
      .slice(1)
      .split('L')
      .map((pair) => pair.split(',').map(Number));
    return {
      label: texts[i],
      dots: ofColour('dot', colour, 'circle').map((dot) => [x(number(dot, 'cx')), value(number(dot, 'cy'))]),
      // Paths are drawn to a thousandth of a pixel: the tick is the one that is nearest.
      line: points.map(([px, py], at) => {
        const dot = ofColour('dot', colour, 'circle')[at];
        const exact = Math.abs(number(dot, 'cx') - px) < 1e-3 ? number(dot, 'cx') : px;
        return [x(exact), value(py)];
      }),
      intervals: ofColour('rule', colour, 'line').map((rule) => {
        const [one, other] = [value(number(rule, 'y1')), value(number(rule, 'y2'))];
        return [x(number(rule, 'x1')), Math.min(one, other), Math.max(one, other)];
      }),
    };
  });
}

/**
 * A curve, a band or marks as places: along x and y what the ticks say, and what half a thousandth of a pixel is there.
 */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly xUnsure: number;
  readonly yUnsure: number;
}

export interface Curves {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  /** Lines by their label. */
  readonly lines: ReadonlyMap<string, readonly Place[]>;
  /** All lines, in the order in which they are drawn. */
  readonly paths: readonly { readonly stroke: string; readonly corners: readonly Place[] }[];
  /** Straight connections of two places. */
  readonly links: readonly (readonly Place[])[];
  /** Marks of the points of lines, in the order in which they are drawn. */
  readonly dots: readonly Place[];
  /** Where lines across the chart lie. */
  readonly levels: readonly Place[];
  /** Vertical lines from (x, y) of the first to the second. */
  readonly rules: readonly (readonly [Place, Place])[];
  /** Corners of filled areas: of a band about a curve, from left to right and back. */
  readonly areas: readonly (readonly Place[])[];
  /** Rectangles: the lower left and the upper right corner. */
  readonly boxes: readonly (readonly [Place, Place])[];
  /** Words that stand at a place of the chart, with their colour, in the order in which they are drawn. */
  readonly texts: readonly { readonly text: string; readonly fill: string; readonly at: Place }[];
  /** What is within the axes, where lines are cut off at them: the lower left and the upper right corner. */
  readonly frame: readonly [Place, Place] | undefined;
}

/** A line of the legend, and whether lines of its name are drawn so. */
export interface LegendLine {
  readonly label: string;
  readonly isDrawnSo: boolean;
}

/** Half of the last digit of a coordinate in a path. */
const HALF = 0.0005 * (1 + 1e-6);

/** A chart of laws taken apart. */
export function curvesOf(svg: string, x: Kind, y: Kind): Curves {
  const { document } = parseHTML(svg);
  const find: Find = (selector) => [...document.querySelectorAll(selector)];
  const scales = [scaleOf(find, 'x', x), scaleOf(find, 'y', y)].map((scale) => (px: number) => Number(scale(px)));
  const place = (px: number, py: number, half = HALF): Place => {
    const unsure = (axis: 0 | 1, pixel: number): number =>
      Math.abs(scales[axis](pixel + half) - scales[axis](pixel - half)) / 2;
    return { x: scales[0](px), y: scales[1](py), xUnsure: unsure(0, px), yUnsure: unsure(1, py) };
  };
  const corners = (element: Element): Place[] =>
    (element.getAttribute('d') ?? '')
      .split(/[MLZ]/)
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [px, py] = pair.split(',').map(Number);
        return place(px, py);
      });
  const number = (element: Element, name: string): number => Number(element.getAttribute(name));
  const text = (selector: string): string => document.querySelector(selector)?.textContent ?? '';
  const exact = 1e-9;
  /** Where a mark is moved to, or else its centre. */
  const moved = (mark: Element): Place => {
    const to = /translate\(([^)]*)\)/.exec(mark.getAttribute('transform') ?? '');
    const [px, py] = to === null ? [number(mark, 'cx'), number(mark, 'cy')] : to[1].split(',').map(Number);
    return place(px, py, exact);
  };
  const box = (rect: Element): readonly [Place, Place] => {
    const [left, top, width, height] = ['x', 'y', 'width', 'height'].map((name) => number(rect, name));
    return [place(left, top + height, exact), place(left + width, top, exact)];
  };
  return {
    title: text('title'),
    xLabel: text('[data-label="x-axis label"] text'),
    yLabel: text('[data-label="y-axis label"] text'),
    lines: new Map(
      find('[data-label="line"] path[data-label]').map((path) => [
        path.getAttribute('data-label') ?? '',
        corners(path),
      ]),
    ),
    paths: find('[data-label="line"] path').map((path) => ({
      stroke: path.closest('[stroke]')?.getAttribute('stroke') ?? '',
      corners: corners(path),
    })),
    links: find('[data-label="link"] path').map(corners),
    dots: find('[data-label="dot"] > *').map(moved),
    rules: find('[data-label="rule"] line')
      .filter((rule) => rule.getAttribute('x1') === rule.getAttribute('x2'))
      .map((rule) => {
        const px = number(rule, 'x1');
        return [place(px, number(rule, 'y1'), exact), place(px, number(rule, 'y2'), exact)] as const;
      }),
    levels: find('[data-label="rule"] line')
      .filter((rule) => rule.getAttribute('y1') === rule.getAttribute('y2'))
      .map((rule) => place(number(rule, 'x1'), number(rule, 'y1'), exact)),
    areas: find('[data-label="area"] path').map(corners),
    boxes: find('[data-label="rect"] rect').map(box),
    texts: find('[data-label="text"] text').map((element) => ({
      text: element.textContent,
      fill: element.closest('[fill]')?.getAttribute('fill') ?? '',
      at: moved(element),
    })),
    frame: find('clipPath rect').map(box).at(0),
  };
}

/** What is written in a chart, and its legend; no ruler is needed. */
export interface Writing {
  /** All but ticks: title, description, labels and what else stands in the chart. */
  readonly words: string;
  readonly legend: readonly LegendLine[];
  /** Names of lines, in the order in which they are drawn. */
  readonly lines: readonly string[];
}

export function writingOf(svg: string): Writing {
  const { document } = parseHTML(svg);
  const find: Find = (selector) => [...document.querySelectorAll(selector)];
  return {
    words: ['title', 'desc', 'text:not([data-label$="tick label"] text)']
      .flatMap((selector) => find(selector).map((element) => element.textContent))
      .join(' | '),
    legend: legendOf(find),
    lines: find('[data-label="line"] path[data-label]').map((path) => path.getAttribute('data-label') ?? ''),
  };
}

/** Lines of the legend that a curve bears the name of. */
function legendOf(find: Find): LegendLine[] {
  const look = (line: Element): string =>
    ['stroke', 'stroke-dasharray'].map((name) => line.getAttribute(name) ?? '').join(' ');
  const curves = find('[data-label="line"] path[data-label]');
  const labels = find('.legend text');
  return find('.legend path[stroke-opacity]').map((line) => {
    const next = labels.find(
      ({ previousElementSibling: before }) => before === line || before?.previousElementSibling === line,
    );
    const label = next?.textContent ?? '';
    const own = curves.filter((curve) => curve.getAttribute('data-label') === label);
    return {
      label,
      isDrawnSo: own.every(({ parentElement }) => parentElement !== null && look(parentElement) === look(line)),
    };
  });
}
