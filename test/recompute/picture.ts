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

/** Pixels to what ticks say: a straight line through all of them, or through their logarithms. @throws where no ticks lie so */
function scaleOf(find: Find, axis: 'x' | 'y'): (pixel: number) => string | number {
  const ticks = find(`[data-label="${axis}-axis tick label"] text`).map((text): [number, string] => {
    const [x, y] = (/translate\(([^)]*)\)/.exec(text.getAttribute('transform') ?? '')?.[1] ?? '')
      .split(',')
      .map(Number);
    return [axis === 'x' ? x : y, text.textContent];
  });
  const numbers = ticks.map(([pixel, text]): [number, number] => [pixel, Number(text.replaceAll(',', ''))]);
  for (const [to, from] of [
    [(v: number) => v, (v: number) => v],
    [Math.log, Math.exp],
  ]) {
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
