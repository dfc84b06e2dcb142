/** What a chart should show at its corners, points and ends, held against where they are drawn. */
import type { Curves, Place } from './picture.js';
import { exactInterval } from './own-statistics.js';
import type { OwnStatistics } from './own-statistics.js';

/** Corners that a chart cuts off at its ends are drawn far outside of it. */
export interface Wanted {
  readonly what: string;
  readonly drawn: Place;
  readonly y: number;
  /** By how much `y` may be off besides. */
  readonly slack?: number;
}

/** Places that are not where they should be, in words. */
export const wrong = (all: readonly Wanted[]): string[] =>
  all
    .filter(({ drawn, y, slack = 1e-12 * Math.abs(y) }) => !(Math.abs(drawn.y - y) <= 1.01 * drawn.yUnsure + slack))
    .map(({ what, drawn, y }) => `${what} at ${drawn.x}: ${drawn.y}, expected ${y} within ${drawn.yUnsure}`);

/**
 * The edge of a histogram at which a corner lies: 0, or one that the ruler does not tell from it.
 *
 * @param factor joules of the axis' unit
 */
export function edgeAt({ edges }: OwnStatistics, { x, xUnsure }: Place, factor: number): number {
  if (Math.abs(x) <= 1.01 * xUnsure) return 0;
  // Edges never fall: the first that is not before it, or the one before that.
  let [low, nearest] = [0, edges.length - 1];
  while (low < nearest) {
    const middle = (low + nearest) >> 1;
    if (edges[middle][0] / factor < x) low = middle + 1;
    else nearest = middle;
  }
  if (nearest > 0 && x - edges[nearest - 1][0] / factor < edges[nearest][0] / factor - x) nearest--;
  if (Math.abs(edges[nearest][0] / factor - x) > 1.01 * xUnsure) throw new Error(`no edge at ${x}`);
  return nearest;
}

/** What a logarithmic scale of chances ends at: three decades below the chart. */
export const tailFloor = (trials: number): number => 1e-3 * 10 ** Math.min(-1, Math.floor(Math.log10(0.3 / trials)));

/** The band of Clopper and Pearson's intervals about a tail: its upper side from the left, then its lower one back. */
export function tailBand(own: OwnStatistics, chart: Curves, factor: number): Wanted[] {
  const [area] = chart.areas;
  return area.map((drawn, at): Wanted => {
    const k = edgeAt(own, drawn, factor);
    const [lower, upper] = exactInterval(own.trials - own.edges[k][1], own.trials);
    const y = at < area.length / 2 ? upper : Math.max(lower, tailFloor(own.trials));
    return { what: `${chart.title}: interval`, drawn, y };
  });
}

/** What lies at its horizon, or a complaint; marks come in the order of the horizons. */
export function atHorizons(
  what: string,
  all: readonly Place[],
  horizons: readonly number[],
  value: (i: number) => number,
): Wanted[] {
  if (all.length !== horizons.length) throw new Error(`${what}: ${all.length} marks, expected ${horizons.length}`);
  return all.map((drawn, i): Wanted => {
    const slots = horizons[i];
    if (!(Math.abs(drawn.x - slots) <= 1.01 * drawn.xUnsure + 1e-9 * slots))
      throw new Error(`${what}: drawn at ${drawn.x}, expected ${slots}`);
    return { what, drawn, y: value(i) };
  });
}

/** Lower and upper ends of vertical lines, one a horizon. */
export function intervalsAt(
  what: string,
  rules: Curves['rules'],
  horizons: readonly number[],
  value: (i: number) => readonly [number, number],
): Wanted[] {
  const sorted = rules.map((ends) => [...ends].sort((a, b) => a.y - b.y));
  return [0, 1].flatMap((end) =>
    atHorizons(
      `${what}, ${end === 0 ? 'lower' : 'upper'} end`,
      sorted.map((ends) => ends[end]),
      horizons,
      (i) => value(i)[end],
    ),
  );
}

/** By how many pixels marks are moved: drawn to a thousandth, a mark that is off by so much is seen. */
const OFF = 0.02;

/**
 * The same chart with one mark moved down, for some of all marks: corners of paths, ends of lines, points.
 *
 * @param every how many marks apart
 */
export function withMovedMarks(svg: string, every: number): string[] {
  const marks = [...svg.matchAll(/<(path|line|rect|circle) [^>]*>/g)].filter(
    ({ index }) => index > svg.indexOf('data-label="y-axis label"') && !isWithin(svg, index, /clipPath|legend/),
  );
  const places = marks.flatMap(({ 0: element, index }) => {
    const isSymbol = element.includes('transform=');
    const found = [
      ...(isSymbol ? element.matchAll(/transform="translate\(-?[\d.]+,(-?[\d.]+)/g) : []),
      ...(isSymbol ? [] : element.matchAll(/ c?y[12]?="(-?[\d.]+)/g)),
      ...(isSymbol ? [] : cornersOf(element)),
    ];
    return found.map((place) => ({ at: index + place.index + place[0].length - place[1].length, pixels: place[1] }));
  });
  return places
    .filter((_, i) => i % every === 0)
    .map(({ at, pixels }) => `${svg.slice(0, at)}${Number(pixels) + OFF}${svg.slice(at + pixels.length)}`);
}

/** The second coordinates of a path's corners. */
function cornersOf(element: string): RegExpExecArray[] {
  const start = element.indexOf(' d="');
  return start < 0 ? [] : [...element.matchAll(/,(-?[\d.]+)/g)].filter(({ index }) => index > start);
}

/** Whether the group or element that encloses a place is one of some names. */
function isWithin(svg: string, at: number, names: RegExp): boolean {
  const before = svg.slice(0, at);
  const opened = Math.max(before.lastIndexOf('<g '), before.lastIndexOf('<clipPath'));
  return names.test(before.slice(opened, before.indexOf('>', opened)));
}

/** Of charts with a moved mark those in which nothing is found: no mark is off, and none is missing. */
export function unnoticed(moved: readonly string[], complaints: (svg: string) => readonly string[]): string[] {
  return moved.filter((svg) => {
    try {
      return complaints(svg).length === 0;
    } catch {
      return false;
    }
  });
}
