/**
 * Small scenarios on which the exact law was wrong, slow or nothing once, with values that are right (by quadrature,
 * closed form, simulation, Spitzer's sums).
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parseScenario } from '../../src/scenario/parse.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactLaw } from '../../src/theory/exact/law.js';
import type { CompoundIncrement } from '../../src/theory/increment.js';
import { runOn } from '../cli/sink.js';

const folder = fileURLToPath(new URL('trials', import.meta.url));
const path = (name: string): string => join(folder, `${name}.json`);
const increment = (name: string): CompoundIncrement =>
  compoundIncrement(resolveScenario(parseScenario(JSON.parse(readFileSync(path(name), 'utf8')))).walk);

/** Gauss–Jacobi quadrature, to 1e-9: P(D ≤ d) at d = 1, 5, 10, 20, 10.5 after one slot and after two. */
const SMALL_SHAPES = [
  [
    [0.13022222472537173, 0.21095980430112712, 0.33463520851427186, 0.5827717296285846, 0.33562518517688483],
    [0.06466271312705298, 0.08255027263528594, 0.11911316542180565, 0.23695833316988607, 0.11994789683076411],
  ],
  [
    [0.18511163599294816, 0.26365219030344567, 0.3812943231095276, 0.6147941612115697, 0.38348789388872406],
    [0.11157276891601392, 0.13546653670970318, 0.17905665446940855, 0.30487968275492555, 0.18090201291644106],
  ],
  [
    [0.24403882817006228, 0.3210183915001785, 0.4327063986461624, 0.6507409054863184, 0.43643086319809754],
    [0.16007312844845875, 0.190815867908416, 0.24204016323181884, 0.3762990998092797, 0.24516059262280862],
  ],
];

describe('atoms', () => {
  test.each([0, 1, 2])('cdf-small-shape-%d', (file) => {
    SMALL_SHAPES[file].forEach((values, t) => {
      const law = exactLaw(increment(`cdf-small-shape-${file}`), t + 1);
      [1, 5, 10, 20, 10.5].forEach((d, i) => {
        expect(Math.abs(law.cdf(d) - values[i]), `T ${t + 1}, d ${d}`).toBeLessThan(1e-9);
      });
      expect(law.error.cdf).toBeLessThan(1e-9);
    });
  });

  test('atom-below-shape-one: one slot in closed form, more by simulation within 4 standard errors', () => {
    const walk = increment('atom-below-shape-one');
    // P(A = 0) at T = 1 of charged-atom, to all digits.
    expect(exactLaw(walk, 1).cdf(1000)).toBeCloseTo(0.9833489943932715, 11);
    for (const [slots, value, error] of [
      [4, 0.84185, 0.0002],
      [16, 0.48551, 0.00025],
      [64, 0.24754, 0.0002],
    ]) {
      const law = exactLaw(walk, slots);
      expect(Math.abs(law.cdf(1000) - value) / error, `T ${slots}: ${law.cdf(1000)}`).toBeLessThan(4);
      expect(law.error.cdf).toBeLessThan(1e-9);
    }
  });
});

describe('one law that is not good enough takes nothing with it', () => {
  test('six-decades-plain: every horizon is given, with status 0', async () => {
    const { status, stdout } = await runOn([
      'exact',
      path('six-decades-plain'),
      '--horizons',
      '1,16',
      '--json',
      '--quiet',
    ]);
    expect(status).toBe(0);
    const { horizons } = JSON.parse(stdout) as { horizons: { exact: { error: { cdf: number; quantile: number } } }[] };
    for (const { exact } of horizons) {
      expect(exact.error.quantile).toBeLessThan(1e-9);
      // At the energies of the heaviest tasks, which are rarer than that.
      expect(exact.error.cdf).toBeLessThan(1e-3);
    }
  });

  /**
   * Spitzer's sums, [value, error]; P(D = 0) to 1e-11. The standard deviation at T = 256 is σ√T, σ² = 7880, which a
   * chance of 4e-9 a slot to come back to 0 changes by 1e-8: sums of squares less the square of the mean lose nine of
   * its digits.
   */
  const DRIFT = [
    [1, 443.846820464, 4.5e-8, 88.7693638797, 8.9e-9, 3.843542595305394e-9],
    [16, 7101.54912682, 7.2e-7, 355.077456283, 3.6e-8, 0],
    [256, 113624.786029, 1.2e-5, Math.sqrt(7880 * 256), 1.5e-7, 0],
  ];

  test('drift-5: −5σ a slot, to T = 10⁵', () => {
    const walk = increment('drift-5');
    for (const [slots, mean, meanError, deviation, deviationError, zero] of DRIFT) {
      const law = exactLaw(walk, slots);
      expect(Math.abs(law.mean - mean)).toBeLessThan(meanError);
      expect(Math.abs(law.standardDeviation - deviation)).toBeLessThan(deviationError);
      expect(Math.abs(law.probabilityZero - zero)).toBeLessThan(1e-11);
    }
    const far = exactLaw(walk, 1e5);
    expect(far.missing).toBeUndefined();
    // D is S_T all but surely, which is normal but for its skewness γ/√T: Cornish–Fisher, to O(1/T).
    const skewness = walk.thirdCumulant / walk.variance ** 1.5 / Math.sqrt(1e5);
    const z = 1.2815515655446004;
    const expected = far.mean + far.standardDeviation * (z + (skewness * (z * z - 1)) / 6);
    expect(Math.abs(far.quantile(0.9) - expected) / far.standardDeviation).toBeLessThan(1e-5);
  });
});
