/**
 * The deficit law of a sampled walk, to about 1e-12 in P(D ≤ d) and point by point of its lattice, for walks whose
 * increments are whole blocks (block-walk.ts): Lindley's steps for short horizons, Spitzer's identity and a few last
 * steps for long ones. Its mean, SD and P(D = 0) are checked against those of Spitzer's sums (moments.ts), which share
 * nothing with it but the increment.
 */
import { firstWhole } from '../../numeric/roots.js';
import type { LatticeIncrement } from '../increment.js';
import { blockLawAt } from './block-horizon.js';
import { BlockGrid, blockIncrement } from './block-walk.js';
import type { BlockIncrement, BlockLaw } from './block-walk.js';
import { GAMMA, SHORT, gridSide } from './grid-deficit.js';
import type { ExactLaw } from './law.js';
import { exactMoments } from './moments.js';
import { saddle } from './roots.js';

/** Steps after Spitzer's identity: each takes what is fine in the law down by a factor of some hundreds. */
const LAST_STEPS = 4;
/** Blocks of the largest grid: some 10 s and 200 MiB. */
const LARGEST_GRID = 2 ** 19;
/** Rounding of sums over s, as seen beside steps (1e-12 at 48 slots) and Spitzer's sums (1e-11 at 1024); of steps. */
const CIRCLE_ERROR = 2e-11;
const STEP_ERROR = 1e-13;

/** What the horizons of one walk share. */
interface Prepared {
  readonly increment: BlockIncrement | undefined;
  /** By which a walk with a surplus is held even on either side of 0, a block. */
  readonly tilt: number;
  readonly grids: Map<number, BlockGrid>;
  /** The last horizon that was walked step by step. */
  walked: { readonly slots: number; readonly law: BlockLaw } | undefined;
}

const walks = new WeakMap<LatticeIncrement, Prepared>();

function preparedFor(law: LatticeIncrement): Prepared {
  const known = walks.get(law);
  if (known !== undefined) return known;
  const increment = blockIncrement(law);
  const tilt = increment === undefined || law.mean >= 0 ? 0 : saddle(law) * increment.points * increment.quantum;
  const made: Prepared = { increment, tilt, grids: new Map(), walked: undefined };
  walks.set(law, made);
  return made;
}

/** The law of D_T; undefined where the walk is not one of whole blocks or T asks for too large a grid. */
export function blockDeficitLaw(law: LatticeIncrement, slots: number): ExactLaw | undefined {
  const prepared = preparedFor(law);
  const { increment, tilt } = prepared;
  if (increment === undefined) return undefined;
  const short = slots <= SHORT;
  const size = gridSize(law, increment, prepared.tilt, short ? SHORT : slots - LAST_STEPS);
  if (size > LARGEST_GRID) return undefined;
  const grid = prepared.grids.get(size) ?? new BlockGrid(increment, size);
  prepared.grids.set(size, grid);
  let at: { slots: number; law: BlockLaw };
  if (short) {
    const { walked } = prepared;
    at = walked !== undefined && walked.slots <= slots ? walked : { slots: 0, law: grid.start() };
  } else at = { slots: slots - LAST_STEPS, law: blockLawAt(grid, slots - LAST_STEPS, GAMMA, tilt) };
  let { law: own } = at;
  for (let t = at.slots; t < slots; t++) own = grid.step(own);
  if (short) prepared.walked = { slots, law: own };
  return asExactLaw(law, slots, own, short ? STEP_ERROR : CIRCLE_ERROR);
}

/** A power of two of blocks that holds what S_k may be on either side, tilted, for all k that the circle of T sees. */
function gridSize(
  law: LatticeIncrement,
  { points, quantum, weight }: BlockIncrement,
  tilt: number,
  slots: number,
): number {
  const width = points * quantum;
  const side = gridSide(law, tilt / width, slots) / width;
  return 2 ** Math.ceil(Math.log2(2 * Math.max(side, weight.length)));
}

function asExactLaw(law: LatticeIncrement, slots: number, own: BlockLaw, rounding: number): ExactLaw {
  const [moments] = exactMoments(law, [slots]);
  const { mean, standardDeviation, probabilityZero } = moments;
  const reading = new BlockReading(own);
  const blur = 0.1 * (own.parts.at(3)?.reduce((most, x) => Math.max(most, Math.abs(x)), 0) ?? 0);
  const seen = reading.moments();
  const cdf =
    rounding +
    blur +
    Math.abs(own.empty - probabilityZero) +
    (standardDeviation > 0 ? Math.abs(seen.mean - mean) / standardDeviation : 0);
  const survival = (d: number): number => (d < 0 ? 1 : reading.above(d));
  return {
    rung: 'exact',
    slots,
    mean,
    standardDeviation,
    probabilityZero,
    survival,
    survivalGrid: (from, step, count) => Float64Array.from({ length: count }, (_, j) => survival(from + j * step)),
    cdf: (d) => 1 - survival(d),
    density: (d) => (d < 0 ? 0 : reading.density(d)),
    quantile: (p) => (p <= probabilityZero ? 0 : reading.quantile(p)),
    meanExcess: (charge) => (charge <= 0 ? mean - charge : reading.meanExcess(charge)),
    cdfErrorAt: () => cdf,
    error: { ...moments.error, cdf, quantile: cdf },
  };
}

/** Values of a law in blocks, point by point. Joules. */
class BlockReading {
  /** Mass of block m and of all above it, and the sum of their masses times deficits, quanta; one more at the end. */
  private readonly mass: Float64Array;
  private readonly first: Float64Array;

  constructor(private readonly law: BlockLaw) {
    const { increment, parts } = law;
    const { points } = increment;
    const blocks = parts[0].length;
    this.mass = new Float64Array(blocks + 1);
    this.first = new Float64Array(blocks + 1);
    const lever = placeMean(increment, 1);
    for (let m = blocks - 1; m >= 0; m--) {
      const middle = points * m + 1 + placeMean(increment, 0);
      this.mass[m] = this.mass[m + 1] + parts[0][m];
      this.first[m] = this.first[m + 1] + parts[0][m] * middle + (parts.at(1)?.[m] ?? 0) * lever;
    }
  }

  moments(): { readonly mean: number } {
    return { mean: this.first[0] * this.law.increment.quantum };
  }

  /** The block and place of the last lattice point that is no more than d ≥ 0; block −1 where that is 0. */
  private place(d: number): [block: number, place: number] {
    const { points, quantum } = this.law.increment;
    const n = Math.floor(d / quantum + 1e-6);
    const block = Math.floor((n - 1) / points);
    return [block, n - 1 - block * points];
  }

  /** P(D = the point at place r of block m). */
  private point(m: number, r: number): number {
    const { increment, parts } = this.law;
    let sum = 0;
    for (let j = 0; j < parts.length; j++) sum += parts[j][m] * increment.polynomials[j][r];
    return sum / increment.points;
  }

  /** P(D > d). */
  above(d: number): number {
    const [m, r] = this.place(d);
    if (m < 0) return clip(this.mass[0]);
    if (m >= this.mass.length - 1) return 0;
    let sum = this.mass[m + 1];
    for (let i = this.law.increment.points - 1; i > r; i--) sum += this.point(m, i);
    return clip(sum);
  }

  density(d: number): number {
    const [m, r] = this.place(d);
    if (m >= this.mass.length - 1) return 0;
    return Math.max(0, this.point(Math.max(0, m), Math.max(0, m < 0 ? 0 : r))) / this.law.increment.quantum;
  }

  /** The least lattice point with P(D ≤ d) ≥ p, p > P(D = 0). */
  quantile(p: number): number {
    const { points, quantum } = this.law.increment;
    const wanted = 1 - p;
    // The first block after which no more than 1 − p is left.
    const low = firstWhole(0, this.mass.length - 1, (m) => this.mass[m + 1] <= wanted);
    if (low >= this.mass.length - 1) return (low * points + 1) * quantum;
    let left = this.mass[low + 1];
    let r = points - 1;
    for (; r > 0; r--) {
      const next = left + this.point(low, r);
      if (next > wanted) break;
      left = next;
    }
    return (low * points + 1 + r) * quantum;
  }

  /** E(D − charge)⁺. */
  meanExcess(charge: number): number {
    const { points, quantum } = this.law.increment;
    const [m, r] = this.place(charge);
    const from = Math.max(0, m);
    if (from >= this.mass.length - 1) return 0;
    let sum = (this.first[from + 1] - (charge / quantum) * this.mass[from + 1]) * quantum;
    for (let i = m < 0 ? 0 : r + 1; i < points; i++) {
      sum += this.point(from, i) * ((from * points + 1 + i) * quantum - charge);
    }
    return Math.max(0, sum);
  }
}

/** (1/R) Σ r q_j(r). */
function placeMean({ polynomials, points }: BlockIncrement, j: number): number {
  return polynomials.at(j)?.reduce((sum, q, r) => sum + (q * r) / points, 0) ?? 0;
}

function clip(p: number): number {
  return Math.min(1, Math.max(0, p));
}
