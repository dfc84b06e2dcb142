/**
 * The law of a sampled walk in blocks: against the lattice walked point by point, steps alone against Spitzer's
 * identity, and against Spitzer's sums for mean and P(D = 0) on the product's own tables.
 */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { describe, expect, it } from 'vitest';
import type { LatticeMixture } from '../../src/law/lattice-mixture.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { blockLawAt } from '../../src/theory/exact/block-horizon.js';
import { blockDeficitLaw } from '../../src/theory/exact/block-law.js';
import { BlockGrid, blockIncrement } from '../../src/theory/exact/block-walk.js';
import type { BlockLaw } from '../../src/theory/exact/block-walk.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import type { LatticeIncrement } from '../../src/theory/increment.js';
import { latticeIncrement } from '../../src/theory/lattice-increment.js';

/**
 * X on blocks −`reach` … `reach` − 1 of `points` quanta, about normal with uneven weights; `drift` and `sigma` in
 * blocks.
 */
function roughMixture(points: number, reach: number, drift: number, sigma: number): LatticeMixture {
  const raw = Array.from({ length: 2 * reach }, (_, i) => {
    const c = i - reach;
    return Math.exp(-0.5 * ((c + 0.5 - drift) / sigma) ** 2) * (1 + 0.3 * Math.sin(c));
  });
  const total = raw.reduce((a, b) => a + b);
  return {
    quantumJoules: 0.25,
    first: Float64Array.from(raw, (_, i) => (i - reach) * points),
    stride: new Float64Array(raw.length).fill(1),
    count: new Float64Array(raw.length).fill(points),
    weight: Float64Array.from(raw, (w) => w / total),
  };
}

/** P(D = n quanta) after some slots, n < `size`, point by point. */
function walked(law: LatticeIncrement, slots: number, size: number): Float64Array {
  let now = new Float64Array(size);
  now[0] = 1;
  for (let t = 0; t < slots; t++) {
    const next = new Float64Array(size);
    now.forEach((p, n) => {
      if (p === 0) return;
      law.weight.forEach((w, r) => {
        for (let i = 0; i < law.count[r]; i++) {
          const to = Math.max(0, n + law.first[r] + i * law.stride[r]);
          if (to < size) next[to] += (p * w) / law.count[r];
        }
      });
    });
    now = next;
  }
  return now;
}

describe('point by point, whatever the quantum', () => {
  // With the block at σ/6, ten times what sampled laws have, the parts left out show within blocks; at their ends
  // nothing does.
  it.each([
    [1, 1e-13, 1e-13],
    [2, 1e-13, 1e-13],
    [8, 2e-10, 1e-13],
  ])('%i points a block', (points, inside, ends) => {
    const law = latticeIncrement(roughMixture(points, 24, -0.4, 6));
    for (const slots of [1, 2, 6]) {
      const exact = blockDeficitLaw(law, slots);
      if (exact === undefined) throw new Error('whole blocks');
      const truth = walked(law, slots, 160 * points);
      let below = 0;
      let mean = 0;
      let [worst, atEnds] = [0, 0];
      truth.forEach((p, n) => {
        below += p;
        mean += p * n * law.latticeSpan;
        const off = Math.abs(exact.cdf(n * law.latticeSpan) - below);
        worst = Math.max(worst, off);
        if (n % points === 0) atEnds = Math.max(atEnds, off);
      });
      expect(worst).toBeLessThan(inside);
      expect(worst).toBeLessThan(Math.max(exact.error.cdf, ends));
      expect(atEnds).toBeLessThan(ends);
      expect(
        Math.abs(exact.meanExcess(3.1) - truth.reduce((s, p, n) => s + p * Math.max(0, 0.25 * n - 3.1), 0)),
      ).toBeLessThan(1e-9);
      expect(Math.abs(exact.mean / mean - 1)).toBeLessThan(1e-9);
      const q = exact.quantile(0.8);
      expect(exact.cdf(q)).toBeGreaterThanOrEqual(0.8);
      expect(exact.cdf(q - law.latticeSpan)).toBeLessThan(0.8);
    }
  });
});

function cumulative({ empty, parts }: BlockLaw): Float64Array {
  let sum = empty;
  return parts[0].map((mass) => (sum += mass));
}

const apart = (a: BlockLaw, b: BlockLaw): number => {
  const [x, y] = [cumulative(a), cumulative(b)];
  return x.reduce((most, value, m) => Math.max(most, Math.abs(value - y[m])), Math.abs(a.empty - b.empty));
};

/** 44 slots at once for each γ and tilt, and four steps, against 48 steps. */
function expectSame(law: LatticeIncrement, size: number, settings: readonly (readonly [number, number])[]): void {
  const increment = blockIncrement(law);
  if (increment === undefined) throw new Error('whole blocks');
  const grid = new BlockGrid(increment, size);
  let steps = grid.start();
  for (let t = 0; t < 48; t++) steps = grid.step(steps);
  for (const [gamma, tilt] of settings) {
    let own = blockLawAt(grid, 44, gamma, tilt);
    for (let t = 0; t < 4; t++) own = grid.step(own);
    // Half of what the law claims.
    expect(apart(own, steps), `γ ${gamma}, tilt ${tilt}`).toBeLessThan(1e-11);
  }
}

it('a walk with so much shortage that the horizon’s circle must do: half a σ a slot', () => {
  const { mixture } = sampleLaw(resolveScenario(loadPreset('reference')).walk, { slots: 1024 });
  const law = latticeIncrement({ ...mixture, first: mixture.first.map((first) => first - 55 * 256) });
  expect(law.mean / Math.sqrt(law.variance)).toBeGreaterThan(0.5);
  expectSame(law, 65536, [[8, 0]]);
});

describe.each(['reference', 'benchmark', 'surplus'])('%s', (preset) => {
  const law = latticeIncrement(sampleLaw(resolveScenario(loadPreset(preset)).walk, { slots: 1024 }).mixture);

  it('Spitzer’s identity and four steps are 48 steps, whatever the parabola and the tilt', () => {
    // A tilt to where a slot's transform has a slope of 0, were the walk normal.
    const tilt = Math.max(0, -law.mean / law.variance) * (law.count[0] * law.latticeSpan);
    expectSame(law, 16384, [
      [8, 0],
      [9, 0],
      [8, tilt],
    ]);
  });

  it('mean and P(D = 0) are those of Spitzer’s sums, the claim is below 1e-9', () => {
    for (const slots of [1, 4, 16, 64, 256, 1024]) {
      const exact = blockDeficitLaw(law, slots);
      if (exact === undefined) throw new Error('whole blocks');
      const [moments] = exactMoments(law, [slots]);
      expect(exact.error.cdf).toBeLessThan(1e-9);
      expect(Math.abs(exact.cdf(0) - moments.probabilityZero)).toBeLessThan(3e-11);
      expect(Math.abs(exact.meanExcess(1e-9) / moments.mean - 1)).toBeLessThan(1e-9);
    }
  });
});

it('a walk with residual cells has none', () => {
  const law = latticeIncrement(sampleLaw(resolveScenario(loadPreset('rare-heavy')).walk, { slots: 64 }).mixture);
  expect(blockDeficitLaw(law, 4)).toBeUndefined();
});
