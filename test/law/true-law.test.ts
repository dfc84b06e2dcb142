/** The sampled law's deficit beside the true law's: P(D_T = 0) within 0.2 %, mean and SD within 1e-4 (issue 2). */
import { resolveScenario } from '../../src/fleet/resolve.js';
import { expect, test } from 'vitest';
import type { WalkLaw } from '../../src/fleet/walk-law.js';
import { sampleLaw } from '../../src/law/sampled-law.js';
import { loadPreset } from '../../src/scenario/presets.js';
import { compoundIncrement } from '../../src/theory/compound-increment.js';
import { exactMoments } from '../../src/theory/exact/moments.js';
import { latticeIncrement } from '../../src/theory/lattice-increment.js';
import { walkOf } from '../engine/jobs.js';

const TEN = [0.4, 0.6, 0.9, 1.3, 1.9, 2.8, 4, 5.5, 7.5, 10];
const CASES: [string, WalkLaw][] = [
  ['reference', resolveScenario(loadPreset('reference')).walk],
  ['rare-heavy preset', resolveScenario(loadPreset('rare-heavy')).walk],
  [
    'ten task sizes, rate 5',
    walkOf(
      5,
      TEN,
      TEN.map(() => 1),
      2.8,
    ),
  ],
  ...[0.05, 2].flatMap((rate) =>
    [0.3, 1, 8].map((shape): [string, WalkLaw] => [
      `one task size, rate ${rate}, shape ${shape}`,
      walkOf(rate, [1000], [1], shape),
    ]),
  ),
  ['three decades of energy', walkOf(1, [1, 10, 100, 1000], [1, 1, 1, 1], 0.5)],
  ['rare heavy tasks, shape 0.3', walkOf(0.05, [100, 1e5], [0.999, 0.001], 0.3)],
];

test.each(CASES)(
  '%s',
  (_, walk) => {
    const slots = [16, 1024];
    const truth = exactMoments(compoundIncrement(walk), slots);
    exactMoments(latticeIncrement(sampleLaw(walk, { slots: 1024 }).mixture), slots).forEach((sampled, i) => {
      expect(Math.abs(sampled.probabilityZero / truth[i].probabilityZero - 1)).toBeLessThan(2e-3);
      expect(Math.abs(sampled.mean / truth[i].mean - 1)).toBeLessThan(1e-4);
      expect(Math.abs(sampled.standardDeviation / truth[i].standardDeviation - 1)).toBeLessThan(1e-4);
    });
  },
  60_000,
);
