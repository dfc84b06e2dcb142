/**
 * The deficit's law by other means than the exact law's own, for walks whose energies are whole numbers: in closed form
 * after one slot, and by Lindley's recursion with quadrature after several. No transform, no lattice: between two whole
 * numbers the CDF is held as a function of the logarithm of the distance to the upper one, in which the singular terms
 * (a − d)^(j·shape) are smooth however small the shape.
 */
import gammaln from '@stdlib/math-base-special-gammaln';
import { gaussLegendre } from '../../src/numeric/quadrature.js';

export interface WholeWalk {
  readonly rate: number;
  /** Whole numbers, joules. */
  readonly energies: readonly number[];
  readonly probabilities: readonly number[];
  readonly shape: number;
  readonly scale: number;
}

/** P(C = n) of a slot's consumption by Panjer's recursion, as far as it reaches 1e-18. */
function consumption({ rate, energies, probabilities }: WholeWalk): number[] {
  const p = [Math.exp(-rate)];
  let left = 1 - p[0];
  for (let n = 1; n < 4000 && (left > 1e-15 || n < rate * energies[energies.length - 1]); n++) {
    let sum = 0;
    energies.forEach((e, i) => (sum += e <= n ? rate * probabilities[i] * e * p[n - e] : 0));
    p.push(sum / n);
    left -= p[n];
  }
  return p;
}

/** P(H ≤ y). */
function harvestCdf({ shape, scale }: WholeWalk, y: number): number {
  return y <= 0 ? 0 : lowerGamma(shape, y / scale);
}

/**
 * Regularised lower incomplete Γ by its power series or Legendre's continued fraction (Lentz): the library's own is off
 * by 1e-2 where both arguments are near 1000.
 */
function lowerGamma(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - gammaln(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > 1e-18 * sum; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 100000; n++) {
    const factor = -n * (n - a);
    b += 2;
    d = 1 / (factor * d + b);
    c = b + factor / c;
    h *= d * c;
    if (Math.abs(d * c - 1) < 1e-16) break;
  }
  return 1 - front * h;
}

/** P(D_1 ≤ d) = 1 − Σ_{a > d} P(C = a) P(H < a − d). */
export function afterOneSlot(walk: WholeWalk, d: number): number {
  return consumption(walk).reduce((sum, p, a) => sum - (a > d ? p * harvestCdf(walk, a - d) : 0), 1);
}

/** Chebyshev panels in w = −log(distance to the next whole number). */
const DEGREE = 14;
const NODES = Float64Array.from({ length: DEGREE }, (_, i) => Math.cos((Math.PI * (i + 0.5)) / DEGREE));
const RULE = gaussLegendre(16);
/** Decaying integrals in v end here. */
const LAST = 38;

/** The panels' ends: as far as a term of exponent `shape` needs. */
function panelEnds(shape: number): number[] {
  const ends = [0, 0.7, 1.4, 2.2, 3.2, 4.5, 6, 8, 11, 15, 21, 30];
  while (ends[ends.length - 1] * shape < 40 && ends[ends.length - 1] < 700) {
    ends.push(Math.min(700, ends[ends.length - 1] * 1.5));
  }
  return ends;
}

/** Gauss nodes in v over [0, LAST] in panels that grow. */
const DECAY = ((): { v: number; weight: number }[] => {
  const ends = [0, 0.5, 1, 1.6, 2.4, 3.4, 4.8, 7, 10, 15, 22, LAST];
  return ends.slice(1).flatMap((to, p) =>
    Array.from(RULE.nodes, (t, i) => ({
      v: ends[p] + 0.5 * (to - ends[p]) * (1 + t),
      weight: 0.5 * (to - ends[p]) * RULE.weights[i],
    })),
  );
})();

/** The CDF of D_t on [0, pieces): by piece and node. */
export class KinkedLaw {
  private readonly ends: number[];
  private readonly distances: number[];
  private readonly p: number[];
  private values: Float64Array[];

  constructor(
    private readonly walk: WholeWalk,
    private readonly pieces: number,
  ) {
    this.ends = panelEnds(walk.shape);
    this.distances = this.ends
      .slice(1)
      .flatMap((to, i) => Array.from(NODES, (t) => Math.exp(-(this.ends[i] + 0.5 * (to - this.ends[i]) * (1 + t)))));
    this.p = consumption(walk);
    // D_0 = 0.
    this.values = Array.from({ length: pieces }, () => new Float64Array(this.distances.length).fill(1));
  }

  /** F at m + 1 − δ. */
  private at(m: number, delta: number): number {
    if (m < 0) return 0;
    if (m >= this.pieces) return 1;
    const w = Math.min(-Math.log(delta), this.ends[this.ends.length - 1]);
    let panel = 0;
    while (panel < this.ends.length - 2 && w > this.ends[panel + 1]) panel++;
    const t = (2 * (w - this.ends[panel])) / (this.ends[panel + 1] - this.ends[panel]) - 1;
    let top = 0;
    let bottom = 0;
    for (let i = 0; i < DEGREE; i++) {
      const gap = t - NODES[i];
      const value = this.values[m][panel * DEGREE + i];
      if (gap === 0) return value;
      const weight = ((i % 2 === 0 ? 1 : -1) * Math.sin((Math.PI * (i + 0.5)) / DEGREE)) / gap;
      top += weight * value;
      bottom += weight;
    }
    return top / bottom;
  }

  cdf(d: number): number {
    const m = Math.floor(d);
    return this.at(m, m + 1 - d);
  }

  private density(y: number): number {
    const { shape, scale } = this.walk;
    return Math.exp((shape - 1) * Math.log(y / scale) - y / scale - gammaln(shape)) / scale;
  }

  /** One slot more: F(d) ← Σ_k P(C = k) E F(d − k + H). */
  step(): void {
    const { walk, pieces, distances, p } = this;
    const lowest = -(p.length - 1);
    // A piece of its own length away: [½, 1] plainly, [0, ½] in the logarithm.
    const far = [
      ...Array.from(RULE.nodes, (t, i) => ({ delta: 0.75 + 0.25 * t, weight: 0.25 * RULE.weights[i] })),
      ...DECAY.map(({ v, weight }) => ({ delta: 0.5 * Math.exp(-v), weight: 0.5 * Math.exp(-v) * weight })),
    ];
    const onFar = this.values.map((_, m) => Float64Array.from(far, ({ delta, weight }) => weight * this.at(m, delta)));
    const kernels = new Map<number, Float64Array[]>();
    const kernelOf = (gap: number): Float64Array[] => {
      let known = kernels.get(gap);
      if (known === undefined) {
        known = distances.map((delta) => Float64Array.from(far, (q) => this.density(gap + delta - q.delta)));
        kernels.set(gap, known);
      }
      return known;
    };
    const expected = new Map<number, Float64Array>();
    for (let m = lowest; m < pieces; m++) {
      const own = new Float64Array(distances.length);
      distances.forEach((delta, i) => {
        // Beyond all pieces F = 1.
        let sum = 1 - harvestCdf(walk, pieces - m - 1 + delta);
        if (m >= 0) sum += this.ownPiece(m, delta);
        if (m + 1 >= 0 && m + 1 < pieces) sum += this.nextPiece(m + 1, delta);
        for (let n = Math.max(0, m + 2); n < pieces; n++) {
          const kernel = kernelOf(n - m)[i];
          const values = onFar[n];
          for (let q = 0; q < values.length; q++) sum += kernel[q] * values[q];
        }
        own[i] = sum;
      });
      expected.set(m, own);
    }
    this.values = this.values.map((_, n) =>
      distances.reduce((out, _d, i) => {
        for (let k = 0; k < p.length; k++) out[i] += p[k] * (expected.get(n - k)?.[i] ?? 0);
        return out;
      }, new Float64Array(distances.length)),
    );
  }

  /** ∫_0^δ h(y) F(m + 1 − δ + y) dy. */
  private ownPiece(m: number, delta: number): number {
    const half = 0.5 * delta;
    const here = this.at(m, delta);
    let sum = here * harvestCdf(this.walk, half);
    for (const { v, weight } of DECAY) {
      const y = half * Math.exp(-v);
      // y = 0 is where h is singular, δ − y = 0 where F is.
      sum += weight * y * this.density(y) * (this.at(m, delta - y) - here);
      sum += weight * y * this.density(delta - y) * this.at(m, y);
    }
    return sum;
  }

  /** ∫_δ^{1 + δ} h(y) F(n + y − δ) dy for the piece n above. */
  private nextPiece(n: number, delta: number): number {
    const { walk } = this;
    const start = this.at(n, 1);
    let sum = start * (harvestCdf(walk, 0.5 + delta) - harvestCdf(walk, delta));
    for (const { v, weight } of DECAY) {
      const y = 0.5 * Math.exp(-v);
      sum += weight * y * this.density(y + delta) * (this.at(n, 1 - y) - start);
      sum += weight * y * this.density(1 + delta - y) * this.at(n, y);
    }
    return sum;
  }
}
