/** Summaries of sites against the paths themselves. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { SITE_ROWS } from '../../src/engine/site-job.js';
import type { SiteRow } from '../../src/engine/site-job.js';
import { prepareSite } from '../../src/study/plan.js';
import { siteUnits } from '../../src/study/site.js';
import { summarizeSite } from '../../src/stats/site-summary.js';
import { DAY, fleetWith } from '../engine/site-settings.js';

let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

const PATHS = 2000;
const HORIZONS = [12, 40];

test('every number is that of the paths', async () => {
  const scenario = fleetWith({
    routing: { errorRate: 0.2, policy: { kind: 'latest' } },
    battery: { initialJoules: 60_000, capacityJoules: 150_000 },
    harvest: { mean: { timesDemand: 1.05 }, variance: 'matched', profile: DAY },
  });
  const prepared = prepareSite(resolveScenario(scenario), { trials: PATHS, horizons: HORIZONS, seed: 'summary' });
  const units = siteUnits(prepared);
  const { horizons } = summarizeSite(await cpu.run(prepared.job), units);
  const out = await cpu.deficits(prepared.job);
  horizons.forEach((summary, h) => {
    const row = (name: SiteRow): number[] => {
      const from = (SITE_ROWS.indexOf(name) * HORIZONS.length + h) * PATHS;
      return Array.from(out.subarray(from, from + PATHS));
    };
    const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / PATHS;
    const share = (values: readonly number[], of: (x: number) => boolean): number => values.filter(of).length / PATHS;
    const q = prepared.law.quantumJoules;
    expect(summary.slots).toBe(HORIZONS[h]);
    expect(summary.trials).toBe(PATHS);
    expect(summary.auxiliary.meanDeficit / (mean(row('auxiliary')) * q)).toBeCloseTo(1, 12);
    expect(summary.auxiliary.probabilityZero).toBe(share(row('auxiliary'), (x) => x === 0));
    expect(summary.peakWatts.meanDeficit / ((mean(row('peak')) * q) / scenario.slotSeconds)).toBeCloseTo(1, 12);
    expect(summary.waste.meanDeficit).toBeCloseTo(mean(row('waste')) * q, 3);
    expect(summary.deficitFraction.mean).toBeCloseTo(mean(row('deficitSlots')) / HORIZONS[h], 12);
    expect(summary.level.probabilityEmpty).toBe(share(row('level'), (x) => x === 0));
    const top = prepared.law.capacityQuanta;
    expect(summary.level.probabilityFull).toBeGreaterThanOrEqual(share(row('level'), (x) => x === top));
    expect(summary.level.probabilityFull).toBeLessThanOrEqual(share(row('level'), (x) => x > top * (1 - 1 / 2048)));
    const tasks = mean(row('dispatched'));
    expect(summary.joulesPerTask ?? 0).toBeCloseTo((mean(row('consumption')) * q) / tasks, 6);
    expect(summary.waitSlots).toBeCloseTo(mean(row('waited')) / tasks, 12);
    expect(summary.waitSeconds).toBeCloseTo((10 * mean(row('waited'))) / tasks, 10);
    expect(Object.values(summary.violations)).toEqual([0, 0, 0, 0]);

    // The first passage: the least slot by which a share of the paths has failed.
    const passages = row('passage').map((slot) => (slot === 0 ? Infinity : slot));
    passages.sort((a, b) => a - b);
    expect(summary.firstPassage.probabilityNone).toBe(share(passages, (x) => x === Infinity));
    for (const { probability, slot } of summary.firstPassage.quantiles) {
      expect(slot ?? Infinity).toBe(passages[Math.ceil(probability * PATHS) - 1]);
    }
  });
});
