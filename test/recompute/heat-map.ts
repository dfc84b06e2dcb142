/** A heat map taken apart: what its cells, its legend and its lines say by the places of its ticks. */
import { parseHTML } from 'linkedom';

/** A place on the grid of cells: whole numbers are middles of cells. */
export interface GridPoint {
  readonly x: number;
  readonly y: number;
}

export interface MapCell extends GridPoint {
  readonly colour: string;
  /** What a pointer on it is told. */
  readonly told: string;
}

export interface HeatMap {
  readonly cells: readonly MapCell[];
  /** Ticks by their places on the grid. */
  readonly xTicks: ReadonlyMap<number, string>;
  readonly yTicks: ReadonlyMap<number, string>;
  readonly legend: readonly { readonly colour: string; readonly text: string }[];
  /** Straight pieces of lines, as they are drawn below and above. */
  readonly lines: readonly (readonly (readonly [GridPoint, GridPoint])[])[];
  /** What stands on lines. */
  readonly labels: readonly (GridPoint & { readonly text: string })[];
  readonly words: string;
}

/** Half of the last digit of a coordinate in a path, in cells. */
export const UNSURE = 1e-5;

/** @param columns cells across, as many as values of the axis; `rows` likewise */
export function heatMapOf(svg: string, columns: number, rows: number): HeatMap {
  const { document } = parseHTML(svg);
  const find = (selector: string): Element[] => [...document.querySelectorAll(selector)];
  const number = (element: Element, name: string): number => Number(element.getAttribute(name));
  const rects = find('[data-label="rect"] rect').map((rect) => ({
    x: number(rect, 'x') + number(rect, 'width') / 2,
    y: number(rect, 'y') + number(rect, 'height') / 2,
    colour: rect.getAttribute('fill') ?? '',
    told: rect.querySelector('title')?.textContent ?? '',
  }));
  /** Pixels to places: cells fill the axis, from the left and from below. */
  const scale = (pixels: readonly number[], count: number) => {
    const [low, high] = [Math.min(...pixels), Math.max(...pixels)];
    return (pixel: number): number => ((pixel - low) / (high - low)) * (count - 1);
  };
  const across = scale(
    rects.map(({ x }) => x),
    columns,
  );
  const down = scale(
    rects.map(({ y }) => y),
    rows,
  );
  const place = (px: number, py: number): GridPoint => ({ x: across(px), y: rows - 1 - down(py) });
  const whole = (value: number): number => {
    if (Math.abs(value - Math.round(value)) > 1e-9) throw new Error(`${value} is the middle of no cell`);
    return Math.round(value);
  };
  const moved = (element: Element): number[] =>
    (/translate\(([^)]*)\)/.exec(element.getAttribute('transform') ?? '')?.[1] ?? '').split(',').map(Number);
  const ticks = (axis: 'x' | 'y'): Map<number, string> =>
    new Map(
      find(`[data-label="${axis}-axis tick label"] text`).map((text) => {
        const [px, py] = moved(text);
        return [whole(place(px, py)[axis]), text.textContent];
      }),
    );
  const texts = find('.legend text').map((text) => text.textContent);
  return {
    cells: rects.map(({ x: px, y: py, ...rect }) => {
      const { x, y } = place(px, py);
      return { ...rect, x: whole(x), y: whole(y) };
    }),
    ...{ xTicks: ticks('x'), yTicks: ticks('y') },
    legend: find('.legend rect').map((rect, i) => ({ colour: rect.getAttribute('fill') ?? '', text: texts[i] })),
    lines: find('[data-label="link"]').map((group) =>
      [...group.querySelectorAll('path')].map((path) => {
        const [from, to] = (path.getAttribute('d') ?? '').slice(1).split('L');
        const [a, b] = [from, to].map((pair) => pair.split(',').map(Number));
        return [place(a[0], a[1]), place(b[0], b[1])] as const;
      }),
    ),
    labels: find('[data-label="text"] text').map((text) => {
      const [px, py] = moved(text);
      return { ...place(px, py), text: text.textContent };
    }),
    words: ['title', 'desc', '[data-label$="axis label"] text']
      .flatMap((selector) => find(`svg > ${selector}, g > ${selector}`).map((element) => element.textContent))
      .join(' | '),
  };
}

/**
 * The scale from blue to yellow that colour-blind people read (Nuñez, Anderton and Renslow 2018), by d3's polynomials.
 *
 * @param t from 0 to 1
 */
export function cividis(t: number): [number, number, number] {
  const of = (coefficients: readonly number[]): number =>
    coefficients.reduceRight((sum, coefficient) => sum * t + coefficient, 0);
  return [
    of([-4.54, -35.34, 2381.73, -6402.7, 7024.72, -2710.57]),
    of([32.49, 170.73, 52.82, -131.46, 176.58, -67.37]),
    of([81.24, 442.36, -2482.43, 6167.24, -6614.94, 2475.67]),
  ].map((light) => Math.max(0, Math.min(255, Math.round(light)))) as [number, number, number];
}
