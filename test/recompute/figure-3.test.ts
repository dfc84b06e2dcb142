/**
 * Every number of figure 3, from the paper's formulas written again: figure3.json, what is printed, figures.html, and
 * the drawing read with a ruler. Difficulties go on to where ticks stand at thousands.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { compareJson, compareProse, numbersOf, standsAt, told, withPlantedError } from './explained.js';
import type { LeafRule, ProseRule } from './explained.js';
import { figureOf } from './figures.js';
import type { WrittenFigure } from './figures.js';
import { SERVED } from './fleets.js';
import { ownCost } from './own-fleet.js';
import type { OwnCost } from './own-fleet.js';
import { curvesOf, writingOf } from './picture.js';
import { unnoticed, withMovedMarks, wrong } from './ruler.js';
import type { Wanted } from './ruler.js';

const QUANTITIES = ['energyJoules', 'latencySeconds'] as const;
type Quantity = (typeof QUANTITIES)[number];
const SIDES = ['small', 'large'] as const;
const [LOW, HIGH] = [1.6, 2.19];
/** Digits that a library's incomplete beta function has here. */
const NEAR = 1e-7;

const [task] = SERVED.tasks;
const { hardware, models, scaling } = SERVED.fleet;
function costAt(difficulty: number, side: (typeof SIDES)[number]): OwnCost {
  return ownCost({ ...task, difficulty }, models[SIDES.indexOf(side)], hardware, scaling.steepness);
}
const difficulties = Array.from({ length: 241 }, (_, i) => LOW + ((HIGH - LOW) * i) / 240);

let run: WrittenFigure;
let own: readonly Readonly<Record<(typeof SIDES)[number], OwnCost>>[];
const crossings = new Map<Quantity, number>();
let panels: readonly string[] = [];
beforeAll(async () => {
  run = await figureOf('3', SERVED, []);
  own = difficulties.map((xi) => ({ small: costAt(xi, 'small'), large: costAt(xi, 'large') }));
  for (const of of QUANTITIES) {
    let [low, high] = [LOW, HIGH];
    for (let i = 0; i < 40; i++) {
      const middle = (low + high) / 2;
      if (costAt(middle, 'small')[of] > costAt(middle, 'large')[of]) low = middle;
      else high = middle;
    }
    crossings.set(of, (low + high) / 2);
  }
  panels = [...run.svg.matchAll(/<svg y="[^]*?<\/svg>/g)].map(([svg]) => svg);
});
const crossing = (of: Quantity): number => crossings.get(of) ?? NaN;

function panelWanted(svg: string, of: Quantity): Wanted[] {
  const chart = curvesOf(svg, 'linear', 'log');
  const factor = of === 'energyJoules' ? 1e3 : 1;
  expect(chart.yLabel).toBe(of === 'energyJoules' ? 'energy of a task, kJ' : 'latency of a task, s');
  expect(chart.paths).toHaveLength(2);
  const across = (what: string, drawn: Wanted['drawn'], x: number): Wanted => {
    return { what, drawn: { ...drawn, y: drawn.x, yUnsure: drawn.xUnsure }, y: x, slack: 1e-6 };
  };
  const curves = chart.paths.flatMap(({ corners }, k) => {
    expect(corners).toHaveLength(own.length);
    return corners.flatMap((drawn, i): Wanted[] => {
      const y = own[i][SIDES[k]][of] / factor;
      return [{ what: SIDES[k], drawn, y, slack: NEAR * y }, across(SIDES[k], drawn, difficulties[i])];
    });
  });
  // One line across where the curves do, and the zone between both crossings.
  expect(chart.rules).toHaveLength(1);
  const [[zoneLow, zoneHigh]] = chart.boxes;
  // The line goes as far up and down as the zone does.
  const ends = [...chart.rules[0]].sort((a, b) => a.y - b.y);
  const [from, to] = QUANTITIES.map(crossing).sort((a, b) => a - b);
  return [
    ...curves,
    ...chart.rules[0].map((end) => across('crossing', end, crossing(of))),
    { what: 'crossing, below', drawn: ends[0], y: zoneLow.y, slack: 1e-9 * zoneLow.y },
    { what: 'crossing, above', drawn: ends[1], y: zoneHigh.y, slack: 1e-9 * zoneHigh.y },
    across('zone', zoneLow, from),
    across('zone', zoneHigh, to),
  ];
}

describe('figure 3', () => {
  test('has every number of its JSON from the formulas', () => {
    const rules: LeafRule[] = [
      [/^\/schemaVersion$/, () => 1],
      [/^\/figure$/, () => 3],
      [/^\/scenario\/(.*)$/, (place) => standsAt(parseScenario(SERVED), `/${place}`) as number],
      [/^\/curves\/(\d+)\/difficulty$/, (i) => difficulties[Number(i)]],
      [
        /^\/curves\/(\d+)\/(small|large)\/(\w+)$/,
        (i, side, of) => own[Number(i)][side as 'small'][of as 'energyJoules'],
      ],
      [/^\/crossings\/(\w+)\/0$/, (of) => crossing(of as Quantity)],
    ];
    expect(compareJson(run.json, rules, NEAR)).toEqual([]);
    const { curves } = run.json as { readonly curves: readonly unknown[] };
    expect(curves).toHaveLength(difficulties.length);
  });

  const found = (): ProseRule =>
    told('energy crosses at ξ = #, latency at ξ = #(?=\\s|$)', crossing('energyJoules'), crossing('latencySeconds'));
  test('has every number of what it prints and of its page, and a wrong one is found', () => {
    const text = (printed: string): string[] =>
      compareProse(printed, [told('figure#\\.svg, figure#\\.json', 3, 3), found()], 'text');
    expect(text(run.text)).toEqual([]);
    expect(numbersOf(run.text).filter((token) => text(withPlantedError(run.text, token)).length === 0)).toEqual([]);
    const page = [found(), told('Figure #: ', 3), [/batterywalk [\d.]+\d/, () => []] as const];
    expect(compareProse(run.page, page, 'page')).toEqual([]);
  });

  test.each(QUANTITIES.map((of, k) => ({ of, k })))('is drawn where its numbers are: $of', ({ of, k }) => {
    expect(panels).toHaveLength(2);
    const complaints = (svg: string): string[] => wrong(panelWanted(svg, of));
    expect(complaints(panels[k])).toEqual([]);
    const moved = withMovedMarks(panels[k], 37);
    expect(moved.length).toBeGreaterThan(8);
    expect(unnoticed(moved, complaints)).toEqual([]);
  });

  test('says so in its words', () => {
    const at = QUANTITIES.map(crossing);
    expect(
      compareProse(writingOf(panels[0]).words, [told('curves cross at #\\.(?= )', at[0]), told('ξ = #$', at[0])], '0'),
    ).toEqual([]);
    expect(
      compareProse(writingOf(panels[1]).words, [told('curves cross at #\\.(?= )', at[1]), told('ξ = #$', at[1])], '1'),
    ).toEqual([]);
  });
});
