/** p-values over hundreds of seeds: uniform, and rejected as often as α says. */
import { describe, expect, it } from 'vitest';
import type { BinLayout, Partials } from '../../src/engine/partials.js';
import { binDeficits } from '../../src/stats/binned.js';
import { equiprobableCells } from '../../src/stats/cells.js';
import type { Cells } from '../../src/stats/cells.js';
import { chiSquareTest, groupedKolmogorovTest } from '../../src/stats/goodness-of-fit.js';
import { lawOnBins } from '../../src/stats/law-on-bins.js';
import { judge } from '../../src/stats/verdict.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';
import { BINS, countDeficits, draws, exponentialDraw, exponentialLaw, QUANTUM, samplePartials } from './laws.js';

const ATOM = 0.1;
const SCALE = 1000;
const law = exponentialLaw(ATOM, SCALE);

function cellsOf(partials: Partials, of: DeficitLaw, most?: number): Cells {
  const binned = binDeficits(partials.horizons[0], QUANTUM);
  return equiprobableCells(binned, lawOnBins(of, binned), most);
}

/**
 * Calibration: 500 seeds, n = 4000. The count of p-values below each level is Binomial(500, level) if the null is
 * right. Bounds are those with probability 1e-5 beyond them on each side (scipy.stats.binom): 0.05: 7 … 48, 0.2: 64 …
 * 140, 0.5: 202 … 298. Twelve counts share it.
 */
describe('p-values are uniform under the right law', () => {
  const LEVELS: readonly (readonly [number, number, number])[] = [
    [0.05, 7, 48],
    [0.2, 64, 140],
    [0.5, 202, 298],
  ];
  it.each<[string, BinLayout]>([
    ['fine bins', BINS],
    ['bins as wide as half the law', { offset: 0, shift: 10 }],
  ])('%s', (name, layout) => {
    const p: { chiSquare: number[]; kolmogorov: number[] } = { chiSquare: [], kolmogorov: [] };
    for (let repeat = 0; repeat < 500; repeat++) {
      const sample = countDeficits(draws(`${name} ${repeat}`, 4000, exponentialDraw(ATOM, SCALE)), layout);
      const cells = cellsOf(sample, law);
      p.chiSquare.push(chiSquareTest(cells).pValue);
      p.kolmogorov.push(groupedKolmogorovTest(cells).pValue);
    }
    for (const [test, values] of Object.entries(p)) {
      for (const [level, least, most] of LEVELS) {
        const below = values.filter((value) => value <= level).length;
        const message = `${test}, ${name}: ${below} of 500 p-values below ${level}, expected ${500 * level}`;
        expect(below, message).toBeGreaterThanOrEqual(least);
        expect(below, message).toBeLessThanOrEqual(most);
      }
    }
  });
});

describe('a whole judgement with the law (5 tests, family α = 0.05)', () => {
  it('rejects the right law as often as α says (300 seeds, n = 4000)', () => {
    let rejected = 0;
    for (let repeat = 0; repeat < 300; repeat++) {
      const sample = samplePartials(`whole ${repeat}`, 4000, exponentialDraw(ATOM, SCALE));
      if (!judge(sample, QUANTUM, [{ ...law, law }], { familyAlpha: 0.05 }).pass) rejected++;
    }
    // Binomial(300, 0.05): P(X > 33) = 9.2e-6; P(X = 0) = 2e-7 if the level were met exactly (scipy.stats.binom).
    expect(rejected, `${rejected} of 300`).toBeLessThanOrEqual(33);
    expect(rejected).toBeGreaterThan(0);
  });
});
