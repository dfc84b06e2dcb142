/** `compare`: its means are those of single runs, and `--set` changes every scenario alike. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { prepareSite } from '../../src/study/plan.js';
import { splitSite } from '../../src/engine/site-job.js';
import type { SiteRow } from '../../src/engine/site-job.js';
import type { comparisonDocument } from '../../src/report/comparison-report.js';
import { parseScenario } from '../../src/scenario/parse.js';
import { DAY, siteWith } from '../engine/site-settings.js';
import { runOn } from './sink.js';

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

describe('compare', () => {
  test('means are those of a run of its own, at every horizon and over chunks of paths', async () => {
    const horizons = Array.from({ length: 64 }, (_, i) => i + 1);
    // So many horizons leave room for 5461 paths at once.
    const options = ['--trials', '6000', '--horizons', horizons.join(','), '--quiet', '--backend', 'cpu', '--json'];
    const { stdout } = await runOn(['compare', sun, '--policy', 'myopic,latest', ...options]);
    const { comparisons } = JSON.parse(stdout) as Document;
    const backend = createCpuBackend(host, 2);
    const latest = parseScenario({ ...sunny, routing: { policy: { kind: 'latest' } } });
    const { job, law } = prepareSite(resolveScenario(latest), { trials: 6000, horizons, seed: '1' });
    const rows = splitSite(await backend.run(job));
    await backend.release();
    comparisons[0].horizons.forEach(({ quantities }, h) => {
      const seen = Object.fromEntries(quantities.map((q) => [q.quantity, q.mean]));
      const mean = (row: SiteRow): number => Number(rows[row]?.[h].sum) / 6000;
      expect(seen.auxiliary).toBeCloseTo(mean('auxiliary') * law.quantumJoules, 6);
      expect(seen.peak).toBeCloseTo((mean('peak') * law.quantumJoules) / 10, 6);
      expect(seen.riskOfAuxiliary).toBeCloseTo(1 - rows.auxiliary[h].zeros / 6000, 12);
      if (mean('dispatched') > 0) expect(seen.meanWait).toBeCloseTo(mean('waited') / mean('dispatched'), 10);
    });
  });

  test('--set changes a value of every scenario, also the length of a slot that --slots is told in', async () => {
    const changed = file('changed', {
      ...sunny,
      slotSeconds: 20,
      battery: { ...sunny.battery, capacityJoules: 25_000 },
    });
    const settings = ['--set', 'battery.capacityJoules=25000', '--set', 'slotSeconds=20'];
    const walk = ['--trials', '500', '--slots', '960s', '--quiet', '--backend', 'cpu', '--json'];
    const numbers = async (...args: string[]): Promise<unknown> => {
      const { status, stdout, stderr } = await runOn(['compare', ...args, ...walk]);
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      const { comparisons, sides } = JSON.parse(stdout) as Document;
      const horizons = comparisons.map((side) => side.horizons);
      return { horizons, scenarios: sides.map(({ scenario }) => scenario) };
    };
    const [given, set] = [await numbers(changed, changed), await numbers(sun, sun, ...settings)];
    expect(set).toEqual(given);
    expect(given).toMatchObject({ horizons: [[{ slots: 48 }]] });
    const routers = ['--policy', 'myopic,latest'];
    expect(await numbers(sun, ...settings, ...routers)).toEqual(await numbers(changed, ...routers));
    const { status, stderr } = await runOn(['compare', sun, sun, '--set', 'battery.capacity=1', ...small]);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('battery.capacity: unknown key; the nearest known key is') as unknown,
    });
  });
});
