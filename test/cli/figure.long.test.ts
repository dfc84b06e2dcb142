/** `figure 4` at horizons and error rates of one's own, and with the scenario's own harvest and charge. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { figure } from '../../src/cli/figure.js';
import type { LongGrid } from '../../src/report/figures/routing-error.js';
import type { PaperDetection } from '../../src/stats/paper-regimes.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { curvesOf } from '../recompute/picture.js';
import { runOn, unfolded } from './sink.js';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'batterywalk-figure-'))));
afterAll(() => {
  rmSync(folder, { recursive: true });
});
const run = (...args: string[]) => runOn(['figure', ...args, '--out', folder, '--backend', 'cpu', '--quiet'], [figure]);
const read = (name: string) => readFileSync(join(folder, name), 'utf8');

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

describe('figure', () => {
  it('4: takes horizons and error rates, and is drawn in seconds and kilojoules', async () => {
    const horizons = [50, 100, 200, 400, 800, 1600, 3200];
    const asked = ['--trials', '4000', '--horizons', horizons.join(), '--error-rates', '0.2,0,5%'];
    const { status, stdout } = await run('4', ...asked);
    expect(status).toBe(0);
    const { curves, detectors } = JSON.parse(read('figure4.json')) as Figure4;
    expect(curves.map((c) => c.errorRate)).toEqual([0, 0.05, 0.2]);
    for (const { points } of curves) {
      expect(points.map((p) => p.slots)).toEqual(horizons);
      expect(points.map((p) => p.seconds)).toEqual(horizons.map((t) => 10 * t));
    }
    // With a ruler: every point where its seconds and kilojoules are on the axes; then the breaks.
    const { xLabel, yLabel, dots, rules } = curvesOf(read('figure4.svg'), 'log', 'log');
    expect([xLabel, yLabel]).toEqual([expect.stringContaining('horizon T, s'), expect.stringContaining('kJ')]);
    const points = curves.flatMap((c) => c.points);
    points.forEach((p, i) => {
      expect(dots[i].x / (10 * p.slots)).toBeCloseTo(1, 6);
      expect((1e3 * dots[i].y) / p.meanDeficit).toBeCloseTo(1, 6);
    });
    const broken = curves.flatMap((c) => (c.paperRegime.transition === undefined ? [] : [c.paperRegime.transition]));
    const ends = new Set(rules.map(([end]) => Math.round(end.x / 10)));
    expect(broken.length).toBeGreaterThan(0);
    for (const { slots } of broken) expect(ends).toContain(slots);
    // Both detectors are named, in the data and in what is printed, with what is ours and what a break depends on.
    expect(detectors.paperRegime).toMatch(/k = 1 and 4 and w = 2, which are ours/);
    expect(detectors.note).toMatch(/longer run gives a later one.*that or later/);
    const printed = unfolded(stdout);
    expect(printed).toMatch(/η paper’s if w < on exact means ours 95 %/);
    expect(printed).toMatch(/long grid/);
    expect(read('figures.html')).toContain('long grid');
    expect(curves[2].longGrid?.shareOfCrossover).toBeGreaterThan(0.3);
    expect(curves[2].longGrid?.shareOfCrossover).toBeLessThan(0.6);
    expect(curves[0].longGrid).toBeUndefined();
  });

  it('4: keeps the scenario’s own harvest and charge, and says what that changes', async () => {
    // One kind of task: laws of its charge are made in a tenth of the time that all ten take.
    const [scenario, reference] = [join(folder, 'one-kind.json'), loadPreset('reference')];
    writeFileSync(scenario, JSON.stringify({ ...reference, tasks: [reference.tasks[4]] }));
    const own = ['--set', 'harvest.mean.timesDemand=1.01', '--set', 'battery.initialJoules=150000'];
    const asked = ['--trials', '20000', '--horizons', '8,16,32,64,128,256', '--error-rates', '0,0.1', '--json'];
    const { status, stdout } = await run('4', scenario, ...own, ...asked);
    expect(status).toBe(0);
    const { figures } = JSON.parse(stdout) as { figures: Figure4[] };
    const [{ curves, ownSupply }] = figures;
    // 1 % of two tasks a slot.
    const told = await runOn(['tasks', scenario, '--json', '--quiet']);
    const [{ meanJoules }] = (JSON.parse(told.stdout) as { tasks: { meanJoules: number }[] }).tasks;
    expect(meanJoules).toBeGreaterThan(1000);
    const drift = 0.02 * meanJoules;
    expect(curves[0].driftJoulesPerSlot / drift).toBeCloseTo(1, 9);
    for (const { points, regime } of curves) {
      expect(regime).toBeUndefined();
      // The run knows nothing of the exact law of (D − b)⁺: 12 scores within 4.5.
      for (const p of points) {
        expect(Math.abs(p.meanDeficit - p.exactMean)).toBeLessThan((4.5 / 1.96) * (p.upper - p.meanDeficit));
      }
    }
    expect(ownSupply).toContain(`own harvest, with which the drift without errors is ${drift.toFixed(1)} J`);
    expect(ownSupply).toContain('charge of 150.0 kJ');
    expect(read('figure4.svg')).not.toContain('NaN');
    const { points } = curves[0];
    const fixed = ['--set', 'accounting=distributed', '--set', 'routing.errorRate=0.2', '--trials', '8'];
    const { stderr } = await runOn(
      ['figure', '4', scenario, ...fixed, '--slots', '128', '--out', folder, '--backend', 'cpu'],
      [figure],
    );
    expect(stderr).toMatch(/^figure 4 is of energy that is burned at arrival: accounting "distributed" is set aside$/m);
    expect(stderr).toMatch(/^figure 4 is of the error rates of --error-rates: routing\.errorRate 0\.2 is set aside$/m);
    const empty = await run('4', scenario, ...asked);
    const plain = (JSON.parse(empty.stdout) as { figures: Figure4[] }).figures[0];
    expect(plain.ownSupply).toBeUndefined();
    expect(points[5].exactMean).toBeLessThan(plain.curves[0].points[5].exactMean - 100_000);
  });
});
