/**
 * `compare`: paired differences, what the two share of their draws, and the map of overheads at which a router pays.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { comparisonDocument } from '../../src/report/comparison-report.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { breakEvenErrorRate } from '../stats/break-even-at.js';
import type { BreakEven } from '../../src/stats/break-even.js';
import type { QuantityDifference, QuantityName } from '../../src/stats/comparison.js';
import { DAY, siteWith, WEATHER } from '../engine/site-settings.js';
import { runOn, unfolded } from './sink.js';

type Document = ReturnType<typeof comparisonDocument>;

const folder = mkdtempSync(join(tmpdir(), 'batterywalk-compare-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
function file(name: string, document: unknown): string {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

/** Sun by day only; tasks that may wait for most of a night. */
const sunny = siteWith({
  tasks: [
    { energyJoules: 1000, weight: 3, patienceSlots: 12 },
    { energyJoules: 5000, patienceSlots: 12 },
  ],
  harvest: { mean: { timesDemand: 1.2 }, variance: 'matched', profile: DAY },
  battery: { initialJoules: 10_000, capacityJoules: 40_000, chargeEfficiency: 0.9, dischargeEfficiency: 0.9 },
});
const sun = file('sun', sunny);
const small = ['--trials', '2000', '--slots', '48', '--quiet', '--backend', 'cpu'];

async function compared(...args: string[]): Promise<Document> {
  const { status, stdout, stderr } = await runOn(['compare', ...args, ...small, '--json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as Document;
}

function quantity(document: Document, side: number, name: QuantityName): QuantityDifference {
  const found = document.comparisons[side].horizons[0].quantities.find((q) => q.quantity === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

describe('compare', () => {
  test('a scenario differs from itself by nothing, exactly', async () => {
    const { comparisons, pass } = await compared(sun, sun);
    expect(pass).toBe(true);
    expect(comparisons[0].name).toBe(`${sun} (2)`);
    for (const q of comparisons[0].horizons[0].quantities) {
      const { difference, standardError, interval, pValue, differing, excludesZero } = q;
      expect(Math.abs(difference)).toBe(0);
      expect([standardError, pValue, differing, excludesZero]).toEqual([0, 1, 0, false]);
      expect([Math.abs(interval.lower), Math.abs(interval.upper)]).toEqual([0, 0]);
      expect(q.mean).toBe(q.meanFirst);
    }
  });

  test('with sun by day only, routers that wait need less than one that does not, by an interval without zero', async () => {
    const document = await compared(sun);
    expect(document.sides.map((side) => side.name)).toEqual(['myopic', 'latest', 'threshold:levelJoules=20000']);
    expect(document.sides.map((side) => side.violatedPaths)).toEqual([0, 0, 0]);
    const auxiliary = quantity(document, 1, 'auxiliary');
    expect(auxiliary.interval.upper).toBeLessThan(0);
    expect(auxiliary.mean).toBeLessThan(auxiliary.meanFirst);
    // Tasks are of given energies: what one costs does not depend on when it is dispatched, only on which are by the
    // end.
    expect(Math.abs(quantity(document, 1, 'energyPerTask').difference)).toBeLessThan(20);
    expect(quantity(document, 0, 'meanWait').mean).toBeGreaterThan(quantity(document, 1, 'meanWait').mean);
    expect(quantity(document, 1, 'meanWait').meanFirst).toBe(0);
    // The same draws: independent runs would need more paths.
    for (const { draws, uncommon } of document.sides) {
      expect(draws.map(({ purpose, sharing }) => [purpose, sharing])).toEqual([
        ['arrivals', 'identical'],
        ['kinds', 'identical'],
        ['harvest', 'identical'],
      ]);
      expect(uncommon).toEqual([]);
    }
    expect(auxiliary.varianceReduction).toBeGreaterThan(1);
    expect(auxiliary.correlation).toBeGreaterThan(0.3);
    expect(auxiliary.correlation).toBeLessThan(1);
  });

  test('says in words by how much, and what scenarios do not have in common', async () => {
    const busy = file('busy', { ...sunny, name: 'busy', arrivals: { ratePerSlot: 2.5 } });
    const { status, stdout } = await runOn(['compare', sun, busy, ...small]);
    expect(status).toBe(0);
    expect(unfolded(stdout)).toMatch(
      /busy has [\d.]+ % more auxiliary energy than unnamed: \+[\d.]+ kJ, interval .* excludes zero\./,
    );
    expect(unfolded(stdout)).toMatch(
      /Drawn alike on every path: kinds of task\. .* through other laws: arrivals, harvest\./,
    );
    expect(unfolded(stdout)).toMatch(/Of auxiliary energy, their correlation over paths is 0\.\d+, so that /);
    expect(unfolded(stdout)).not.toMatch(/common random numbers/);
    expect(stdout).toMatch(/No deadline was missed/);
  });

  test('names what one side alone draws, and measures what all that is worth', async () => {
    const weather = file('weather', { ...sunny, name: 'weather', harvest: { ...sunny.harvest, weather: WEATHER } });
    const document = await compared(sun, weather);
    expect(document.sides[1].draws).toContainEqual({ purpose: 'weather', sharing: 'onlySecond' });
    expect(document.sides[1].uncommon).toContain('Only in weather: weather');
    for (const q of document.comparisons[0].horizons[0].quantities) {
      // JSON has no NaN: null, where one side never varies.
      if (q.quantity === 'meanWait') expect([q.correlation, q.varianceReduction]).toEqual([null, null]);
      // Arrivals are the same on every path, whatever the weather: nothing could reduce their difference's variance
      // further.
      else if (q.quantity === 'dispatched') {
        expect(q.correlation).toBeCloseTo(1, 12);
        expect(q.varianceReduction).toBeNull();
      } else expect(Math.abs(q.correlation)).toBeLessThanOrEqual(1 + 1e-9);
    }
  });

  test.each([
    [['--policy', 'lates,myopic'], /--policy lates: routing\.policy: got .*"latest"/],
    [
      ['--policy', 'myopic,threshold:levelJoule=3'],
      /--policy threshold:levelJoule=3: routing\.policy\.levelJoule: unknown key.*levelJoules/,
    ],
    [['--policy', 'myopic,threshold:levelJoules'], /expected a parameter such as levelJoules=2e6/],
    [['--policy', 'latest'], /got one router, expected at least two/],
    [[sun, '--policy', 'latest,myopic'], /--policy: got it with 2 scenarios/],
    [['--seconds', '1'], /--seconds: got it without --break-even/],
    [['--trials', '1'], /--trials: got 1/],
  ])('refuses %j in one line', async (args, message) => {
    const { status, stdout, stderr } = await runOn(['compare', sun, '--backend', 'cpu', ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^batterywalk: [^\n]*\n$/);
    expect(stderr).toMatch(message);
  });

  test('stopped while it looks for a warm-up, it says how far it was', async () => {
    const stopped = new AbortController();
    stopped.abort();
    const args = ['compare', sun, '--policy', 'myopic,latest', ...small];
    expect(await runOn(args, undefined, stopped)).toEqual({
      status: 130,
      stdout: '',
      stderr: expect.stringMatching(
        /^batterywalk: stopped at a warm-up of 48 slots of side 1 of 2, before any path was finished that is compared/,
      ) as unknown,
    });
  });

  test('refuses slots of different lengths', async () => {
    const quick = file('quick', { ...sunny, name: 'quick', slotSeconds: 5 });
    const { status, stderr } = await runOn(['compare', sun, quick, ...small]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/slotSeconds: got 10 in unnamed and 5 in quick/);
  });
});

describe('compare --break-even', () => {
  test('prints the map of the library, and draws it', async () => {
    const out = join(folder, 'map');
    const args = ['compare', '--break-even', '0,100,1e9', '--seconds', '0,1,1e6', '--out', out];
    const { status, stdout } = await runOn([...args, '--json']);
    expect(status).toBe(0);
    const { map } = JSON.parse(stdout) as { map: BreakEven[][] };
    expect(map.map((row) => row.length)).toEqual([3, 3, 3]);
    expect(map[1][1].errorRate).toBe(breakEvenErrorRate(loadPreset('reference'), 100, 1).errorRate);
    expect(map[0][2].pays).toBe('never');
    expect(map[2][0].pays).toBe('late');
    expect(readFileSync(join(out, 'break-even.svg'), 'utf8')).toMatch(/^<svg/);
    const { stdout: text } = await runOn(args);
    expect(unfolded(text)).toMatch(/largest error rate at which a router pays against every task to small/);
    expect(text).toMatch(/0 s +0\.\d+ +0\.\d+ +never/);
  });

  test.each([
    [['--break-even', '-1'], /--break-even: got "-1", expected an overhead/],
    [['--break-even', '1', '--baseline', 'tiny'], /baseline: got "tiny"/],
    [['reference', 'surplus', '--break-even', '1'], /--break-even: got it with 2 scenarios/],
    [['surplus', '--break-even', '1'], /tasks: got tasks that give energyJoules/],
  ])('refuses %j in one line', async (args, message) => {
    const { status, stdout, stderr } = await runOn(['compare', ...args]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
