/**
 * The charts of report.html read with a ruler: every corner of every curve, every point, interval and band lies where
 * the integers of partials.json and theory's laws say, by the ticks beside them.
 */
import { beforeAll, describe, expect, test } from 'vitest';
import { deviationWanted } from './deviation-picture.js';
import { compareProse, told } from './explained.js';
import { ownDeviation } from './own-moments.js';
import { curvesOf, exponentOf, writingOf } from './picture.js';
import type { Curves, Place } from './picture.js';
import { atHorizons, edgeAt, intervalsAt, tailBand, tailFloor, wrong } from './ruler.js';
import type { Wanted } from './ruler.js';
import { factorOf, validated } from './validated.js';
import { walkNumbers } from './walk-numbers.js';
import type { WalkNumbers } from './walk-numbers.js';

const HORIZONS = [8, 32];
const TRIALS = 4000;
const SCENARIO = {
  schemaVersion: 1,
  name: 'drawn',
  slotSeconds: 10,
  arrivals: { ratePerSlot: 3 },
  tasks: [{ energyJoules: 1000 }, { energyJoules: 2500 }],
  harvest: { mean: 'critical', variance: 'matched' },
};
const CURVES = ['simulated', 'exact', 'corrected', 'Brownian'];

let walk: WalkNumbers;
const charts = new Map<string, string>();
beforeAll(async () => {
  const { partials, report } = await validated(SCENARIO, TRIALS, HORIZONS);
  walk = walkNumbers(SCENARIO, HORIZONS, partials, 'recompute');
  for (const [svg, id] of report.matchAll(/<svg[^>]*aria-labelledby="([\w-]+)-title".*?<\/svg>/gs)) charts.set(id, svg);
});

/** Laws are read where they bend, and between by interpolation: to this in P(D ≤ d), and to this part of P(D > d). */
const ON_EDGES = 1e-6;
const IN_TAIL = 3e-4;

const seen = (i: number, k: number): number => walk.own[i].edges[k][1] / walk.trials;
/** The corrected law may fall by a little, which no curve does. */
const lawAt = (i: number, name: string, k: number): number =>
  walk.once(`drawn ${name} ${i}`, () => {
    let most = 0;
    return walk.lawAt(i, name).map((p) => (most = Math.max(most, p)));
  })[k];
const cdfAt = (i: number, name: string, k: number): number => (name === 'simulated' ? seen(i, k) : lawAt(i, name, k));

/** What a chart should show at a corner, and how far it may be from that. */
type Value = (name: string, k: number) => { readonly y: number; readonly slack: number };

function corners(i: number, chart: Curves, names: readonly string[], value: Value): Wanted[] {
  const factor = factorOf(chart.xLabel);
  expect([...chart.lines.keys()].sort()).toEqual([...names].sort());
  return names.flatMap((name): Wanted[] => {
    const own = chart.lines.get(name) ?? [];
    expect(own.length).toBeGreaterThan(100);
    return own.map((drawn) => ({
      what: `${chart.title}: ${name}`,
      drawn,
      ...value(name, edgeAt(walk.own[i], drawn, factor)),
    }));
  });
}

/** Paths are counted, laws interpolated. */
const slackOf = (name: string): number => (name === 'simulated' ? 1e-12 : ON_EDGES);

function cdfWanted(i: number, chart: Curves): Wanted[] {
  return corners(i, chart, CURVES, (name, k) => ({ y: cdfAt(i, name, k), slack: slackOf(name) }));
}

function survivalWanted(i: number, chart: Curves): Wanted[] {
  const onScale = (p: number): number => Math.max(p, tailFloor(TRIALS));
  return [
    ...corners(i, chart, CURVES, (name, k) => {
      const y = onScale(1 - cdfAt(i, name, k));
      return { y, slack: Math.min(slackOf(name), IN_TAIL * y) };
    }),
    ...tailBand(walk.own[i], chart, factorOf(chart.xLabel)),
  ];
}

/** Units of the axis up, such as 10⁻³. */
function unitUp({ yLabel }: Curves): number {
  return 10 ** exponentOf(/units of 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)/.exec(yLabel)?.[1] ?? '');
}

function differenceWanted(i: number, chart: Curves, names: readonly string[], from: (k: number) => number): Wanted[] {
  const unit = unitUp(chart);
  return corners(i, chart, names, (name, k) => ({
    y: (cdfAt(i, name, k) - from(k)) / unit,
    slack: (slackOf(name) + ON_EDGES) / unit,
  }));
}

describe.each(HORIZONS.map((slots, i) => ({ slots, i })))('after $slots slots', ({ slots, i }) => {
  const chart = (id: string): Curves =>
    curvesOf(charts.get(`${id}-${slots}`) ?? '', 'linear', id === 'survival' ? 'log' : 'linear');

  test('the distribution', () => {
    expect(wrong(cdfWanted(i, chart('cdf')))).toEqual([]);
  });

  test('the tail with its intervals', () => {
    const drawn = chart('survival');
    expect(drawn.areas).toHaveLength(1);
    expect(wrong(survivalWanted(i, drawn))).toEqual([]);
  });

  test('differences from the exact law, with the band', () => {
    const [own, limits] = [chart('residual'), chart('limit-error')];
    expect(wrong(differenceWanted(i, own, ['simulated'], (k) => walk.sampledAt(i)[k]))).toEqual([]);
    expect(wrong(differenceWanted(i, limits, ['Brownian', 'corrected'], (k) => lawAt(i, 'exact', k)))).toEqual([]);
    for (const drawn of [own, limits]) {
      const half = walk.critical / unitUp(drawn);
      const [[lower, upper]] = drawn.boxes;
      expect(lower.y).toBeCloseTo(-half, 9);
      expect(upper.y).toBeCloseTo(half, 9);
    }
  });

  test('a corner that is moved by two hundredths of a pixel is found', () => {
    const svg = charts.get(`cdf-${slots}`) ?? '';
    const path = /data-label="corrected" d="(M[^"]*)"/.exec(svg)?.[1] ?? '';
    const all = path.slice(1).split('L');
    for (const at of [0, 40, 90]) {
      const [x, y] = all[at].split(',');
      const moved = all.with(at, `${x},${(Number(y) + 0.02).toFixed(3)}`);
      expect(
        wrong(cdfWanted(i, curvesOf(svg.replace(path, `M${moved.join('L')}`), 'linear', 'linear'))),
        String(at),
      ).toHaveLength(1);
    }
  });
});

const means = (name: string): number[] =>
  HORIZONS.map((_, i) => (name === 'simulated' ? walk.own[i].mean : walk.law(i, name).mean));

/** Lines and points of a chart against the horizon. */
function againstSlots(
  chart: Curves,
  names: readonly string[],
  dots: readonly string[],
  value: (name: string) => number[],
): Wanted[] {
  const along = (what: string, all: readonly Place[], name: string): Wanted[] =>
    atHorizons(`${chart.title}: ${what} ${name}`, all, HORIZONS, (i) => value(name)[i]);
  expect([...chart.lines.keys()].sort()).toEqual([...names].sort());
  expect(chart.dots).toHaveLength(dots.length * HORIZONS.length);
  return [
    ...names.flatMap((name) => along('line', chart.lines.get(name) ?? [], name)),
    ...dots.flatMap((name, n) =>
      along('points', chart.dots.slice(n * HORIZONS.length, (n + 1) * HORIZONS.length), name),
    ),
  ];
}

test('means against the horizon', () => {
  const chart = curvesOf(charts.get('mean') ?? '', 'log', 'log');
  const factor = factorOf(chart.yLabel);
  const all = againstSlots(chart, CURVES, CURVES, (name) => means(name).map((mean) => mean / factor));
  expect(wrong(all)).toEqual([]);
});

test('means relative to the exact one, with intervals', () => {
  const relative = (i: number, mean: number): number => 100 * (mean / walk.law(i, 'exact').mean - 1);
  const intervals = walk.own.map(({ meanInterval }, i) => meanInterval.map((mean) => relative(i, mean)));
  const widest = Math.max(...intervals.map(([lower, upper]) => upper - lower));
  const chart = curvesOf(charts.get('mean-error') ?? '', 'log', 10 ** Math.floor(Math.log10(Math.min(100, widest))));
  const names = ['corrected', 'Brownian'];
  const all = againstSlots(chart, names, [...names, 'simulated'], (name) =>
    means(name).map((mean, i) => relative(i, mean)),
  );
  const ends = intervalsAt('interval', chart.rules, HORIZONS, (i) => [intervals[i][0], intervals[i][1]]);
  expect(wrong([...all, ...ends])).toEqual([]);
});

test('figure 2, with a point a horizon', () => {
  const chart = curvesOf(charts.get('figure2') ?? '', 'linear', 'linear');
  const points = HORIZONS.map((slots, i) => {
    // Without drift a mean stands over that of the diffusion.
    const critical = walk.sigma * Math.sqrt((2 * slots) / Math.PI);
    const [lower, upper] = walk.own[i].meanInterval.map((mean) => mean / critical);
    const exact = walk.law(i, 'exact').mean / critical;
    return { relativeDrift: 0, simulated: walk.own[i].mean / critical, lower, upper, exact };
  });
  expect(wrong(deviationWanted(chart, points, ownDeviation))).toEqual([]);
});

test('what is written in the charts', () => {
  for (const [id, svg] of charts) {
    const slots = Number(/-(\d+)$/.exec(id)?.[1]);
    const { words, legend, lines } = writingOf(svg);
    const rules = [
      told('after # slots', slots),
      told('simulated curve of # paths', TRIALS),
      [/(\d+) % (?=interval|simultaneous|band|of right)/g, () => [95]] as const,
      told('max\\(−μ, ?#\\)T\\) ?/ ?\\(σ√\\(#T/π\\)\\)', 0, 2),
      told('max\\(−μ, ?#\\)T\\) ?/ ?\\(σ√\\(#T/π\\)\\)', 0, 2),
      told('at T = # … # slots:', ...HORIZONS),
      told('simulated, # %', 95),
      told('T = # … # slots$', ...HORIZONS),
      told('units of #⁻', 10),
    ];
    expect(compareProse(words, rules, id)).toEqual([]);
    expect(legend.filter(({ label, isDrawnSo }) => lines.includes(label) && !isDrawnSo)).toEqual([]);
  }
});

test('no chart of laws is left out', () => {
  const laws = HORIZONS.flatMap((slots) =>
    ['cdf', 'survival', 'residual', 'limit-error'].map((id) => `${id}-${slots}`),
  );
  expect([...charts.keys()].sort()).toEqual(['mean', 'mean-error', 'figure2', ...laws].sort());
});
