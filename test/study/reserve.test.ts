/**
 * Reserves of a site: what a run says of a risk beside the exact law of its chain, and the arithmetic of a law that is
 * known by its distribution function alone beside laws in closed form.
 */
import { describe, expect, test } from 'vitest';
import { boundedReserves } from '../../src/stats/reserve-law.js';
import { runOn } from '../cli/sink.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { siteWith } from '../engine/site-settings.js';

describe('reserves of a law that is known by its distribution function', () => {
  // Half of the paths lack nothing, the others an exponential amount: P(A > x) = exp(−x)/2.
  const law = {
    cdf: (x: number) => (x < 0 ? 0 : 1 - 0.5 * Math.exp(-x)),
    quantile: (p: number) => (p <= 0.5 ? 0 : -Math.log(2 * (1 - p))),
    cdfErrorAt: () => 1e-9,
  };

  test.each([0.5, 0.1, 1e-3])('risk %s: charge, mean excess and CVaR within the claimed errors', (risk) => {
    const [found] = boundedReserves(law, { value: 0.5, error: 1e-12 }, [risk], [1.5]);
    const charge = -Math.log(2 * risk);
    expect(Math.abs(found.charge - charge)).toBeLessThanOrEqual(1e-12 + found.error.charge);
    // E(A − a)⁺ = exp(−a)/2.
    expect(Math.abs(found.meanExcess - 0.5 * Math.exp(-charge))).toBeLessThanOrEqual(found.error.meanExcess);
    expect(found.error.meanExcess).toBeLessThan(1e-3);
    // Of an exponential tail: b + 1.
    const { conditionalValueAtRisk } = found.error;
    expect(Math.abs(found.conditionalValueAtRisk - (charge + 1))).toBeLessThanOrEqual(conditionalValueAtRisk);
    const { meanExcess, error } = found.atSimulatedCharge;
    expect(Math.abs(meanExcess - 0.5 * Math.exp(-1.5))).toBeLessThanOrEqual(error);
  });
});

describe('reserve of a site', () => {
  interface Reserves {
    readonly reserves: readonly {
      readonly risk: number;
      readonly simulated: {
        readonly charge: number;
        readonly interval: { readonly lower: number; readonly upper: number };
        readonly conditionalValueAtRiskInterval: { readonly lower: number; readonly upper: number };
      };
      readonly exact: { readonly charge: number; readonly conditionalValueAtRisk: number } | null;
    }[];
    readonly missing?: { readonly reason: string };
  }
  const site = siteWith({
    battery: { initialJoules: 2000, capacityJoules: 10_000, chargeEfficiency: 0.9 },
    harvest: { shape: 3, scaleJoules: 1500 },
  });

  async function reservesAt(slots: number, more: readonly string[] = []): Promise<[Reserves, string]> {
    const folder = mkdtempSync(join(tmpdir(), 'batterywalk-reserve-'));
    try {
      const path = join(folder, 'site.json');
      writeFileSync(path, JSON.stringify(site));
      const options = [
        '--slots',
        String(slots),
        '--trials',
        '2e4',
        '--risk',
        '0.2,0.02',
        '--backend',
        'cpu',
        '--quiet',
      ];
      const json = await runOn(['reserve', path, ...options, ...more, '--json']);
      expect(json.status).toBe(0);
      const text = await runOn(['reserve', path, ...options, ...more]);
      return [JSON.parse(json.stdout) as Reserves, text.stdout];
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  test('has the exact law beside it, which the intervals hold', async () => {
    const [{ reserves, missing }, text] = await reservesAt(16);
    expect(missing).toBeUndefined();
    expect(reserves.map(({ risk }) => risk)).toEqual([0.2, 0.02]);
    for (const { simulated, exact } of reserves) {
      const wide = 0.5 * (simulated.interval.upper - simulated.interval.lower);
      // Two intervals of 95 % at each of two risks, of one seed: half as wide again leaves no chance of 1 in 100.
      expect(exact?.charge).toBeGreaterThan(simulated.interval.lower - 0.5 * wide);
      expect(exact?.charge).toBeLessThan(simulated.interval.upper + 0.5 * wide);
      const worst = simulated.conditionalValueAtRiskInterval;
      const room = 0.25 * (worst.upper - worst.lower);
      expect(exact?.conditionalValueAtRisk).toBeGreaterThan(worst.lower - room);
      expect(exact?.conditionalValueAtRisk).toBeLessThan(worst.upper + room);
    }
    expect(text).toContain('P(A > energy)');
    expect(text).not.toContain('P(D > charge)');
  });

  test('knows without a law that nothing is to be covered where any lack is rarer than the risk', async () => {
    // Of 65 slots there is no whole law; P(A > 0) is between the two risks.
    const EASIER = ['--set', 'harvest.scaleJoules=2200', '--set', 'battery.initialJoules=10000'];
    const [{ reserves, missing }] = await reservesAt(65, [...EASIER, '--risk', '0.9,0.01']);
    expect(missing?.reason).toMatch(/64/);
    const [likely, rare] = reserves;
    expect(likely.simulated.charge).toBe(0);
    expect(likely.exact?.charge).toBe(0);
    const { lower, upper } = likely.simulated.conditionalValueAtRiskInterval;
    const room = 0.5 * (upper - lower);
    expect(likely.exact?.conditionalValueAtRisk).toBeGreaterThan(lower - room);
    expect(likely.exact?.conditionalValueAtRisk).toBeLessThan(upper + room);
    expect(rare.exact).toBeNull();
  });

  test('says where there is no law of the auxiliary energy, and gives what was simulated', async () => {
    const correlated = { harvest: { mean: 'critical', variance: 'matched', correlation: 0.5 } };
    const [{ reserves, missing }, text] = await reservesAt(16, [
      '--set',
      `harvest=${JSON.stringify(correlated.harvest)}`,
    ]);
    expect(reserves.every(({ exact }) => exact === null)).toBe(true);
    expect(missing?.reason).toMatch(/depends on that of the slot before/);
    expect(text).toMatch(/At 16 slots the exact law is missing/);
  });
});

describe('--until of a site', () => {
  test.each([
    ['10%', '0.01%', 'the mean'],
    ['waste:5%', '0.01%', 'the mean of waste'],
    ['auxiliary:q0.9:10%', '1%', 'q0.9 of auxiliary'],
  ])('%s is met by no more paths than it takes', async (target, tooNarrow, words) => {
    const folder = mkdtempSync(join(tmpdir(), 'batterywalk-until-'));
    try {
      const path = join(folder, 'site.json');
      const site = siteWith({ battery: { initialJoules: 2000, capacityJoules: 10_000 } });
      writeFileSync(path, JSON.stringify(site));
      const common = ['run', path, '--slots', '32', '--backend', 'cpu', '--json'];
      const { status, stdout } = await runOn([...common, '--until', target, '--quiet']);
      const { precision, horizons } = JSON.parse(stdout) as {
        readonly precision: { readonly met: boolean; readonly reachedRelativeHalfWidth: number };
        readonly horizons: readonly { readonly trials: number }[];
      };
      expect([status, precision.met]).toEqual([0, true]);
      expect(precision.reachedRelativeHalfWidth).toBeLessThanOrEqual(0.1);
      expect(horizons[0].trials).toBeLessThan(1e6);
      // Too few trials for it: that is said.
      const short = await runOn([...common, '--until', target.replace(/[\d.]+%/, tooNarrow), '--trials', '1e4']);
      expect(short.stderr).toContain(`of ${words} after 10000 paths`);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
