/**
 * `prove`: planted limits, single paths that exceed a charge, batteries that begin with one. The rest:
 * prove.test.ts.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { prepareProof } from '../../src/study/plan.js';
import { taskMoments } from '../../src/study/references.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { judgeProof } from '../../src/stats/proof.js';
import type { Proof } from '../../src/stats/proof.js';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { proveAgainst } from '../../src/cli/prove.js';
import { surplusMean } from '../../src/theory/brownian.js';
import { PAPER_LIMITS } from '../../src/theory/regimes.js';
import type { Limits } from '../../src/theory/regimes.js';
import { runOn, unfolded } from './sink.js';

interface ProofJson extends Proof {
  readonly partialsSha256: string;
  readonly theorem2: Proof['regimes'];
}

describe('prove', () => {
  test('fails for a planted limit of Theorem 2 that is off by 2 %, and for nothing else', async () => {
    const small = ['prove', 'surplus', '--quiet', '--trials', '400', '--slots', '64', '--backend', 'cpu'];
    const planted: Limits = { ...PAPER_LIMITS, surplus: (constants) => 1.02 * surplusMean(constants) };
    const right = await runOn(small);
    const wrong = await runOn(small, [proveAgainst(planted)]);
    expect([right.status, wrong.status]).toEqual([0, 1]);
    expect(unfolded(right.stdout)).toMatch(/the means tend to Theorem 2’s limits/);
    expect(unfolded(wrong.stdout)).toMatch(
      /FAIL: no path breaks a theorem; 0 of \d+ statistical tests fail.*limits fail in 2 of 5 ladders/,
    );
  });

  test('a single path that exceeds a charge is no broken theorem', async () => {
    const scenario = { ...loadPreset('surplus'), battery: { initialJoules: 250_000 } };
    const request = { trials: 500, horizons: [64], seed: '' };
    const backend = createCpuBackend(host, 2);
    const references = taskMoments(prepareProof(resolveScenario(scenario), request).law, [64]);
    const proofs: Proof[] = [];
    for (let seed = 1; seed <= 60; seed++) {
      const prepared = prepareProof(resolveScenario(scenario), { ...request, seed: `rare ${seed}` });
      const partials = await backend.run(prepared.job);
      proofs.push(judgeProof(partials, prepared.walk, prepared.law.quantumJoules, references, []));
    }
    await backend.release();
    const means = proofs.map((proof) => proof.horizons[0].verdicts[1]);
    // By the normal law a statistic of 4.5 has a p-value of 7e-6, which would fail.
    expect(Math.max(...means.map((m) => m.statistic))).toBeGreaterThan(4.5);
    expect(means.filter((m) => !m.pass)).toEqual([]);
  });

  describe('with a battery that begins with a charge', () => {
    const folder = mkdtempSync(join(tmpdir(), 'batterywalk-charged-'));
    afterAll(() => {
      rmSync(folder, { recursive: true });
    });
    /** One kind of task: ladders with a charge are much dearer where kinds are many. σ is 8.9 kJ a slot. */
    const single = join(folder, 'single.json');
    writeFileSync(
      single,
      JSON.stringify({
        schemaVersion: 1,
        name: 'single',
        arrivals: { ratePerSlot: 40 },
        tasks: [{ energyJoules: 1000 }],
        harvest: { mean: 'critical', variance: 'matched' },
      }),
    );
    const charge = 60_000;
    const walked = async (out: string, ...options: string[]) => {
      const args = ['prove', single, '--quiet', '--trials', '20000', '--horizons', '4,16,100', '--backend', 'cpu'];
      const { status, stdout } = await runOn([...args, '--out', join(folder, out), ...options]);
      expect(status).toBe(0);
      const json = JSON.parse(readFileSync(join(folder, out, 'proof.json'), 'utf8')) as ProofJson;
      return { json, stdout };
    };
    let empty: Awaited<ReturnType<typeof walked>>;
    let charged: Awaited<ReturnType<typeof walked>>;
    beforeAll(async () => {
      empty = await walked('empty');
      charged = await walked('charged', '--set', `battery.initialJoules=${charge}`);
    });

    test('includes the initial charge in Theorem 2', () => {
      charged.json.theorem2.forEach((r, i) => {
        const without = empty.json.theorem2[i];
        expect([r.initialJoules, without.initialJoules]).toEqual([charge, 0]);
        // What is walked on the same draws: (D − b)⁺, less than D by at most b.
        expect(r.simulated.meanDeficit).toBeLessThan(without.simulated.meanDeficit);
        expect(r.simulated.meanDeficit).toBeGreaterThan(without.simulated.meanDeficit - charge);
        for (const h of r.horizons) {
          expect(Math.abs(h.simulated.meanDeficit - h.exactMean)).toBeLessThanOrEqual(
            4.5 * h.simulated.standardError + 1,
          );
        }
        if (r.regime !== 'surplus') expect((without.limitMean - r.limitMean) / charge).toBeCloseTo(1, 9);
      });
    });

    test('says what its means and limits are of a battery that begins with a charge', () => {
      expect(unfolded(charged.stdout)).toContain('begins with b = 60.00 kJ: all means are of (D − b)⁺');
      // Eq. 37 less the charge is below 0 at 4 slots: no share of that is printed.
      expect(charged.stdout).toMatch(/critical +4 +-\d[\d.]* +-\d[\d.]* +[\d.]+ +— +—/);
      expect(empty.stdout).not.toContain('begins with');
    });
  });
});
