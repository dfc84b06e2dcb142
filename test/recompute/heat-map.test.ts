/**
 * A sweep's heat map read with a ruler: every cell has the colour of its value, every line of equal value goes where
 * the values beside it have it between them, and what is written is so.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MAST } from './fleets.js';
import { runOn } from '../cli/sink.js';
import { compareProse, numbersOf, shows, told } from './explained.js';
import { cividis, heatMapOf, UNSURE } from './heat-map.js';
import type { GridPoint, HeatMap } from './heat-map.js';

const SLOTS = 24;
const TIMES = [1, 1.1, 1.25, 1.5, 1.9];
const CHARGES = [0, 3000, 6000, 12_000, 24_000, 48_000];
const JOULES_PER_WATT_HOUR = 3600;
const SWEEP = {
  schemaVersion: 1,
  name: 'map',
  base: MAST,
  axes: { 'harvest.mean.timesDemand': TIMES, 'battery.initialJoules': CHARGES },
  ...{ trials: 1000, horizons: [8, SLOTS], seed: 'map', risks: [0.1], exact: 'none' },
};

interface Row {
  readonly slots: bigint;
  readonly metric: string;
  readonly level: number | null;
  readonly estimate: number;
  readonly [axis: string]: unknown;
}
let rows: Row[] = [];
const svgs = new Map<string, string>();
const root = mkdtempSync(join(tmpdir(), 'batterywalk-map-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

/** What is drawn: in watt-hours, but for a chance. */
const METRICS = [
  // Where a sweep has reserves they are what is drawn.
  { name: 'reserve 0.1', option: undefined, metric: 'reserve', level: 0.1, unit: JOULES_PER_WATT_HOUR },
  { name: 'meanDeficit', option: 'meanDeficit', metric: 'meanDeficit', level: null, unit: JOULES_PER_WATT_HOUR },
  { name: 'probabilityZero', option: 'probabilityZero', metric: 'probabilityZero', level: null, unit: 1 },
] as const;
type Drawn = (typeof METRICS)[number];

beforeAll(async () => {
  const [file, out] = [join(root, 'sweep.json'), join(root, 'out')];
  writeFileSync(file, JSON.stringify(SWEEP));
  for (const { name, option } of METRICS) {
    const asked = option === undefined ? [] : ['--metric', option];
    const { stderr } = await runOn(['sweep', file, '--out', out, '--backend', 'cpu', '--plot', ...asked, '--quiet']);
    expect(stderr).toBe('');
    svgs.set(name, readFileSync(join(out, 'sweep.svg'), 'utf8'));
  }
  rows = (await parquetReadObjects({ file: await asyncBufferFromFile(join(out, 'results.parquet')) })) as Row[];
});

/** The value of a cell at the last horizon, as the file has it; the longer axis goes across. */
function at(metric: string, level: number | null, x: number, y: number): number {
  const own = rows.filter(
    (row) =>
      row.metric === metric &&
      row.level === level &&
      Number(row.slots) === SLOTS &&
      row['battery.initialJoules'] === CHARGES[x] &&
      row['harvest.mean.timesDemand'] === TIMES[y],
  );
  expect(own).toHaveLength(1);
  return own[0].estimate;
}

const places = TIMES.flatMap((_, y) => CHARGES.map((__, x) => ({ x, y })));
const valueOf = ({ metric, level, unit }: Drawn, { x, y }: GridPoint): number => at(metric, level, x, y) / unit;

function cellComplaints(drawn: Drawn, { cells, legend }: HeatMap): string[] {
  const values = places.map((place) => valueOf(drawn, place));
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const colour = (value: number): string => `rgb(${cividis((value - low) / (high - low)).join(', ')})`;
  const expected = places.map((place, i) => ({ ...place, colour: colour(values[i]) }));
  const order = (a: GridPoint, b: GridPoint): number => a.y - b.y || a.x - b.x;
  const found = [...cells].sort(order);
  const steps = [0, 0.25, 0.5, 0.75, 1].map((t) => low + t * (high - low));
  return [
    ...(found.length === expected.length ? [] : [`${found.length} cells`]),
    ...expected.flatMap((cell, i) => {
      const wrong = found[i].x !== cell.x || found[i].y !== cell.y || found[i].colour !== cell.colour;
      return wrong ? [`cell ${JSON.stringify(found[i])}, expected ${JSON.stringify(cell)}`] : [];
    }),
    ...found.flatMap((cell, i) => {
      const words = [CHARGES[cell.x] / JOULES_PER_WATT_HOUR, TIMES[cell.y], values[i]];
      const unit = 'battery\\.initial, Wh #, harvest\\.mean\\.timesDemand #: #$';
      return compareProse(cell.told, [told(unit, ...words)], 'cell');
    }),
    ...steps.flatMap((value, i) => {
      const { text, colour: own } = legend[i];
      // The last is followed by what all are.
      const [token] = numbersOf(text);
      return own === colour(value) && shows(token.text, value) ? [] : [`legend: ${text} is ${own}, is ${value}`];
    }),
  ];
}

/** What lines go along: the value itself, or the logarithm of the risk. */
function surface(drawn: Drawn): { readonly over: number[][]; readonly levelOf: (label: string) => number } {
  const grid = (of: (place: GridPoint) => number): number[][] =>
    TIMES.map((_, y) => CHARGES.map((__, x) => of({ x, y })));
  if (drawn.metric === 'reserve') return { over: grid((place) => valueOf(drawn, place)), levelOf: Number };
  const risks = grid(({ x, y }) => 1 - at('probabilityZero', null, x, y));
  // Where no path failed it is below all that was seen.
  const least = Math.min(...risks.flat().filter((risk) => risk > 0)) / 2;
  return {
    over: risks.map((line) => line.map((risk) => Math.log(Math.max(risk, least)))),
    levelOf: (label) => Math.log(Number(label.replace(' %', '')) / 100),
  };
}

/** Sides between neighbouring cells. */
const SIDES = places.flatMap(({ x, y }) =>
  [
    [x + 1, y],
    [x, y + 1],
  ]
    .filter(([i, j]) => i < CHARGES.length && j < TIMES.length)
    .map(([i, j]) => [x, y, i, j] as const),
);

function lineComplaints(drawn: Drawn, { lines, labels }: HeatMap): string[] {
  const { over, levelOf } = surface(drawn);
  const levels = labels.map(({ text }) => levelOf(text));
  const [below, above] = lines;
  const complaints = JSON.stringify(below) === JSON.stringify(above) ? [] : ['a line and its border differ'];
  /** Where each line crosses the sides, in their order, with how many pieces end there. */
  const crossings = levels.flatMap((level) =>
    SIDES.flatMap(([x, y, i, j]) => {
      const [a, b] = [over[y][x], over[j][i]];
      if (a < level === b < level) return [];
      const part = (level - a) / (b - a);
      const isOutside = x === i ? x === 0 || x === CHARGES.length - 1 : y === 0 || y === TIMES.length - 1;
      return [{ level, x: x + part * (i - x), y: y + part * (j - y), pieces: isOutside ? 1 : 2 }];
    }),
  );
  const isAt = (a: GridPoint, b: GridPoint): boolean => Math.abs(a.x - b.x) < UNSURE && Math.abs(a.y - b.y) < UNSURE;
  const ends = above.flat();
  for (const crossing of crossings) {
    const found = ends.filter((end) => isAt(end, crossing)).length;
    // Where a cell has the level itself, crossings of several sides are one place.
    const pieces = crossings.filter((other) => isAt(other, crossing)).reduce((sum, other) => sum + other.pieces, 0);
    if (found !== pieces) complaints.push(`${found} pieces end at ${JSON.stringify(crossing)}, expected ${pieces}`);
  }
  if (ends.length !== crossings.reduce((sum, { pieces }) => sum + pieces, 0)) complaints.push(`${ends.length} ends`);
  // Both ends of a piece are of one line, within one square.
  for (const [from, to] of above) {
    const [a, b] = [from, to].map((end) => crossings.filter((crossing) => isAt(end, crossing)));
    const isOne = a.some(({ level }) => b.some((other) => other.level === level));
    const isShort = Math.abs(from.x - to.x) <= 1 + UNSURE && Math.abs(from.y - to.y) <= 1 + UNSURE;
    if (!isOne || !isShort) complaints.push(`no line has the piece ${JSON.stringify([from, to])}`);
  }
  for (const label of labels) {
    const own = above.filter(([from, to]) => isAt({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 }, label));
    const level = levelOf(label.text);
    const isRight = own.some(([from]) =>
      crossings.some((crossing) => crossing.level === level && isAt(from, crossing)),
    );
    if (!isRight) complaints.push(`${label.text} stands on no line of it`);
  }
  return complaints;
}

/** Lines that should be there: of the risks, or of round charges one step apart. */
function wantedLabels(drawn: Drawn, { labels }: HeatMap): string[] {
  const values = surface(drawn).over.flat();
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (drawn.metric === 'reserve') {
    const [first, second] = labels.map(({ text }) => Number(text));
    const step = Number((second - first).toPrecision(3));
    expect([1, 2, 5]).toContain(Number(String(step).replace(/0|\./g, '')));
    const count = Math.floor(high / step);
    expect(count).toBeGreaterThan(1);
    expect(count).toBeLessThan(6);
    return Array.from({ length: count }, (_, i) => String(Number(((i + 1) * step).toPrecision(12))));
  }
  const percent = [50, 10, 3, 1, 0.3, 0.1, 0.01, 0.001, 0.0001];
  return percent
    .filter((risk) => Math.log(risk / 100) > low && Math.log(risk / 100) <= high)
    .map((risk) => `${risk} %`);
}

describe.each(METRICS)('a map of $name', (drawn) => {
  const map = (svg = svgs.get(drawn.name) ?? ''): HeatMap => heatMapOf(svg, CHARGES.length, TIMES.length);

  test('has each cell in the colour of its value, and a legend of that scale', () => {
    expect(cellComplaints(drawn, map())).toEqual([]);
    const unit = drawn.unit === 1 ? '' : ', Wh';
    expect(map().legend[4].text.endsWith(` ${drawn.name}${unit}`)).toBe(true);
  });

  test('has lines where the values are, all that there should be', () => {
    expect(lineComplaints(drawn, map())).toEqual([]);
    expect(map().labels.map(({ text }) => text)).toEqual(wantedLabels(drawn, map()));
  });

  test('has its axes and its words', () => {
    const { xTicks, yTicks, words, legend } = map();
    expect([...xTicks.keys()]).toEqual(CHARGES.map((_, i) => i));
    expect([...yTicks.keys()]).toEqual(TIMES.map((_, i) => i));
    xTicks.forEach((text, i) => {
      expect(shows(text, CHARGES[i] / JOULES_PER_WATT_HOUR), text).toBe(true);
    });
    yTicks.forEach((text, i) => {
      expect(Number(text)).toBe(TIMES[i]);
    });
    const values = places.map((place) => valueOf(drawn, place));
    const name = drawn.level === null ? drawn.name : `${drawn.metric} #`;
    const level = drawn.level === null ? [] : [drawn.level];
    const rules = [
      told(`${name}, T = # slots of # s`, ...level, SLOTS, 10),
      told(`${name}(?:, Wh)? over .*?: from # to #\\.(?= )`, ...level, Math.min(...values), Math.max(...values)),
      told(drawn.level === null ? 'risk P\\(D > #\\)' : `the same ${name}\\.(?= )`, drawn.level ?? 0),
      told('\\(T = # slots of # s\\)', SLOTS, 10),
    ];
    expect(compareProse(words, rules, 'words')).toEqual([]);
    expect(legend[5].text).toBe(drawn.level === null ? 'lines: risk P(D > 0)' : `lines: the same ${drawn.name}`);
  });

  test('a cell of another colour and an end of a line that is moved are found', () => {
    const svg = svgs.get(drawn.name) ?? '';
    for (const found of [...svg.matchAll(/<rect fill="rgb\((\d+)/g)].slice(0, 40).filter((_, i) => i % 4 === 0)) {
      const end = found.index + found[0].length;
      const wrong = `${svg.slice(0, end - found[1].length)}${(Number(found[1]) + 1) % 256}${svg.slice(end)}`;
      expect(cellComplaints(drawn, map(wrong))).toHaveLength(1);
    }
    const links = [...svg.matchAll(/<path d="M([\d.]+),[\d.]+L[\d.]+,[\d.]+"/g)].filter(
      ({ index }) => index > svg.indexOf('data-label="link"'),
    );
    expect(links.length).toBeGreaterThan(5);
    for (const found of links.filter((_, i) => i % 7 === 0)) {
      const start = found.index + '<path d="M'.length;
      const wrong = `${svg.slice(0, start)}${Number(found[1]) + 0.02}${svg.slice(start + found[1].length)}`;
      expect(lineComplaints(drawn, map(wrong))).not.toEqual([]);
    }
  });
});
