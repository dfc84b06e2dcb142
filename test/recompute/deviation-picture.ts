/** Figure 2 read with a ruler: the diffusion's curve, the points with their intervals, and its key. */
import { expect } from 'vitest';
import type { Curves } from './picture.js';
import type { Wanted } from './ruler.js';

/** What stands at one relative drift. */
export interface OwnPoint {
  readonly relativeDrift: number;
  readonly simulated: number;
  readonly lower: number;
  readonly upper: number;
  readonly exact: number;
}

/** @param curve of the diffusion, at a relative drift */
export function deviationWanted(chart: Curves, points: readonly OwnPoint[], curve: (m: number) => number): Wanted[] {
  const count = points.length;
  const [brownian, key] = chart.paths;
  expect(chart.paths).toHaveLength(2);
  expect(brownian.corners).toHaveLength(321);
  // In the key one dash, one interval and two points, all beside its words.
  expect(key.corners).toHaveLength(2);
  expect(chart.rules).toHaveLength(count + 1);
  expect(chart.levels).toHaveLength(1);
  expect(chart.dots).toHaveLength(2 * count + 2);
  const at = (what: string, drawn: Curves['dots'][number], x: number, y: number): Wanted[] => [
    { what, drawn, y },
    { what: `${what}, across`, drawn: { ...drawn, y: drawn.x, yUnsure: drawn.xUnsure }, y: x, slack: 1e-9 },
  ];
  const marks = points.flatMap(({ relativeDrift, simulated, lower, upper, exact }, i) => [
    ...at('simulated', chart.dots[i], relativeDrift, simulated),
    ...at('exact', chart.dots[count + i], relativeDrift, exact),
    ...[...chart.rules[i]]
      .sort((a, b) => a.y - b.y)
      .flatMap((end, side) => at('interval', end, relativeDrift, side === 0 ? lower : upper)),
  ]);
  const line = brownian.corners.flatMap((drawn, i) => {
    const m = (8 * (i - 160)) / 160;
    return at('Brownian', drawn, m, curve(m));
  });
  // Values of other code agree to eight digits.
  const zero: Wanted = { what: 'zero', drawn: chart.levels[0], y: 0 };
  return [...line, ...marks, zero].map((wanted) => ({ ...wanted, slack: wanted.slack ?? 1e-8 }));
}
