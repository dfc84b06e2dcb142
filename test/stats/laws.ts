/**
 * Closed-form laws of the deficit, and seeded samples of them, for the tests of the statistics: no walk, no engine, no
 * theory/.
 */
import seedrandom from 'seedrandom';
import { BIN_COUNT, emptyPartials } from '../../src/engine/partials.js';
import type { BinLayout, HorizonPartials, Partials } from '../../src/engine/partials.js';
import { normalSurvival } from '../../src/numeric/normal.js';
import type { DeficitLaw } from '../../src/theory/deficit-law.js';

export const QUANTUM = 0.5;
export const SLOTS = 128;
/** Width 16 quanta = 8 J, 32 kJ in all: 32 scales of an exponential of mean 1 kJ. */
export const BINS: BinLayout = { offset: 0, shift: 4 };

/**
 * D = 0 with probability `atom`, else exponential of mean `scale` joules, rounded to the nearest multiple of QUANTUM.
 */
export function exponentialLaw(atom: number, scale: number): DeficitLaw {
  const positive = 1 - atom;
  const r = Math.exp(-QUANTUM / scale);
  // P(D ≥ k quanta) = positive·r^(k − ½), k ≥ 1; moments are sums of it over k.
  const mean = (positive * QUANTUM * Math.sqrt(r)) / (1 - r);
  const second = (positive * QUANTUM ** 2 * Math.sqrt(r) * (1 + r)) / (1 - r) ** 2;
  const survival = (d: number): number =>
    d < 0 ? 1 : positive * Math.exp((-(Math.floor(d / QUANTUM) + 0.5) * QUANTUM) / scale);
  return {
    rung: 'exact',
    slots: SLOTS,
    mean,
    standardDeviation: Math.sqrt(second - mean * mean),
    probabilityZero: 1 - positive * Math.sqrt(r),
    cdf: (d) => (d < 0 ? 0 : 1 - survival(d)),
    survival,
    density: (d) => (positive / scale) * Math.exp(-d / scale),
    quantile: (p) =>
      p <= 1 - positive * Math.sqrt(r)
        ? 0
        : QUANTUM * Math.ceil(-(scale / QUANTUM) * Math.log((1 - p) / positive) - 0.5),
    // Σ_k≥1 (kq − b)⁺ P(D = kq) for b on the lattice: the law beyond b is the whole law again, memoryless.
    meanExcess: (b) => mean * Math.exp(-b / scale),
  };
}

/** A draw in quanta of that law from a uniform number in [0, 1). */
export function exponentialDraw(atom: number, scale: number): (u: number) => number {
  return (u) => (u < atom ? 0 : Math.round((-scale * Math.log((1 - u) / (1 - atom))) / QUANTUM));
}

/** The Brownian deficit at critical drift: |N|·s, s = σ√T (docs/model.md eq. 74 at μ = 0). Continuous, without atom. */
export function halfNormalLaw(s: number): DeficitLaw {
  const survival = (d: number): number => (d < 0 ? 1 : 2 * normalSurvival(d / s));
  return {
    rung: 'brownian',
    slots: SLOTS,
    mean: s * Math.sqrt(2 / Math.PI),
    standardDeviation: s * Math.sqrt(1 - 2 / Math.PI),
    probabilityZero: 0,
    cdf: (d) => (d < 0 ? 0 : 1 - survival(d)),
    survival,
    density: (d) => (Math.sqrt(2 / Math.PI) / s) * Math.exp((-d * d) / (2 * s * s)),
    quantile: () => {
      throw new Error('not needed');
    },
    meanExcess: () => {
      throw new Error('not needed');
    },
  };
}

/** Partials of given deficits (quanta) at one horizon. */
export function countDeficits(deficits: Iterable<number>, bins: BinLayout = BINS): Partials {
  const partials = emptyPartials([{ slots: SLOTS, bins }]);
  addDeficits(partials.horizons[0], deficits);
  return partials;
}

export function addDeficits(h: HorizonPartials, deficits: Iterable<number>): void {
  const width = 2 ** h.bins.shift;
  let sum = 0;
  let squares = 0n;
  let square = 0;
  for (const d of deficits) {
    h.count++;
    if (d === 0) h.zeros++;
    else h.histogram[Math.min(Math.max(Math.floor((d - h.bins.offset) / width), 0), BIN_COUNT - 1)]++;
    sum += d;
    if (d > 2 ** 25) squares += BigInt(d) ** 2n;
    else square += d * d;
    if (square > 2 ** 52) {
      squares += BigInt(square);
      square = 0;
    }
  }
  h.sum += BigInt(sum);
  h.sumOfSquares += squares + BigInt(square);
}

/** `trials` seeded draws. */
export function* draws(seed: string, trials: number, draw: (u: number) => number): Generator<number> {
  const random = seedrandom.alea(seed);
  for (let i = 0; i < trials; i++) yield draw(random.double());
}

/** Partials of `trials` seeded draws. */
export function samplePartials(seed: string, trials: number, draw: (u: number) => number): Partials {
  return countDeficits(draws(seed, trials, draw));
}
