/** Sweeps of sites: the same integers as a run, exact values beside them, and what has no meaning refused. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { prepareSite } from '../../src/study/plan.js';
import { splitSite } from '../../src/engine/site-job.js';
import { summarizeHorizon } from '../../src/stats/summary.js';
import { Assembly } from '../../src/sweep/assembly.js';
import { planSweep } from '../../src/sweep/points.js';
import type { Sweep } from '../../src/sweep/points.js';
import { withExact } from '../../src/sweep/results.js';
import type { SweepRow } from '../../src/sweep/results.js';
import { runShards } from '../../src/sweep/run-shards.js';
import { cutShards } from '../../src/sweep/shards.js';
import { parseSweepFile } from '../../src/sweep/sweep-file.js';
import { siteWith } from '../engine/site-settings.js';

let cpu: Backend;
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
});
afterAll(() => cpu.release());

const FILE = {
  schemaVersion: 1,
  base: siteWith({
    battery: { initialJoules: 2000, capacityJoules: 10_000 },
    harvest: { shape: 3, scaleJoules: 1500 },
  }),
  trials: 3000,
  horizons: [4, 16],
  seed: 'sites',
  axes: { 'battery.capacityJoules': [10_000, 20_000], 'battery.chargeEfficiency': [0.9, 1] },
};

/** All rows of a sweep, point by point, as its shards give them. */
async function rowsOf(sweep: Sweep): Promise<(readonly SweepRow[])[]> {
  const shards = cutShards(sweep);
  const assembly = new Assembly(sweep, shards);
  await runShards(cpu, shards, {
    horizons: sweep.file.horizons,
    signal: new AbortController().signal,
    onResult: (shard, result) => {
      assembly.add(shard, result);
    },
    onFailure: (_, error) => {
      throw error;
    },
  });
  return assembly.rows();
}

describe('a sweep of sites', () => {
  test('gives at each point what a run gives, in any cut into shards, and the exact values', async () => {
    const rows: SweepRow[][] = [];
    for (const shardPathSlots of [1e9, 20_000]) {
      const sweep = planSweep(parseSweepFile({ ...FILE, exact: 'moments', shardPathSlots }));
      expect(sweep.points.every(({ kind }) => kind === 'site')).toBe(true);
      rows.push((await rowsOf(sweep)).flatMap((own) => [...withExact(sweep, own)]));
    }
    const numbers = rows.map((list) =>
      list.map(({ metric, slots, estimate, exact }) => ({ metric, slots, estimate, exact })),
    );
    expect(numbers[0]).toEqual(numbers[1]);

    const { scenario } = planSweep(parseSweepFile(FILE)).points[3];
    const { job, law } = prepareSite(resolveScenario(scenario), { trials: 3000, horizons: [4, 16], seed: 'sites' });
    const own = splitSite(await cpu.run(job));
    const last = rows[0].filter(({ point, slots }) => point.index === 3 && slots === 16);
    const of = (name: string): SweepRow => last.find(({ metric }) => metric === name) as SweepRow;
    expect(of('meanDeficit').estimate).toBe(summarizeHorizon(own.auxiliary[1], law.quantumJoules).meanDeficit);
    expect(of('meanWaste').estimate).toBe(summarizeHorizon(own.waste[1], law.quantumJoules).meanDeficit);
    for (const metric of ['meanDeficit', 'meanWaste', 'probabilityZero', 'meanDeficitSlots', 'meanCharge']) {
      const { estimate, exact, standardError } = of(metric);
      expect(Math.abs(estimate - (exact ?? NaN)), metric).toBeLessThan(4.5 * (standardError ?? 0));
    }
  });

  test('has reserves of the auxiliary energy, with the exact law beside them', async () => {
    const sweep = planSweep(parseSweepFile({ ...FILE, risks: [0.2], exact: 'law' }));
    const [first] = await rowsOf(sweep);
    const told = withExact(sweep, first);
    for (const metric of ['reserve', 'conditionalValueAtRisk'] as const) {
      const own = told.filter((row) => row.metric === metric && row.level === 0.2);
      expect(own.map(({ slots }) => slots)).toEqual([4, 16]);
      for (const { estimate, exact, lower, upper } of own) {
        expect(estimate).toBeGreaterThan(0);
        if (exact === null || lower === null || upper === null) throw new Error(`${metric} has no exact value`);
        // One seed: twice the interval of 95 %, which chance leaves once in ten thousand.
        expect(Math.abs(estimate - exact)).toBeLessThan(upper - lower);
      }
    }
  });

  test('names the point that cannot be', () => {
    expect(() => planSweep(parseSweepFile({ ...FILE, axes: { 'battery.capacityJoules': [1000] } }))).toThrow(
      /initialJoules/,
    );
  });
});
