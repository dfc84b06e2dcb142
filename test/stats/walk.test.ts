import seedrandom from 'seedrandom';
import { describe, expect, it } from 'vitest';
import { emptyPartials } from '../../src/engine/partials.js';
import type { HorizonPartials } from '../../src/engine/partials.js';
import { dkwCritical, expectedSupDistance, supDistance, trialsToTellApart } from '../../src/stats/distance.js';
import { summarize } from '../../src/stats/summary.js';
import { judge } from '../../src/stats/verdict.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';
import { addDeficits, halfNormalLaw } from './laws.js';

/**
 * The whole way on a walk whose law is known in closed form: steps of ±1 J, T even. By the reflection principle (Feller
 * I, III.7) P(max = k) = C(T, ⌊(T + k + 1)/2⌋)/2^T, and the Brownian limit is |N|·√T.
 */
function simpleWalkLaw(slots: number): DeficitLaw {
  const mass = new Float64Array(slots + 1);
  let binomial = 1; // C(T, T/2)/2^T, then outwards
  for (let i = 1; i <= slots / 2; i++) binomial *= (slots / 2 + i) / i / 4;
  for (let k = 0; k <= slots; k++) {
    mass[k] = binomial;
    if (k % 2 === 0) binomial *= (slots / 2 - k / 2) / (slots / 2 + k / 2 + 1);
  }
  const tail = new Float64Array(slots + 2); // P(max ≥ k)
  let mean = 0;
  let second = 0;
  for (let k = slots; k >= 0; k--) {
    tail[k] = tail[k + 1] + mass[k];
    mean += k * mass[k];
    second += k * k * mass[k];
  }
  const survival = (d: number): number => (d < 0 ? 1 : tail[Math.min(Math.floor(d) + 1, slots + 1)]);
  const unused = (): number => {
    throw new Error('not needed');
  };
  return {
    rung: 'exact',
    slots,
    mean,
    standardDeviation: Math.sqrt(second - mean * mean),
    probabilityZero: mass[0],
    survival,
    cdf: (d) => 1 - survival(d),
    density: unused,
    quantile: unused,
    meanExcess: unused,
  };
}

const TRIALS = 200_000;
const HORIZONS = [32, 64, 128];
const SEED = 'simple walk';

function simulate(): readonly HorizonPartials[] {
  const partials = emptyPartials(HORIZONS.map((slots) => ({ slots, bins: { offset: 0, shift: 0 } })));
  const random = seedrandom.xor128(SEED);
  const deficits = HORIZONS.map(() => new Float64Array(TRIALS));
  for (let path = 0; path < TRIALS; path++) {
    let at = 0;
    let highest = 0;
    for (let t = 0, next = 0; t < 128;) {
      const bits = random.int32();
      for (let bit = 0; bit < 32; bit++) {
        at += (bits >>> bit) & 1 ? 1 : -1;
        if (at > highest) highest = at;
      }
      t += 32;
      if (t === HORIZONS[next]) deficits[next++][path] = highest;
    }
  }
  partials.horizons.forEach((h, i) => {
    addDeficits(h, deficits[i]);
  });
  return partials.horizons;
}

describe(`a walk of ±1 steps (seed "${SEED}", n = ${TRIALS}, T = ${HORIZONS.join(', ')}; 15 tests share α = 0.001)`, () => {
  const horizons = simulate();
  const laws = HORIZONS.map(simpleWalkLaw);

  it('has the closed form’s known values: E max of two steps is 3/4, P(max₄ = 0) = 6/16', () => {
    expect(simpleWalkLaw(2).mean).toBeCloseTo(3 / 4, 14);
    expect(simpleWalkLaw(4).probabilityZero).toBeCloseTo(6 / 16, 14);
    expect(simpleWalkLaw(128).survival(-1)).toBe(1);
    expect(simpleWalkLaw(128).survival(0) + simpleWalkLaw(128).probabilityZero).toBeCloseTo(1, 13);
  });

  it('passes every verdict against its own law', () => {
    const judgement = judge(
      { horizons },
      1,
      laws.map((law) => ({ ...law, law })),
    );
    expect(judgement.tests).toBe(15);
    expect(judgement.pass, JSON.stringify(judgement.horizons)).toBe(true);
    summarize({ horizons }, 1).horizons.forEach((h, i) => {
      expect(Math.abs(h.meanDeficit - laws[i].mean)).toBeLessThan(4 * h.standardError);
    });
  });

  it('fails every kind of verdict against the law of a quarter fewer slots (deliberately wrong; P(D = 0) is 15 % up, 18 SE)', () => {
    const judgement = judge(
      { horizons },
      1,
      HORIZONS.map((slots) => {
        const law = simpleWalkLaw(0.75 * slots);
        return { ...law, law, slots };
      }),
    );
    for (const { verdicts } of judgement.horizons) {
      expect(
        verdicts.map((v) => v.pass),
        JSON.stringify(verdicts),
      ).toEqual([false, false, false, false, false]);
    }
  });

  it('lies as far from the diffusion limit as theory expects, and is told from it', () => {
    horizons.forEach((h, i) => {
      const brownian = halfNormalLaw(Math.sqrt(h.slots));
      const expected = expectedSupDistance(laws[i], brownian, h, 1);
      const seen = supDistance(h, 1, brownian);
      const says = JSON.stringify({ slots: h.slots, expected, seen });
      expect(Math.abs(seen.distance - expected.distance), says).toBeLessThan(dkwCritical(TRIALS, 1e-5));
      expect(TRIALS, says).toBeGreaterThan(trialsToTellApart(expected.distance));
      expect(seen.pValue, says).toBeLessThan(1e-9);
      expect(seen.distance, says).toBeGreaterThan(seen.criticalValue);
      // Against its own law it stays below.
      expect(supDistance(h, 1, laws[i]).distance, says).toBeLessThan(dkwCritical(TRIALS, 1e-5));
    });
  });
});
