/** `prove` on the command line, and what the tasks kernel changes for the other commands. */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, describe, expect, test } from 'vitest';
import { host } from '#host';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { openBackend } from '../../src/engine/open-backend.js';
import { partialsSha256 } from '../../src/engine/partials-codec.js';
import { prepareProof } from '../../src/study/plan.js';
import { taskMoments } from '../../src/study/references.js';
import type { DistributedDocument } from '../../src/report/distributed.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { judgeProof } from '../../src/stats/proof.js';
import type { Proof } from '../../src/stats/proof.js';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOn } from './sink.js';

interface ProofJson extends Proof {
  readonly partialsSha256: string;
  readonly theorem2: Proof['regimes'];
}

async function prove(...options: string[]): Promise<{ status: number; json: ProofJson }> {
  const { status, stdout } = await runOn(['prove', '--json', '--quiet', ...options]);
  return { status, json: JSON.parse(stdout) as ProofJson };
}

describe('prove', () => {
  test('passes on both backends, with the same integers', async () => {
    const options = ['--trials', '3000', '--horizons', '16,200', '--seed', 'both'];
    const cpu = await prove(...options, '--backend', 'cpu');
    const webgpu = await prove(...options, '--backend', 'webgpu', '--adapter', 'software');
    expect([cpu.status, webgpu.status]).toEqual([0, 0]);
    expect(webgpu.json.partialsSha256).toBe(cpu.json.partialsSha256);
    expect(webgpu.json.horizons).toEqual(cpu.json.horizons);
    for (const h of cpu.json.horizons) {
      expect(h.clean).toBe(3000);
      expect(h.violations).toEqual({
        ...{ theorem1Lumped: 0, theorem1Distributed: 0, runningMinimumLumped: 0, runningMinimumDistributed: 0 },
        ...{ lemma1: 0, lemma1Level: 0, controlledBelowZero: 0 },
      });
      expect(h.distributed.meanDeficit).toBeLessThan(h.lumped.meanDeficit);
      // The control variate leaves less to chance.
      expect(h.controlled.standardError).toBeLessThan(h.distributed.standardError);
    }
    expect(cpu.json.theorem2.map((r) => r.regime)).toEqual(['critical', 'surplus', 'shortage']);
    for (const r of cpu.json.theorem2) {
      expect(r.verdict.pass).toBe(true);
      // Limit and exact mean are of one size; the walk sits below its diffusion.
      expect(r.finiteGap).toBeLessThan(0);
      expect(r.finiteGap).toBeGreaterThan(-0.6);
      // One drift, T growing: each horizon is judged, and the last stands at the top too.
      expect(r.horizons.map((h) => h.slots)).toEqual([16, 200]);
      expect(r.horizons[1].exactMean).toBe(r.exactMean);
      expect(r.horizons.every((h) => h.verdict.pass && h.simulated.meanDeficit > 0)).toBe(true);
      // The walk is nearer to its own limit than to the Brownian motion's.
      expect(Math.abs(r.walkGap)).toBeLessThan(0.1 * Math.abs(r.finiteGap));
      expect(r.ladders.every((l) => l.pass)).toBe(true);
    }
  });

  test('prints its tables and says PASS', async () => {
    const { status, stdout } = await runOn([
      'prove',
      '--quiet',
      '--trials',
      '500',
      '--slots',
      '64',
      '--backend',
      'cpu',
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/Lemma 1: lumped deficit ≥ distributed deficit +0\n/);
    expect(stdout).toMatch(/\nPASS: no path breaks a theorem/);
  });

  test('a planted off-by-one in the injection is found by both backends alike', async () => {
    const request = { trials: 1000, horizons: [50], seed: 'planted' };
    const prepared = prepareProof(resolveScenario(loadPreset('reference')), request, 1);
    const references = taskMoments(prepared.law, [50]);
    const hashes: string[] = [];
    for (const backend of [
      createCpuBackend(host, 1),
      await openBackend(host, { backend: 'webgpu', adapter: 'software' }),
    ]) {
      const partials = await backend.run(prepared.job);
      hashes.push(partialsSha256(partials));
      await backend.release();
      const proof = judgeProof(partials, prepared.walk, prepared.law.quantumJoules, references, []);
      expect(proof.pass).toBe(false);
      const [{ violations, clean }] = proof.horizons;
      expect(violations.theorem1Lumped).toBeGreaterThan(800);
      expect(violations.theorem1Distributed).toBeGreaterThan(100);
      expect(violations.lemma1).toBe(0);
      expect(clean).toBe(1000 - violations.theorem1Lumped);
    }
    expect(hashes[1]).toBe(hashes[0]);
  });

  test('a Lemma 2 or a mean that is off fails the judgement', async () => {
    const request = { trials: 20_000, horizons: [50], seed: 'wrong' };
    const prepared = prepareProof(resolveScenario(loadPreset('reference')), request);
    const { demand, harvest } = prepared.walk;
    const backend = createCpuBackend(host, 2);
    const partials = await backend.run(prepared.job);
    await backend.release();
    const judgeBy = (walk: typeof prepared.walk): Proof => {
      const references = taskMoments({ ...prepared.law, source: walk }, [50]);
      return judgeProof(partials, walk, prepared.law.quantumJoules, references, []);
    };
    expect(judgeBy(prepared.walk).pass).toBe(true);
    const rarer = judgeBy({ demand: { ...demand, ratePerSlot: demand.ratePerSlot * 0.9 }, harvest });
    expect(rarer.horizons[0].verdicts.map((v) => v.pass)).toEqual([false, false]);
  });
});

describe('distributed accounting elsewhere', () => {
  const folder = mkdtempSync(join(tmpdir(), 'batterywalk-prove-'));
  const file = join(folder, 'distributed.json');
  writeFileSync(file, JSON.stringify({ ...loadPreset('reference'), accounting: 'distributed' }));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const small = ['--trials', '2000', '--slots', '100', '--quiet', '--backend', 'cpu'];

  test('run simulates it, below the lumped run on either kernel', async () => {
    const mean = async (...args: string[]): Promise<number> => {
      const { status, stdout } = await runOn(['run', ...args, ...small, '--json']);
      expect(status).toBe(0);
      const { horizons } = JSON.parse(stdout) as { horizons: { meanDeficit: number; standardError: number }[] };
      return horizons[horizons.length - 1].meanDeficit;
    };
    const [distributed, lumped, byTask] = [
      await mean(file),
      await mean('reference'),
      await mean('reference', '--kernel', 'tasks'),
    ];
    expect(distributed).toBeLessThan(0.7 * lumped);
    // Both kernels have one law: SE is about 1.3 % of the mean for each.
    expect(Math.abs(byTask / lumped - 1)).toBeLessThan(0.1);
    expect(byTask).not.toBe(lumped);
  });

  test('validate judges the lumped companion and holds every path to the theorems', async () => {
    const out = join(folder, 'out');
    const { status, stdout } = await runOn(['validate', file, ...small, '--json', '--out', out]);
    expect(status).toBe(0);
    const { pass, horizons } = JSON.parse(stdout) as DistributedDocument;
    expect(pass).toBe(true);
    for (const h of horizons) {
      expect(h.verdicts.map((v) => v.name)).toEqual([
        ...['lumpedMean', 'lumpedStandardDeviation', 'lumpedProbabilityZero', 'lumpedChiSquare', 'lumpedKolmogorov'],
        ...['consumptionVariance', 'lemma1', 'theorem1', 'runningMinimum'],
      ]);
      expect(h.meanDeficit).toBeLessThan(h.lumped.exact.meanDeficit);
      expect(h.controlled.standardError).toBeLessThan(h.standardError);
      // The same draws: the controlled mean is within the plain one's error of it.
      expect(Math.abs(h.controlled.meanDeficit - h.meanDeficit)).toBeLessThan(5 * h.standardError);
    }
    const page = readFileSync(join(out, 'report.html'), 'utf8');
    expect(page).toContain('PASS: energy burned over the service');
    const { files } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as { files: object };
    expect(Object.keys(files)).toEqual(['summary.json', 'partials.json', 'proof-partials.json', 'report.html']);
  });

  test('reserve gives the charge from the run and the lumped bound, which no path exceeds', async () => {
    const { status, stdout } = await runOn(['reserve', file, ...small, '--risk', '0.1,0.01', '--json']);
    expect(status).toBe(0);
    const { reserves } = JSON.parse(stdout) as {
      reserves: { simulated: { charge: number }; exact: null; lumpedBound: { charge: number } }[];
    };
    for (const { simulated, exact, lumpedBound } of reserves) {
      expect(exact).toBeNull();
      expect(simulated.charge).toBeLessThan(lumpedBound.charge);
    }
  });

  test.each([
    [['run', file, '--kernel', 'lumped'], /^batterywalk: kernel: got "lumped"[^\n]*\n$/],
    [['run', '--kernel', 'task'], /^batterywalk: --kernel: got "task"[^\n]*did you mean "tasks"[^\n]*\n$/],
  ])('%j is refused in one line', async (args, message) => {
    const { status, stdout, stderr } = await runOn([...args, ...small]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});
