/** `batterywalk figure` as a user gets it: files, exit statuses, what they hold. Few paths: shapes here, statistics in test/stats/regimes. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figure } from '../../src/cli/figure.js';
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
  crossoverSlots: number | null;
  points: { meanDeficit: number; exactMean: number; lower: number; upper: number }[];
  regime: { transition?: { slots: number; interval: { lower: number; upper: number } } };
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
    const { curves } = JSON.parse(read('figure4.json')) as { curves: Curve[] };
    expect((JSON.parse(outcome.stdout) as { figures: unknown[] }).figures).toHaveLength(1);
    expect(curves.map((c) => c.errorRate)).toEqual([0, 0.01, 0.02, 0.05, 0.1]);
    expect(curves[0].regime.transition).toBeUndefined();
    expect(curves[0].crossoverSlots).toBeNull();
    const [five, ten] = [curves[3].regime.transition?.slots ?? NaN, curves[4].regime.transition?.slots ?? NaN];
    expect(ten).toBeLessThan(five);
    expect(ten).toBeLessThan(curves[4].crossoverSlots ?? NaN);
    expect(read('figure4.svg')).not.toContain('NaN');
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
