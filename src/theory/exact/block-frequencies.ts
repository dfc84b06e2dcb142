/** What Spitzer's sums of a walk in blocks are made of, whatever s: transforms on the block grid's frequencies. */
import erfc from '@stdlib/math-base-special-erfc';
import type { BlockGrid } from './block-walk.js';

/** Parts of Spitzer's sums that are kept; the others, below (block/σ)², the last slots make anew. */
export const PARTS = 2;
/** Steps whose sums are exact. */
export const EXACT_STEPS = 3;

/** Where the window on frequencies falls to one half, of half a turn a block, and how sharply: 1e-15 at its end. */
const WINDOW_HALF = 0.75;
const WINDOW_SHARPNESS = 17;
/**
 * What is the same for every s: the grid's frequencies, turned by the one point that Y = Rc + 1 + j has beside its
 * block. All sequences are held times e^{κm}, κ the tilt, so that those of a walk with a surplus do not trail far below
 * 0.
 */
export interface Frequencies {
  readonly tilt: number;
  /** M, interleaved. */
  readonly transform: Float64Array;
  /** e^w·Q_j, what part j is in a transform at w = (κ − iφ)/R, |φ| ≤ π. */
  readonly write: readonly Float64Array[];
  /** The same at −w, by which the part is read off, under a window that ends at half a turn. */
  readonly read: readonly Float64Array[];
  /** By steps and part: transforms of (1/n)·P(S_n = ·). */
  readonly steps: readonly (readonly Float64Array[])[];
}

export function frequencies(grid: BlockGrid, tilt: number): Frequencies {
  const { size, increment } = grid;
  const { points, polynomials, still } = increment;
  const blocks = tilt === 0 ? grid.transform : grid.tilted(tilt);
  const transform = new Float64Array(2 * size);
  const read = polynomials.map(() => new Float64Array(2 * size));
  const write = polynomials.map(() => new Float64Array(2 * size));
  const steps = Array.from({ length: EXACT_STEPS }, () =>
    Array.from({ length: PARTS }, () => new Float64Array(2 * size)),
  );
  const count = polynomials.length;
  const now = new Float64Array(2 * count);
  const next = new Float64Array(2 * count);
  for (let k = 0; k < size; k++) {
    const phi = (2 * Math.PI * (k <= size / 2 ? k : k - size)) / size;
    const theta = phi / points;
    const window = 0.5 * erfc(WINDOW_SHARPNESS * (Math.abs(phi) / (WINDOW_HALF * Math.PI) - 1));
    const grow = Math.exp(tilt / points);
    const [c1, s1] = [Math.cos(theta), Math.sin(theta)];
    polynomials.forEach((q, j) => {
      atPlaces(q, grow * c1, -grow * s1, write[j], 2 * k);
      atPlaces(q, c1 / grow, s1 / grow, read[j], 2 * k);
      read[j][2 * k] *= window;
      read[j][2 * k + 1] *= window;
    });
    const [pRe, pIm] = [blocks[2 * k], blocks[2 * k + 1]];
    transform[2 * k] = pRe * write[0][2 * k] - pIm * write[0][2 * k + 1];
    transform[2 * k + 1] = pIm * write[0][2 * k] + pRe * write[0][2 * k + 1];
    // Powers of the step in the algebra of parts.
    const up = Math.exp(tilt);
    const [c, s] = [up * Math.cos(phi), -up * Math.sin(phi)];
    now.fill(0);
    now[0] = pRe;
    now[1] = pIm;
    for (let n = 1; n <= EXACT_STEPS; n++) {
      for (let j = 0; j < Math.min(PARTS, count); j++) {
        steps[n - 1][j][2 * k] = now[2 * j] / n;
        steps[n - 1][j][2 * k + 1] = now[2 * j + 1] / n;
      }
      next.fill(0);
      for (let j = 0; j < count; j++) {
        let re = 0;
        let im = 0;
        for (let l = 0; l < count; l++) {
          const stay = still[j][l];
          const carry = (j === 0 && l === 0 ? 1 : 0) - stay;
          const fRe = stay + carry * c;
          const fIm = carry * s;
          re += fRe * now[2 * l] - fIm * now[2 * l + 1];
          im += fRe * now[2 * l + 1] + fIm * now[2 * l];
        }
        next[2 * j] = re * pRe - im * pIm;
        next[2 * j + 1] = re * pIm + im * pRe;
      }
      now.set(next);
    }
  }
  return { tilt, transform, write, read, steps };
}

/** (1/R) Σ q(r) z^{r + 1} by Horner's scheme, for z = x + iy, into out[at]. */
function atPlaces(q: Float64Array, x: number, y: number, out: Float64Array, at: number): void {
  let re = 0;
  let im = 0;
  for (let r = q.length - 1; r >= 0; r--) {
    const a = re + q[r];
    re = a * x - im * y;
    im = a * y + im * x;
  }
  out[at] = re / q.length;
  out[at + 1] = im / q.length;
}
