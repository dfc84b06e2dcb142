/** The dearest scenarios on which the exact law was wrong, slow or nothing once. The others: trials.test.ts. */
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
import { law as plainWalk } from './laws.js';

const folder = fileURLToPath(new URL('trials', import.meta.url));
const path = (name: string): string => join(folder, `${name}.json`);
const increment = (name: string): CompoundIncrement =>
  compoundIncrement(resolveScenario(parseScenario(JSON.parse(readFileSync(path(name), 'utf8')))).walk);

describe('atoms', () => {
  test('charged-atom: a right run passes', async () => {
    const { status, stdout } = await runOn([
      'validate',
      path('charged-atom'),
      '--trials',
      '1e5',
      '--horizons',
      '1,4,16',
      '--backend',
      'cpu',
      '--json',
      '--quiet',
    ]);
    const document = JSON.parse(stdout) as {
      pass: boolean;
      horizons: { exact: { probabilityZero: number; error: { probabilityZero: number } } }[];
    };
    expect(document.pass, stdout).toBe(true);
    expect(status).toBe(0);
    expect(document.horizons[0].exact.probabilityZero).toBeCloseTo(0.9833489943932715, 11);
    expect(document.horizons[0].exact.error.probabilityZero).toBeLessThan(1e-9);
  });
});

describe('rare heavy tasks', () => {
  test.each([
    ['very-rare-heavy', 16],
    ['very-rare-heavy', 256],
    ['six-decades-plain', 16],
    ['six-decades-plain', 256],
  ])('%s at T = %d', (name, slots) => {
    const law = exactLaw(increment(name), slots);
    expect(law.error.quantile).toBeLessThan(1e-8);
    // At the heavy task's own energy the law is blurred, and says so.
    expect(law.error.cdf).toBeLessThan(1e-3);
  });

  test('very-rare-heavy at T = 10⁵: within the cost of a law, as 1,119 simulated walks have it', () => {
    const law = exactLaw(increment('very-rare-heavy'), 100_000);
    expect(law.missing).toBeUndefined();
    for (const [d, share, standardError] of [
      [20, 0.4048, 0.0147],
      [100, 0.765, 0.0127],
      [50_000, 0.8811, 0.0097],
      [100_000, 0.9848, 0.0037],
    ]) {
      expect(Math.abs(law.cdf(d) - share), String(d)).toBeLessThan(4 * standardError);
    }
    // Read from the transform of the law, which the moments have no part in.
    const near = 1e-3 * law.quantile(0.9);
    const fromLaw = law.meanExcess(near) + near * 0.5 * (law.survival(0) + law.survival(near));
    expect(Math.abs(fromLaw / law.mean - 1)).toBeLessThan(2e-3);
  });

  test('what would cost more than a law may is named, and the moments are there', () => {
    // Ten times as rare and as heavy.
    const weights = [1, 1, 1, 3e-7];
    const total = weights.reduce((sum, w) => sum + w, 0);
    const walk = plainWalk(
      3,
      [1, 2, 5, 1e6],
      weights.map((w) => w / total),
      1,
      9.5,
    );
    const law = exactLaw(walk, 100_000);
    expect(law.missing?.reason).toMatch(/takes sums of more than .* terms/);
    expect(law.error.mean / law.mean).toBeLessThan(1e-6);
    expect(law.quantile(0.5)).toBeNaN();
  });
});
