/**
 * Work that is merely postponed is no saving (trials/postponed.json): `compare` of four routers of `solar-site` at 3, 6
 * and 12 days gives one steady saving within its interval, whatever the totals up to these days say, and what is undone
 * stands beside them.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { comparisonDocument } from '../../src/report/comparison-report.js';
import type { QuantityDifference, QuantityName } from '../../src/stats/comparison.js';
import { runOn } from './sink.js';

const DAYS = [3, 6, 12];
const SLOTS = DAYS.map((days) => days * 288);
const ROUTERS = ['latest', 'threshold:levelJoules=2e7', 'backpressure:targetJoules=3e7:joulesPerTask=2e5'];

const of = (name: QuantityName, from: readonly QuantityDifference[]): QuantityDifference => {
  const found = from.find(({ quantity }) => quantity === name);
  if (found === undefined) throw new Error(`${name} is not compared`);
  return found;
};

test('the steady saving of each router is the same at 3, 6 and 12 days; `latest` saves nothing', async () => {
  const path = fileURLToPath(new URL('../trials/postponed.json', import.meta.url));
  const { preset } = JSON.parse(readFileSync(path, 'utf8')) as { preset: string };
  const argv = [
    'compare',
    preset,
    '--trials',
    '2000',
    '--horizons',
    SLOTS.join(),
    '--backend',
    'cpu',
    '--quiet',
    '--json',
  ];
  const { status, stdout } = await runOn([...argv, '--policy', ['myopic', ...ROUTERS].join()]);
  expect(status).toBe(0);
  const { comparisons } = JSON.parse(stdout) as ReturnType<typeof comparisonDocument>;
  expect(comparisons.map(({ name }) => name)).toEqual(ROUTERS);
  for (const { name, horizons, steady = [] } of comparisons) {
    expect(steady.map(({ fromSlots, slots }) => slots - fromSlots)).toEqual(SLOTS);
    for (const { fromSlots, remembered } of steady) {
      expect(fromSlots % 288).toBe(0);
      expect(remembered).toBeLessThan(0.02);
    }
    const daily = steady.map(({ quantities }, i) => {
      const { difference, interval } = of('auxiliary', quantities);
      return { mean: difference / DAYS[i], lower: interval.lower / DAYS[i], upper: interval.upper / DAYS[i] };
    });
    const says = JSON.stringify({ name, daily });
    // One saving a day: every two of the intervals have a value in common, and each holds the most certain one's
    // estimate.
    const best = daily[daily.length - 1].mean;
    for (const { lower, upper } of daily) {
      expect(lower, says).toBeLessThanOrEqual(best);
      expect(upper, says).toBeGreaterThanOrEqual(best);
    }
    const excludes = steady.map(({ quantities }) => of('auxiliary', quantities).excludesZero);
    expect(excludes, says).toEqual(name === 'latest' ? [false, false, false] : [true, true, true]);
    if (name !== 'latest') continue;
    // Totals credit `latest` with a saving that excludes 0, the same one at 6 days and at 12: what is undone at each
    // horizon.
    const totals = horizons.map(({ quantities }) => of('auxiliary', quantities));
    for (const { difference, interval, excludesZero } of totals) {
      expect(excludesZero, says).toBe(true);
      expect(interval.upper, says).toBeLessThan(0);
      expect(-difference, says).toBeLessThan(7.35e6);
    }
    const [, at6Days, at12Days] = totals;
    expect(at6Days.interval.lower).toBeLessThan(at12Days.interval.upper);
    expect(at12Days.interval.lower).toBeLessThan(at6Days.interval.upper);
    // The shares of the auxiliary energy of `myopic`, of 160,000 paths of eight seeds.
    [0.316, 0.618, 0.808].forEach((share, i) => {
      const { mean, meanFirst, standardError } = totals[i];
      expect(Math.abs(mean - share * meanFirst), says).toBeLessThan(4 * standardError);
    });
    for (const { quantities } of horizons) {
      expect(Math.abs(of('undone', quantities).mean - 194)).toBeLessThan(2);
      expect(Math.abs(of('undoneEnergy', quantities).mean - 7.35e6)).toBeLessThan(1e5);
    }
  }
});
