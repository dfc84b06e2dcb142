/**
 * Every number of figure 4: figure4.json, what is printed, figures.html, and the drawing read with a ruler, held
 * against the curves of misrouted.ts.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { compare, compareJson, compareProse, numbersOf, standsAt, takeApart, told } from './explained.js';
import { withPlantedError } from './explained.js';
import type { LeafRule, ProseRule, TextTable } from './explained.js';
import { given } from './exemptions.js';
import { figureOf } from './figures.js';
import type { WrittenFigure } from './figures.js';
import { HALF_OCTAVES, RATES, SCENARIO, TRIALS, commonOf, curveAt } from './misrouted.js';
import type { OwnCurve } from './misrouted.js';
import { demandOf, ownMeansBeyond } from './own-moments.js';
import { crossoverOf } from './own-transitions.js';
import { curvesOf, writingOf } from './picture.js';
import type { Curves, Place } from './picture.js';
import { atHorizons, intervalsAt, unnoticed, withMovedMarks, wrong } from './ruler.js';
import type { Wanted } from './ruler.js';

/** Of six horizons no break but one is possible: wherever it is found, it may be later. */
const FEW = [16, 23, 32, 64, 128, 256];
const CASES = [
  { name: 'at its own horizons', options: ['--slots', '256'], at: HALF_OCTAVES },
  { name: 'at few horizons', options: ['--horizons', FEW.join()], at: FEW },
];
let run: WrittenFigure;
let curves: readonly OwnCurve[];
let horizons: readonly number[];
const seconds = (slots: number): number => slots * SCENARIO.slotSeconds;
const common = (k: number) => commonOf(curves[0], curves[k]);
/** Breaks that our detector finds, and the paper's, with the curve of each. */
const bends = () =>
  curves.flatMap(({ regime: { transition } }, i) => (transition === undefined ? [] : [{ ...transition, i }]));
const breaks = () =>
  curves.flatMap(({ paper: { transition } }, i) => (transition === undefined ? [] : [{ ...transition, i }]));
const orLater = (found: { readonly atLastCandidate: boolean }): string => (found.atLastCandidate ? ' or later' : '');

/** What drift is left of a critical harvest is rounding, below this part of the demand. */
const ROUNDING = 1e-9;

/** A document with `#` for each number, for what is left of it: what is there, and all that is no number. */
const shapeOf = (document: unknown): unknown =>
  JSON.parse(JSON.stringify(document, (_, value: unknown) => (typeof value === 'number' ? '#' : value)));

/** A cell of the table: its words with `#` for each number, and the numbers. */
type OwnCell = readonly [words: string, ...numbers: number[]];
const HEADS = ['η', 'paper’s', 'if w <', 'on exact means', 'ours', '95 %', '(σ/μ)²', 'long grid'];

function cellsOf(i: number): OwnCell[] {
  const { law, regime, paper, paperExact, longGrid } = curves[i];
  const breakOf = (found: { readonly slots: number; readonly atLastCandidate: boolean } | undefined): OwnCell =>
    found === undefined ? ['none'] : [`#${orLater(found)}`, found.slots];
  const { acceptedBelowWeight: weight } = paper;
  const ours = regime.transition;
  const { transitionSlots } = longGrid ?? {};
  return [
    ['#', RATES[i]],
    breakOf(paper.transition),
    weight > 0 ? ['#', weight] : ['never'],
    breakOf(paperExact.transition),
    breakOf(ours),
    ours === undefined
      ? ['']
      : [`# to #${ours.isOpenAbove ? ' or later' : ''}`, ours.interval.lower, ours.interval.upper],
    i === 0 ? ['none'] : ['#', crossoverOf(law)],
    transitionSlots === undefined ? ['none'] : ['#', transitionSlots],
  ];
}

/** Complaints about the table, whose blocks in a text begin with its first column each. */
function tableComplaints(blocks: readonly TextTable[]): string[] {
  const heads = blocks.flatMap((block, i) => block.heads.slice(i === 0 ? 0 : 1));
  const rows = RATES.map((_, row) => blocks.flatMap((block, i) => block.rows[row].slice(i === 0 ? 0 : 1)));
  const names = blocks.map((block) => [block.heads[0], ...block.rows.map(([rate]) => rate)].join());
  expect(blocks.map((block) => block.rows.length)).toEqual(blocks.map(() => RATES.length));
  return [
    ...(heads.join() === HEADS.join() ? [] : [`heads are ${heads.join()}`]),
    ...names.filter((all) => all !== ['η', ...RATES].join()).map((all) => `rows are of ${all}`),
    ...rows.flatMap((cells, i) =>
      cellsOf(i).flatMap(([words, ...numbers], c) => {
        const left = numbersOf(cells[c]).reduce((text, token) => text.replace(token.text, '#'), cells[c]);
        return [
          ...compare(cells[c], numbers, HEADS[c]),
          ...(left === words ? [] : [`${HEADS[c]}: ${cells[c]} is not ${words}`]),
        ];
      }),
    ),
  ];
}

describe.each(CASES)('figure 4 $name', ({ options, at }) => {
  beforeAll(async () => {
    run = await figureOf('4', SCENARIO, ['--trials', String(TRIALS), ...options]);
    horizons = at;
    curves = await Promise.all(RATES.map((errorRate) => curveAt(errorRate, at)));
  });

  test('has every number of its JSON from paths, laws and fits', () => {
    const rules: LeafRule[] = [
      [/^\/schemaVersion$/, () => 1],
      [/^\/figure$/, () => 4],
      [/^\/scenario\/(.*)$/, (place) => standsAt(parseScenario(SCENARIO), `/${place}`) as number],
      ...given('threads'),
      [
        /^\/curves\/0\/driftJoulesPerSlot$/,
        () => {
          const written = standsAt(run.json, '/curves/0/driftJoulesPerSlot') as number;
          return Math.abs(written) < ROUNDING * demandOf(curves[0].law, 1) ? written : 0;
        },
      ],
      [/^\/curves\/(\d)\/(.*)$/, (i, place) => standsAt(curves[Number(i)].written, `/${place}`) as number],
      [/^\/commonPaths\/(\d)\/(\w+)$/, (k, name) => common(Number(k) + 1)[name as 'paths']],
    ];
    expect(compareJson(run.json, rules, 1e-6)).toEqual([]);
    // No number is missing, and what is none is right: breaks that there are not, and those that may be later.
    expect(shapeOf(standsAt(run.json, '/curves'))).toEqual(shapeOf(curves.map(({ written }) => written)));
    expect(shapeOf(standsAt(run.json, '/commonPaths'))).toEqual(shapeOf(RATES.slice(1).map((_, k) => common(k + 1))));
    // Both are read below: curves that bend by either detector, and one that does not.
    expect(breaks().map(({ i }) => i)).toEqual([1, 2, 3, 4]);
    expect(breaks().every(({ atLastCandidate }) => atLastCandidate)).toBe(at === FEW);
    expect(bends().length).toBeGreaterThan(0);
    expect(curves[0].regime.transition).toBeUndefined();
  });

  test('has the numbers of its detectors in the words of its JSON', () => {
    const { paperRegime, regime, note } = standsAt(run.json, '/detectors') as Readonly<Record<string, string>>;
    expect(compareProse(paperRegime, [told('with k = # and # and w = #,', 1, 4, 2)], 'paper’s')).toEqual([]);
    expect(compareProse(regime, [told('k = # and #, w = #\\.$', 1, 3, 2)], 'ours')).toEqual([]);
    expect(compareProse(`${note} ${String(standsAt(run.json, '/note'))}`, [], 'notes')).toEqual([]);
  });

  test('is held against means of far horizons that go on where those known end', () => {
    for (const { law, exact } of curves.slice(1)) {
      const start = horizons.indexOf(64);
      const [from, ...beyond] = horizons.slice(start);
      const means = exact.slice(start).map((m) => m.mean);
      ownMeansBeyond(law, from, means[0], beyond).forEach((mean, i) => {
        expect(mean / means[i + 1]).toBeCloseTo(1, 9);
      });
    }
  });

  /** In the order of the curves. */
  const bendRules = (): ProseRule[] =>
    RATES.map((rate, i) => {
      const { transition } = curves[i].paper;
      if (transition === undefined) return told('η = #: √T throughout', rate);
      return told(`η = #: bends at #${orLater(transition)} slots`, rate, transition.slots);
    });
  const found = (): ProseRule[] => [
    ...bendRules(),
    told(
      '\\(η = # against #: correlation #\\)',
      RATES[RATES.length - 1],
      RATES[0],
      common(RATES.length - 1).correlation,
    ),
    told('with k = # and # and w = #,', 1, 4, 2),
    told('the paper’s on exact means up to # \\(σ/μ\\)²', 256),
  ];
  const caption = told('Where √T ends, in slots of # s(?=\\s|$)', SCENARIO.slotSeconds);
  test('has every number of what it prints and of its page, and a wrong one is found', () => {
    const text = (printed: string): string[] => {
      const { tables, prose } = takeApart(printed);
      const rules = [told('figure#\\.svg, figure#\\.json', 4, 4), ...found(), caption];
      return [...compareProse(prose, rules, 'text'), ...tableComplaints(tables)];
    };
    expect(text(run.text)).toEqual([]);
    expect(numbersOf(run.text).filter((token) => text(withPlantedError(run.text, token)).length === 0)).toEqual([]);
    const page = (shown: string): string[] => compareProse(shown, [...found(), told('Figure #: ', 4)], 'page');
    const shown = run.page.replace(/batterywalk [\d.]+\d/, '');
    expect(page(shown)).toEqual([]);
    expect(numbersOf(shown).filter((token) => page(withPlantedError(shown, token)).length === 0)).toEqual([]);
    expect(run.tables).toHaveLength(1);
    expect(compareProse(run.tables[0].caption, [caption], 'caption')).toEqual([]);
    expect(tableComplaints(run.tables)).toEqual([]);
  });

  const chartOf = (svg: string): Curves => curvesOf(svg, 'log', 'log');
  const factor = 1e3;
  const across = (what: string, drawn: Place, x: number, y: number): Wanted[] => [
    { what, drawn, y, slack: 1e-6 * y },
    { what: `${what}, across`, drawn: { ...drawn, y: drawn.x, yUnsure: drawn.xUnsure }, y: x, slack: 1e-6 * x },
  ];

  /** One row a curve, evenly below the line across. */
  function rowsOf({ dots, levels: [level] }: Curves): number[] {
    const step = level.y / dots[dots.length - 1].y;
    return RATES.map((_, i) => level.y / step ** (RATES.length - i));
  }

  /** Dots, bars, squares and diamonds below the curves, a row a curve. */
  function rowsWanted(chart: Curves): Wanted[] {
    const [ours, theirs, rows] = [bends(), breaks(), rowsOf(chart)];
    const points = RATES.length * horizons.length;
    const diamonds = RATES.map((_, i) => i).slice(1);
    expect(chart.dots).toHaveLength(points + ours.length + theirs.length + diamonds.length);
    expect(chart.links).toHaveLength(ours.length);
    expect(chart.rules).toHaveLength(points + theirs.length);
    return [
      ...ours.flatMap(({ i, slots, interval }, k) => [
        ...across('our break', chart.dots[points + k], seconds(slots), rows[i]),
        ...across('its interval', chart.links[k][0], seconds(interval.lower), rows[i]),
        ...across('its interval', chart.links[k][1], seconds(interval.upper), rows[i]),
      ]),
      ...theirs.flatMap(({ i, slots }, k) => {
        const [foot, top] = chart.rules[points + k];
        return [
          ...across('the paper’s break', chart.dots[points + ours.length + k], seconds(slots), rows[i]),
          ...across('foot', foot, seconds(slots), rows[i]),
          ...across('head', top, seconds(slots), curves[i].exact[horizons.indexOf(slots)].mean / factor),
        ];
      }),
      ...diamonds.flatMap((i, k) => {
        const drawn = chart.dots[points + ours.length + theirs.length + k];
        return across('scale', drawn, seconds(crossoverOf(curves[i].law)), rows[i]);
      }),
    ];
  }

  /** What a logarithmic axis shows of a spread that goes below 0: this part of the least mean of all. */
  const FLOOR = 0.3;
  function bandsWanted({ areas }: Curves): Wanted[] {
    expect(areas).toHaveLength(2);
    const floor = FLOOR * Math.min(...curves.flatMap(({ exact }) => exact.map((m) => m.mean)));
    return [0, RATES.length - 1].flatMap((i, k) => {
      const spread = curves[i].exact.map((m) => m.standardDeviation);
      const mean = curves[i].exact.map((m) => m.mean);
      const [above, below] = [areas[k].slice(0, horizons.length), areas[k].slice(horizons.length).reverse()];
      return [
        ...atHorizons('band', above, horizons.map(seconds), (h) => (mean[h] + spread[h]) / factor),
        ...atHorizons('band', below, horizons.map(seconds), (h) => Math.max(floor, mean[h] - spread[h]) / factor),
      ];
    });
  }

  function drawnWanted(svg: string): Wanted[] {
    const chart = chartOf(svg);
    expect(chart.xLabel).toBe('horizon T, s (slots of 10 s)');
    expect(chart.yLabel).toBe('E[D], kJ');
    expect(chart.paths).toHaveLength(RATES.length);
    const count = horizons.length;
    const lines = curves.flatMap(({ exact, mean, interval }, i) => {
      const own = <T>(marks: readonly T[]): T[] => marks.slice(i * count, (i + 1) * count);
      return [
        ...atHorizons('line', chart.paths[i].corners, horizons.map(seconds), (h) => exact[h].mean / factor),
        ...atHorizons('points', own(chart.dots), horizons.map(seconds), (h) => mean[h] / factor),
        ...intervalsAt('interval', own(chart.rules), horizons.map(seconds), (h) => {
          const [lower, upper] = interval[h];
          return [lower / factor, upper / factor];
        }),
      ];
    });
    const near = [...lines, ...bandsWanted(chart)].map((wanted) => ({ ...wanted, slack: 1e-6 * wanted.y }));
    return [...near, ...rowsWanted(chart), ...wordsWanted(chart).flatMap(({ wanted }) => wanted)];
  }

  interface Words {
    readonly text: string;
    readonly fill: string;
    readonly wanted: readonly Wanted[];
  }
  const KEY = 'breaks: □ the paper’s, ● and 95 % ours, → or later; ◇ (σ/μ)²';
  /** Words at the ends of three curves, arrows, names of the rows, and the key: each in the colour of its curve. */
  function wordsWanted(chart: Curves): Words[] {
    const rows = rowsOf(chart);
    const [start, end] = [seconds(horizons[0]), seconds(horizons[horizons.length - 1])];
    const later = [
      ...breaks().flatMap(({ i, slots, atLastCandidate }) => (atLastCandidate ? [{ i, slots }] : [])),
      ...bends().flatMap(({ i, interval, isOpenAbove, atLastCandidate }) =>
        isOpenAbove || atLastCandidate ? [{ i, slots: interval.upper }] : [],
      ),
    ];
    const isStraight = (i: number): boolean => [...bends(), ...breaks()].every((found) => found.i !== i);
    const all = [
      ...[0, 3, 4].map((i) => ({ i, text: `η = ${RATES[i]}`, x: end, y: curves[i].exact.at(-1)?.mean ?? NaN })),
      ...later.map(({ i, slots }) => ({ i, text: '→', x: seconds(slots), y: rows[i] * factor })),
      ...RATES.map((rate, i) => {
        return { i, text: `η = ${rate}${isStraight(i) ? ': no transition' : ''}`, x: start, y: rows[i] * factor };
      }),
    ].map(({ i, text, x, y }) => ({ fill: chart.paths[i].stroke, text, x, y: y / factor }));
    const key = { fill: chart.texts.at(-1)?.fill ?? '', text: KEY, x: start, y: chart.levels[0].y };
    expect(chart.texts).toHaveLength(all.length + 1);
    return [...all, key].map(({ text, fill, x, y }, k) => ({
      text,
      fill,
      wanted: across(text, chart.texts[k].at, x, y),
    }));
  }

  test('is drawn where its numbers are, and a mark that is moved is found', () => {
    const complaints = (svg: string): string[] => wrong(drawnWanted(svg));
    expect(complaints(run.svg)).toEqual([]);
    const moved = [...withMovedMarks(run.svg, 1), ...withMovedWords(run.svg)];
    expect(moved.length).toBeGreaterThan(200);
    expect(unnoticed(moved, complaints)).toEqual([]);
  });

  test('has each break in the shape and in the colour that its key says', () => {
    const { paths } = chartOf(run.svg);
    const colours = (found: readonly { readonly i: number }[]): string[] => found.map(({ i }) => paths[i].stroke);
    const drawn = (shape: RegExp): string[] => [...run.svg.matchAll(shape)].map(([, colour]) => colour);
    expect(drawn(/<circle fill="([^"]+)"/g)).toEqual(colours(bends()));
    expect(drawn(/<path stroke="([^"]+)" d="M-[\d.]+,-[\d.]+h/g)).toEqual(colours(breaks()));
    expect(drawn(/<path stroke="([^"]+)" d="M0,-/g)).toEqual(colours([1, 2, 3, 4].map((i) => ({ i }))));
    expect(drawn(/<line stroke="([^"]+)"/g)).toEqual(colours(breaks()));
    expect(drawn(/<path stroke="([^"]+)" d="M[\d.]+,[\d.]+L/g)).toEqual(colours(bends()));
  });

  test('says so in its words', () => {
    const { words } = writingOf(run.svg);
    const chart = chartOf(run.svg);
    const named = wordsWanted(chart);
    expect(chart.texts.map(({ text, fill }) => [text, fill])).toEqual(named.map(({ text, fill }) => [text, fill]));
    const rules: ProseRule[] = [
      ...bendRules(),
      // The bands' names.
      [/±\s(\d) SD of D, η = ([\d.]+)/, () => [1, RATES[0]]],
      [/±\s(\d) SD of D, η = ([\d.]+)/, () => [1, RATES[RATES.length - 1]]],
      told('slots of # s\\)', SCENARIO.slotSeconds),
    ];
    // What is held against its words above.
    const left = named.reduce((rest, { text }) => rest.replace(`| ${text} |`, '|'), words);
    expect(compareProse(left, rules, 'words')).toEqual([]);
  });
});

/** The same chart with words that stand at a place moved, in one text after the other: down, and to the right. */
function withMovedWords(svg: string): string[] {
  const places = [...svg.matchAll(/<text [^>]*transform="translate\(([\d.]+),([\d.]+)\)"[^>]*>(?:η|→|breaks)/g)];
  const off = 0.02;
  return places.flatMap(({ 0: all, 1: x, 2: y, index }) =>
    [`${Number(x) + off},${y}`, `${x},${Number(y) + off}`].map(
      (to) => svg.slice(0, index) + all.replace(`${x},${y}`, to) + svg.slice(index + all.length),
    ),
  );
}
