/**
 * The engine against the whole exact law of what it samples: mean, SD, P(D = 0), χ² and Kolmogorov together, as
 * `validate` judges; the rate of false alarms over 200 seeds; reserves from a run beside those from the exact law; and
 * the Brownian law, which a right run rejects.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { host } from '#host';
import type { Backend } from '../../src/engine/backend.js';
import { createCpuBackend } from '../../src/engine/cpu/backend.js';
import { planJob } from '../../src/engine/job.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import type { SampledLaw } from '../../src/law/sampled-law.js';
import { sampledReferences } from '../../src/study/references.js';
import { walkTheory } from '../../src/theory/walk-theory.js';
import type { WalkTheory } from '../../src/theory/walk-theory.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { supDistance, trialsToTellApart } from '../../src/stats/distance.js';
import { reserveFromLaw } from '../../src/stats/reserve-law.js';
import { reserveFromPartials } from '../../src/stats/reserve.js';
import { judge } from '../../src/stats/verdict.js';
import type { ExactReference } from '../../src/stats/verdict.js';

const HORIZONS = [64, 1000];
const walk = resolveScenario(loadPreset('reference')).walk;
let cpu: Backend;
let law: SampledLaw;
let theory: WalkTheory;
let references: ExactReference[];
beforeAll(() => {
  cpu = createCpuBackend(host, 2);
  law = sampleLaw(walk, { slots: 1000 });
  theory = walkTheory(walk, HORIZONS);
  references = sampledReferences(law, theory).map(remembered);
});
afterAll(() => cpu.release());

/** The same law read at the same bins for every seed: read once. */
function remembered(reference: ExactReference): ExactReference {
  const whole = reference.law;
  if (whole === undefined) return reference;
  const grids = new Map<string, Float64Array>();
  const atoms = new Map<number, number>();
  const survivalGrid = (...of: [number, number, number]): Float64Array => {
    const known = grids.get(of.join()) ?? whole.survivalGrid?.(...of) ?? new Float64Array();
    grids.set(of.join(), known);
    return known;
  };
  const survival = (d: number): number => {
    const known = atoms.get(d) ?? whole.survival(d);
    atoms.set(d, known);
    return known;
  };
  return { ...reference, law: { ...whole, survivalGrid, survival } };
}

const simulate = (trials: number, seed: string) => cpu.run(planJob(law, { trials, horizons: HORIZONS, seed }));

test('200 seeds reject at a rate consistent with α', async () => {
  // n = 200 runs of 5,000 paths, ten tests each under one family-wise α = 0.05: at most 10 failures are expected, SE
  // √(200·0.05·0.95) = 3.1; 22 or more have probability 5e-4 under independence. Fewer than one would mean that the
  // tests have no size (probability 4e-5).
  const failures: string[] = [];
  for (let seed = 0; seed < 200; seed++) {
    const judgement = judge(await simulate(5000, `whole ${seed}`), law.quantumJoules, references, {
      familyAlpha: 0.05,
    });
    expect(judgement.tests).toBe(10);
    if (!judgement.pass)
      failures.push(`${seed}: ${JSON.stringify(judgement.horizons.flatMap((h) => h.verdicts.filter((v) => !v.pass)))}`);
  }
  expect(failures.length, failures.join('\n')).toBeLessThan(22);
  expect(failures.length).toBeGreaterThan(0);
});

test('a right run passes, rejects the Brownian law, and a law of another horizon fails it', async () => {
  const partials = await simulate(200_000, 'limit');
  const judgement = judge(partials, law.quantumJoules, references);
  expect(judgement.pass, JSON.stringify(judgement)).toBe(true);
  const { brownian } = theory.horizons[1];
  const distance = supDistance(partials.horizons[1], law.quantumJoules, brownian);
  expect(distance.pValue).toBeLessThan(1e-6);
  // docs/model.md section 5: at T = 1000 a right simulator fails against the Brownian law from about 6,000 trials on.
  expect(trialsToTellApart(distance.distance)).toBeGreaterThan(4000);
  expect(trialsToTellApart(distance.distance)).toBeLessThan(8000);
  // The law of the walk with 5 % fewer slots is not this walk's.
  const [other] = sampledReferences(law, walkTheory(walk, [950]));
  const wrong = judge(partials, law.quantumJoules, [references[0], { ...other, slots: 1000 }]);
  expect(wrong.pass).toBe(false);
  const failed = wrong.horizons[1].verdicts.filter((v) => !v.pass).map((v) => v.name);
  expect(failed).toEqual(expect.arrayContaining(['mean', 'standardDeviation', 'chiSquare', 'kolmogorov']));
});

test('reserves of a run and of the exact law agree within the interval for five risks', async () => {
  const partials = await simulate(200_000, 'reserve');
  const risks = [0.2, 0.05, 0.01, 3e-3, 1e-3];
  // Five two-sided intervals at 99.9 % each: a right engine misses any of them with probability at most 0.5 %.
  const simulated = reserveFromPartials(partials.horizons[1], law.quantumJoules, risks, 0.999);
  const exact = reserveFromLaw(theory.horizons[1].exact, risks);
  simulated.forEach((own, i) => {
    const says = `risk ${own.risk}: exact ${exact[i].charge}, simulated ${own.charge} (${own.interval.lower} … ${own.interval.upper}), seed reserve`;
    expect(own.interval.lower, says).toBeLessThanOrEqual(exact[i].charge);
    expect(own.interval.upper, says).toBeGreaterThanOrEqual(exact[i].charge);
    // 4 standard errors and the bins' own error.
    expect(Math.abs(own.meanExcess - exact[i].meanExcess), says).toBeLessThan(4 * own.meanExcessError + own.binError);
  });
});
