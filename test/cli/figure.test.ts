/**
 * `batterywalk figure` as a user gets it: files, exit statuses, what they hold. Few paths: shapes here, statistics in
 * test/stats/regimes.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figure } from '../../src/cli/figure.js';
import type { LongGrid } from '../../src/report/figures/routing-error.js';
import type { PaperDetection } from '../../src/stats/paper-regimes.js';
import { seedDigest } from '../../src/engine/stream-key.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { detectTransition } from '../../src/stats/regimes.js';
import { runOn } from './sink.js';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'batterywalk-figure-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const run = (...args: string[]) => runOn(['figure', ...args, '--out', folder, '--backend', 'cpu', '--quiet'], [figure]);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

interface Point {
  relativeDrift: number;
  simulated: number;
  lower: number;
  upper: number;
  exact: number;
}
interface Curve {
  errorRate: number;
  driftJoulesPerSlot: number;
  crossoverSlots: number | null;
  points: {
    slots: number;
    seconds: number;
    meanDeficit: number;
    exactMean: number;
    lower: number;
    upper: number;
  }[];
  regime?: { transition?: { slots: number; interval: { lower: number; upper: number } } };
  paperRegime: PaperDetection;
  paperRegimeExact: PaperDetection;
  longGrid?: LongGrid;
}

interface Figure4 {
  detectors: Record<'paperRegime' | 'regime' | 'note', string>;
  ownSupply?: string;
  curves: Curve[];
  note: string;
  commonPaths: { errorRate: number; paths: number; correlation: number; varianceReduction: number }[];
}

function diagonal(n: number, value: number): Float64Array {
  return Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? value : 0));
}

describe('figure', () => {
  it('2: simulated points meet the exact values and peak at zero drift', async () => {
    expect((await run('2', '--trials', '4000', '--slots', '256')).status).toBe(0);
    const { points } = JSON.parse(read('figure2.json')) as { points: Point[] };
    const peak = points.reduce((a, b) => (b.simulated > a.simulated ? b : a));
    expect(peak.relativeDrift).toBeCloseTo(0, 9);
    // 21 independent z-scores, each within 4.5: false alarm below 2e-4.
    for (const p of points)
      expect(Math.abs(p.simulated - p.exact)).toBeLessThan((4.5 / 1.96) * (p.upper - p.simulated));
    expect(read('figure2.svg')).not.toContain('NaN');
  });

  it('4: no transition at zero error, earlier ones for larger error', async () => {
    const outcome = await run('4', '--trials', '8000', '--slots', '4096', '--json');
    expect(outcome.status).toBe(0);
    const { curves, note, commonPaths } = JSON.parse(read('figure4.json')) as Figure4;
    expect((JSON.parse(outcome.stdout) as { figures: unknown[] }).figures).toHaveLength(1);
    expect(curves.map((c) => c.errorRate)).toEqual([0, 0.01, 0.02, 0.05, 0.1]);
    expect(curves[0].regime?.transition).toBeUndefined();
    expect(curves[0].crossoverSlots).toBeNull();
    const [five, ten] = [curves[3].regime?.transition?.slots ?? NaN, curves[4].regime?.transition?.slots ?? NaN];
    expect(ten).toBeLessThan(five);
    expect(ten).toBeLessThan(curves[4].crossoverSlots ?? NaN);
    expect(read('figure4.svg')).not.toContain('NaN');
    // The curves share their paths, and everything that is written says so.
    expect(note).toMatch(/do not err independently.*says nothing of the difference between two/);
    expect(commonPaths.map((c) => c.errorRate)).toEqual([0.01, 0.02, 0.05, 0.1]);
    for (const { paths, correlation, varianceReduction } of commonPaths) {
      expect(paths).toBe(8000);
      expect(correlation).toBeGreaterThan(0);
      expect(correlation).toBeLessThan(1);
      expect(varianceReduction).toBeGreaterThan(1);
    }
    expect(commonPaths[0].correlation).toBeGreaterThan(commonPaths[3].correlation);
    expect(read('figure4.svg')).toContain('The curves share their paths');
    expect(read('figures.html')).toContain(note);
  });

  it('2: has points at every horizon that is asked for', async () => {
    expect((await run('2', '--trials', '2000', '--horizons', '64,256')).status).toBe(0);
    const { slots, points } = JSON.parse(read('figure2.json')) as { slots: number[]; points: Point[] };
    expect(slots).toEqual([64, 256]);
    expect(points).toHaveLength(42);
    // The same walk has half the relative drift at a quarter of the slots.
    for (let i = 0; i < 42; i += 2) expect(points[i].relativeDrift).toBeCloseTo(points[i + 1].relativeDrift / 2, 9);
    // 42 z-scores within 4.8: false alarm below 1e-4.
    for (const p of points)
      expect(Math.abs(p.simulated - p.exact)).toBeLessThan((4.8 / 1.96) * (p.upper - p.simulated));
  });

  it('3: has tokens that meet the tolerance, as summed here', async () => {
    expect((await run('3')).status).toBe(0);
    interface Cost {
      tokens: number;
      energyJoules: number;
    }
    const { curves } = JSON.parse(read('figure3.json')) as {
      curves: { difficulty: number; small: Cost; large: Cost }[];
    };
    // Loss at the compute-optimal frontier, a sigmoid, and for whole m: 1 − I = q^n Σ_{j<m} (n)_j/j! p^j, n = k/ω − m
    // + 1.
    const [alpha, beta, m, omega] = [0.34, 0.28, 20, 100];
    const failure = (parameters: number, xi: number, tokens: number): number => {
      const loss = 1.69 + 406.4 * (1 + alpha / beta) * parameters ** -alpha;
      const p = 1 / (1 + Math.exp(12 * (loss - xi)));
      const n = tokens / omega - m + 1;
      let [term, sum] = [1, 0];
      for (let j = 0; j < m; j++) {
        sum += term;
        term *= ((n + j) / (j + 1)) * p;
      }
      return (1 - p) ** n * sum;
    };
    expect(loadPreset('reference').tasks).toHaveLength(10);
    for (const { difficulty, small, large } of curves) {
      for (const [parameters, { tokens }] of [[8e9, small] as const, [70e9, large] as const]) {
        expect(tokens).toBeGreaterThanOrEqual(m * omega);
        const reached = failure(parameters, difficulty, tokens);
        if (tokens > m * omega) expect(reached).toBeCloseTo(0.05, 6);
        else expect(reached).toBeLessThanOrEqual(0.05);
      }
    }
  });

  it('says which options mean nothing to a figure, and refuses what it cannot draw', async () => {
    const loud = (...args: string[]) => runOn(['figure', ...args, '--out', folder, '--backend', 'cpu'], [figure]);
    const three = await loud('3', '--horizons', '16,64', '--error-rates', '0.1');
    expect(three.status).toBe(0);
    expect(three.stderr).toMatch(
      /--horizons means nothing to figure 3.*\n.*\n?.*--error-rates means nothing to figure 3/,
    );
    const fixed = await loud(
      '3',
      'reference',
      '--set',
      'routing.thinking={"factor":2}',
      '--set',
      'routing.errorRate=0.1',
    );
    expect(fixed.stderr).toMatch(/^figure 3 is of tasks that are served once.*: routing\.thinking is set aside$/m);
    expect(fixed.stderr).not.toContain('errorRate');
    const few = await run('4', '--horizons', '16,64,256');
    expect([few.status, few.stderr]).toEqual([2, expect.stringMatching(/--horizons: got 3, expected at least 6/)]);
    const share = await run('4', '--error-rates', '0,1.5');
    expect([share.status, share.stderr]).toEqual([
      2,
      expect.stringMatching(/--error-rates: got "1.5", expected error rates/),
    ]);
    const paths = await loud('4', '--trials', '8', '--horizons', '16,32,64,128,256,512,600,700');
    expect([paths.status, paths.stderr]).toEqual([
      2,
      expect.stringMatching(/--trials: got 8, expected more than the 8/),
    ]);
    // Eight standard deviations of 163 slots are all of the demand.
    const short = await loud('2', '--slots', '163');
    expect([short.status, short.stderr]).toEqual([
      2,
      expect.stringMatching(/--slots: got 163, expected more than 163/),
    ]);
    const many = await run('4', '--error-rates', '0,.1,.2,.3,.4,.5,.6,.7,.8');
    expect([many.status, many.stderr]).toEqual([2, expect.stringMatching(/--error-rates: got 9, expected at most 8/)]);
  });

  it('4: the bootstrap of a curve is neither that of another nor made of the numbers of its paths', () => {
    const [slots, means] = [
      [16, 32, 64, 128, 256, 512],
      [4, 5.7, 8, 11.4, 17, 26],
    ];
    // So wide that about half of the replicates bend.
    const curve = { slots, means, covariance: diagonal(6, 0.6) };
    const shares = ['s', 's/figure 4/0', 's/figure 4/0.01'].map(
      (seed) => detectTransition(curve, { seed }).acceptedShare,
    );
    for (const share of shares) expect(Math.abs(share - 0.5)).toBeLessThan(0.45);
    expect(new Set(shares).size).toBe(3);
    expect(seedDigest('s', 'bootstrap')).not.toBe(seedDigest('s'));
  });

  it('3 simulates nothing and writes both files', async () => {
    const { status, stdout } = await run('3');
    expect(status).toBe(0);
    expect(stdout).toMatch(/1\.804.*1\.85/);
    expect(existsSync(join(folder, 'figure3.svg'))).toBe(true);
  });

  it('refuses what is no figure', async () => {
    const { status, stderr } = await run('5');
    expect(status).toBe(2);
    expect(stderr).toMatch(/one of 2, 3, 4, all/);
  });
});
