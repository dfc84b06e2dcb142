/**
 * What a router of 5 kJ a task costs in auxiliary energy, the supply critical for the least demand: the exact law and a
 * comparison of simulated paths beside Spitzer's identity as it is computed here,
 *
 *     E D_T = Σ_{k≤T} E[S_k⁺]/k,   E[S⁺] = (1/π) ∫_0^∞ Re[M(c + iu)^k / (c + iu)²] du,   c > 0,
 *
 * with M(z) = exp(λ(E e^{ze} − 1)) (1 + θz)^{−shape} the transform of a slot's consumption less its harvest.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildTaskTable } from '../../src/fleet/task-table.js';
import type { comparisonDocument } from '../../src/report/comparison-report.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { loadPreset, presetDocument } from '../../src/scenario/presets.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { runOn } from '../cli/sink.js';

const SLOTS = 1024;
const OVERHEAD = 5000;
const document = presetDocument('reference') as object;
const routed = { ...document, name: 'routed', routing: { overheadJoules: OVERHEAD } };

const RATE = 2;
/** Least energies: ten tasks alike in frequency. */
const energies = buildTaskTable(loadPreset('reference')).tasks.map(({ models }) =>
  Math.min(...models.filter((m) => m.feasible).map((m) => m.energyJoules)),
);
const moment = (overhead: number, n: number): number =>
  (RATE * energies.reduce((sum, e) => sum + (e + overhead) ** n, 0)) / energies.length;

/** E D_T of tasks with so much overhead, under a Gamma harvest of this mean and variance. */
function spitzer(overhead: number, mean: number, variance: number): number {
  const [shape, scale] = [mean ** 2 / variance, variance / mean];
  const sigma = Math.sqrt(variance + moment(overhead, 2));
  /** ln M(x + iy), real and imaginary. */
  const logM = (x: number, y: number): [number, number] => {
    let [re, im] = [-RATE, 0];
    for (const e of energies) {
      const size = (RATE / energies.length) * Math.exp(x * (e + overhead));
      re += size * Math.cos(y * (e + overhead));
      im += size * Math.sin(y * (e + overhead));
    }
    const [a, b] = [1 + scale * x, scale * y];
    return [re - shape * Math.log(Math.hypot(a, b)), im - shape * Math.atan2(b, a)];
  };
  let sum = 0;
  for (let k = 1; k <= SLOTS; k++) {
    const c = 1 / (sigma * Math.sqrt(k));
    // u = c sinh(v): even steps in v are fine near 0 and wide where little is left.
    const h = 0.02;
    let integral = 0;
    for (let i = 0; ; i++) {
      const v = i * h;
      const [u, du] = [c * Math.sinh(v), c * Math.cosh(v) * h];
      const [re, im] = logM(c, u);
      const size = Math.exp(k * re) / (c * c + u * u);
      const angle = k * im - 2 * Math.atan2(u, c);
      integral += (i === 0 ? 0.5 : 1) * size * Math.cos(angle) * du;
      if (size * (c + u) < 1e-10 / c) break;
    }
    sum += integral / Math.PI / k;
  }
  return sum;
}

const exactMean = (scenario: object): number =>
  exactMoments(compoundIncrement(resolveScenario(parseScenario(scenario)).walk), [SLOTS])[0].mean;
const relative = (value: number, expected: number): number => Math.abs(value / expected - 1);

describe('a router of 5 kJ a task, at 1024 slots', () => {
  const [mean, variance] = [moment(0, 1), moment(0, 2)];
  const plain = spitzer(0, mean, variance);

  test('costs 362 % more auxiliary energy where the supply is critical for the least demand', () => {
    const expected = spitzer(OVERHEAD, mean, variance);
    expect(relative(exactMean(document), plain)).toBeLessThan(1e-6);
    expect(relative(exactMean(routed), expected)).toBeLessThan(1e-6);
    expect(expected / plain - 1).toBeCloseTo(3.617, 3);
  });

  test('costs 7 % more where it is supplied', () => {
    const sized = { ...routed, harvest: { sizedFor: ['overhead'] } };
    const expected = spitzer(OVERHEAD, moment(OVERHEAD, 1), moment(OVERHEAD, 2));
    expect(relative(exactMean(sized), expected)).toBeLessThan(1e-6);
    expect(expected / plain - 1).toBeCloseTo(0.0715, 3);
  });

  describe('as compared', () => {
    const folder = mkdtempSync(join(tmpdir(), 'batterywalk-overhead-'));
    const path = join(folder, 'routed.json');
    beforeAll(() => {
      writeFileSync(path, JSON.stringify(routed));
    });
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });

    test('has the interval that holds it, and no warning of two supplies', async () => {
      const args = ['--slots', String(SLOTS), '--trials', '20000', '--seed', 'overhead', '--backend', 'cpu', '--quiet'];
      const { status, stdout, stderr } = await runOn(['compare', 'reference', path, ...args, '--json']);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const found = JSON.parse(stdout) as ReturnType<typeof comparisonDocument>;
      const auxiliary = found.comparisons[0].horizons[0].quantities.find((q) => q.quantity === 'auxiliary');
      if (auxiliary === undefined) throw new Error('no auxiliary energy');
      const judged = spitzer(OVERHEAD, mean, variance) - plain;
      expect(auxiliary.interval.lower).toBeLessThan(judged);
      expect(auxiliary.interval.upper).toBeGreaterThan(judged);
      // Some percent of it: a router that costs 7 % would be far outside.
      expect(auxiliary.interval.upper - auxiliary.interval.lower).toBeLessThan(0.05 * judged);
      expect(auxiliary.meanFirst).toBeGreaterThan(0.9 * plain);
      expect(auxiliary.difference / auxiliary.meanFirst).toBeCloseTo(3.617, 0);
    });
  });
});
