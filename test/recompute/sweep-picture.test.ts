/**
 * A sweep's picture: its points, lines and intervals lie where the numbers of its table are, by the ticks beside them.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runOn } from '../cli/sink.js';
import { seriesOf } from './picture.js';
import type { Drawn } from './picture.js';

const root = mkdtempSync(join(tmpdir(), 'batterywalk-picture-'));
afterAll(() => {
  rmSync(root, { recursive: true });
});

const TIMES = [0.96, 1, 1.05];
const COMMON = { schemaVersion: 1, base: 'surplus', trials: 2000, horizons: [64, 256], seed: 'picture', exact: 'none' };
const JOULES_PER_WATT_HOUR = 3600;

interface Row {
  readonly slots: bigint;
  readonly metric: string;
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  readonly [axis: string]: unknown;
}

const CASES = [
  {
    name: 'one axis, a line a horizon',
    axes: { 'harvest.mean.timesDemand': TIMES },
    lines: [64, 256].map((slots) => ({ label: `slots ${slots}`, is: (row: Row) => Number(row.slots) === slots })),
  },
  {
    name: 'two axes, a line a battery at the last horizon',
    axes: { 'harvest.mean.timesDemand': TIMES, 'battery.initialJoules': [36_000, 72_000] },
    lines: [10, 20].map((wattHours) => ({
      label: `battery.initial, Wh ${wattHours}`,
      is: (row: Row) => Number(row.slots) === 256 && row['battery.initialJoules'] === wattHours * JOULES_PER_WATT_HOUR,
    })),
  },
];

/** What a series says otherwise than the rows; pixels are drawn to a thousandth. */
function complaints(drawn: Drawn, rows: readonly Row[]): string[] {
  const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.abs(b);
  const found: string[] = [];
  if (new Set([drawn.dots, drawn.line, drawn.intervals].map((marks) => marks.length)).size !== 1) found.push('marks');
  const height = Math.max(...rows.map(({ upper }) => upper / JOULES_PER_WATT_HOUR));
  rows.forEach((row, i) => {
    const [estimate, lower, upper] = [row.estimate, row.lower, row.upper].map(
      (joules) => joules / JOULES_PER_WATT_HOUR,
    );
    const times = row['harvest.mean.timesDemand'];
    const [dot, line, interval] = [drawn.dots[i], drawn.line[i], drawn.intervals[i]];
    if (![dot, line, interval].every(([x]) => Number(x) === times)) found.push(`x of point ${i}`);
    if (!near(dot[1], estimate)) found.push(`point ${i}: ${dot[1]}, expected ${estimate}`);
    if (Math.abs(line[1] - estimate) > 1e-5 * height) found.push(`line at ${i}: ${line[1]}, expected ${estimate}`);
    if (!near(interval[1], lower) || !near(interval[2], upper)) found.push(`interval ${i}: ${interval.join(' ')}`);
  });
  return found;
}

describe.each(CASES)('a picture of $name', ({ name, axes, lines }) => {
  let svg = '';
  let rows: Row[] = [];
  beforeAll(async () => {
    const [file, out] = [join(root, `${name}.json`), join(root, name)];
    writeFileSync(file, JSON.stringify({ ...COMMON, axes }));
    await runOn(['sweep', file, '--out', out, '--backend', 'cpu', '--plot', '--quiet']);
    svg = readFileSync(join(out, 'sweep.svg'), 'utf8');
    rows = (await parquetReadObjects({ file: await asyncBufferFromFile(join(out, 'results.parquet')) })) as Row[];
  });
  const means = (is: (row: Row) => boolean): Row[] => rows.filter((row) => row.metric === 'meanDeficit' && is(row));

  test('has its marks where the numbers are', () => {
    const drawn = seriesOf(svg);
    expect(drawn.map(({ label }) => label)).toEqual(lines.map(({ label }) => label));
    lines.forEach(({ label, is }, i) => {
      expect(means(is)).toHaveLength(TIMES.length);
      expect(complaints(drawn[i], means(is)), label).toEqual([]);
    });
  });

  test('a mark that is moved by a hundredth of a pixel is found', () => {
    const places = [...svg.matchAll(/ (cy|y1|y2)="([\d.]+)"(?=[^>]* (?:cx|x1)="(?:150|340|529)[.\d]*")/g)];
    expect(places.length).toBeGreaterThanOrEqual(2 * 3 * TIMES.length);
    for (const place of places) {
      const [text, attribute, pixel] = place;
      const moved = ` ${attribute}="${Number(pixel) + 0.01}"`;
      const wrong = svg.slice(0, place.index) + moved + svg.slice(place.index + text.length);
      const drawn = seriesOf(wrong);
      expect(
        lines.flatMap(({ is }, i) => complaints(drawn[i], means(is))),
        moved,
      ).not.toEqual([]);
    }
  });
});
