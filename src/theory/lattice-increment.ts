/**
 * The sampled increment law as theory sees it: Y = −X for X a LatticeMixture, exactly, run by run. Its transform is
 * entire; near z = 0 it is summed as a Taylor series, so that M(z) − 1 keeps its digits for the longest horizons.
 */
import type { LatticeMixture } from '../law/lattice-mixture.js';
import { InputError } from '../errors.js';
import { complexExpm1 } from './increment.js';
import type { ComplexArray, LatticeIncrement } from './increment.js';

const TAYLOR_TERMS = 36;
/** |z|·(largest |Y|) up to which the Taylor series serves. */
const TAYLOR_RADIUS = 2;

/** Runs that lie end to end with one width: their transform is a polynomial in e^{z·width}. */
interface Block {
  readonly from: number;
  readonly to: number;
}

/** Y of the sampled law. Throws InputError where the weights do not sum to 1. */
export function latticeIncrement(mixture: LatticeMixture): LatticeIncrement {
  const q = mixture.quantumJoules;
  const size = mixture.weight.length;
  const first = new Float64Array(size);
  const stride = new Float64Array(size);
  const count = new Float64Array(size);
  const weight = new Float64Array(size);
  let total = 0;
  for (let r = 0; r < size; r++) {
    // Turned over and reversed, so that runs which ascend in X ascend in Y too.
    const from = size - 1 - r;
    stride[r] = mixture.stride[from];
    count[r] = mixture.count[from];
    weight[r] = mixture.weight[from];
    first[r] = -(mixture.first[from] + (count[r] - 1) * stride[r]);
    total += weight[r];
  }
  if (Math.abs(total - 1) > 1e-12) {
    throw new InputError(`lattice law: weights sum to ${total}, expected 1`, 'mixture.weight');
  }

  const runs = { first, stride, count, weight };
  const { lowest, largest, mean, second, third, fourth } = momentsOf(runs, q);
  const reach = Math.max(Math.abs(lowest), Math.abs(largest));
  const moments = scaledMoments(runs, q, reach, mean);
  const block = longestBlock(runs);
  const transformMinusOne = (z: ComplexArray): ComplexArray => {
    const n = z.re.length;
    const out = { re: new Float64Array(n), im: new Float64Array(n) };
    for (let i = 0; i < n; i++) {
      if (Math.hypot(z.re[i], z.im[i]) * reach <= TAYLOR_RADIUS)
        taylor(moments, z.re[i] * reach, z.im[i] * reach, out, i);
      else direct(runs, block, q, z.re[i], z.im[i], out, i);
    }
    return out;
  };
  const real = (x: number, step: number): [number, number] => {
    const out = transformMinusOne({ re: Float64Array.of(x), im: Float64Array.of(step) });
    return [out.re[0], out.im[0]];
  };
  return {
    kind: 'lattice',
    mean,
    variance: second,
    thirdCumulant: third,
    fourthCumulant: fourth - 3 * second * second,
    latticeSpan: q,
    largestJump: reach,
    lowestTilt: -Infinity,
    ...runs,
    lowest,
    largest,
    transformMinusOne,
    cumulant: (x) => Math.log1p(real(x, 0)[0]),
    cumulantSlope(x) {
      // Complex step: Im M(x + ih) = hM'(x) with no subtraction.
      const h = 1e-30 / reach;
      const [value, slope] = real(x, h);
      return slope / h / (1 + value);
    },
  };
}

type Runs = Pick<LatticeIncrement, 'first' | 'stride' | 'count' | 'weight'>;

/** Ends, mean and central moments of Y, joules. */
function momentsOf({ first, stride, count, weight }: Runs, q: number) {
  const size = weight.length;
  let lowest = Infinity;
  let largest = -Infinity;
  let mean = 0;
  let carry = 0;
  for (let r = 0; r < size; r++) {
    if (weight[r] === 0) continue;
    lowest = Math.min(lowest, first[r] * q);
    largest = Math.max(largest, (first[r] + (count[r] - 1) * stride[r]) * q);
    // Neumaier's sum: the mean is a small difference of large parts.
    const term = weight[r] * (first[r] + 0.5 * (count[r] - 1) * stride[r]);
    const next = mean + term;
    carry += Math.abs(mean) >= Math.abs(term) ? mean - next + term : term - next + mean;
    mean = next;
  }
  mean = (mean + carry) * q;
  let second = 0;
  let third = 0;
  let fourth = 0;
  for (let r = 0; r < size; r++) {
    const d = (first[r] + 0.5 * (count[r] - 1) * stride[r]) * q - mean;
    const n2 = count[r] ** 2;
    const v = ((stride[r] * q) ** 2 * (n2 - 1)) / 12;
    second += weight[r] * (d * d + v);
    third += weight[r] * d * (d * d + 3 * v);
    fourth += weight[r] * (d ** 4 + 6 * d * d * v + ((stride[r] * q) ** 4 * (n2 - 1) * (3 * n2 - 7)) / 240);
  }
  return { lowest, largest, mean, second, third, fourth };
}

/** E(Y/reach)^n / n! for n < TAYLOR_TERMS; the first as given. */
function scaledMoments(runs: Runs, q: number, reach: number, mean: number): Float64Array {
  const out = new Float64Array(TAYLOR_TERMS);
  for (let r = 0; r < runs.weight.length; r++) {
    const { count: counts, stride: strides } = runs;
    if (runs.weight[r] === 0) continue;
    const step = (strides[r] * q) / reach;
    const start = (runs.first[r] * q) / reach;
    if (step * counts[r] > 1e-3) {
      for (let i = 0; i < counts[r]; i++) {
        let power = runs.weight[r] / counts[r];
        for (let n = 0; n < TAYLOR_TERMS; n++, power *= start + i * step) out[n] += power;
      }
      continue;
    }
    // A narrow run: m^n + C(n,2) m^(n−2) v + C(n,4) m^(n−4) v₄.
    const m = start + 0.5 * (counts[r] - 1) * step;
    const n2 = counts[r] ** 2;
    const v = (step ** 2 * (n2 - 1)) / 12;
    const v4 = (step ** 4 * (n2 - 1) * (3 * n2 - 7)) / 240;
    let p0 = runs.weight[r];
    let p2 = 0;
    let p4 = 0;
    for (let n = 0; n < TAYLOR_TERMS; n++) {
      out[n] += p0 + p2 * v * 0.5 * n * (n - 1) + (p4 * v4 * n * (n - 1) * (n - 2) * (n - 3)) / 24;
      p4 = n >= 3 ? (n === 3 ? runs.weight[r] : p4 * m) : 0;
      p2 = n >= 1 ? (n === 1 ? runs.weight[r] : p2 * m) : 0;
      p0 *= m;
    }
  }
  out[1] = mean / reach;
  let factorial = 1;
  for (let n = 2; n < TAYLOR_TERMS; n++) {
    factorial *= n;
    out[n] /= factorial;
  }
  return out;
}

/** Σ_{n ≥ 1} moments[n] z^n by Horner's scheme. */
function taylor(moments: Float64Array, x: number, y: number, out: ComplexArray, i: number): void {
  let re = 0;
  let im = 0;
  for (let n = TAYLOR_TERMS - 1; n >= 1; n--) {
    const next = re + moments[n];
    re = next * x - im * y;
    im = next * y + im * x;
  }
  out.re[i] = re;
  out.im[i] = im;
}

/** The longest stretch of runs that lie end to end with equal count and stride. */
function longestBlock(runs: Runs): Block {
  const { first, stride, count } = runs;
  let best: Block = { from: 0, to: 0 };
  let from = 0;
  for (let r = 1; r <= first.length; r++) {
    const joins =
      r < first.length &&
      count[r] === count[from] &&
      stride[r] === stride[from] &&
      first[r] === first[r - 1] + count[from] * stride[from];
    if (joins) continue;
    if (r - from > best.to - best.from) best = { from, to: r };
    from = r;
  }
  return best;
}

/** M(z) − 1 by summing every run. */
function direct(runs: Runs, block: Block, q: number, x: number, y: number, out: ComplexArray, i: number): void {
  const { first, stride, count, weight } = runs;
  const unit = { re: new Float64Array(2), im: new Float64Array(2) };
  /** Σ over a run's points of e^{z(point − first)}, over its count: (e^{nzs} − 1)/(n(e^{zs} − 1)). */
  const run = (n: number, s: number): [number, number] => {
    if (n === 1) return [1, 0];
    complexExpm1(x * s * q, y * s * q, unit, 0);
    complexExpm1(x * s * q * n, y * s * q * n, unit, 1);
    const norm = n * (unit.re[0] ** 2 + unit.im[0] ** 2);
    if (norm < 1e-300) return [1, 0];
    return [
      (unit.re[1] * unit.re[0] + unit.im[1] * unit.im[0]) / norm,
      (unit.im[1] * unit.re[0] - unit.re[1] * unit.im[0]) / norm,
    ];
  };
  let sumRe = 0;
  let sumIm = 0;
  const add = (re: number, im: number, at: number, factor: readonly [number, number]): void => {
    const size = Math.exp(x * at * q);
    const c = size * Math.cos(y * at * q);
    const s = size * Math.sin(y * at * q);
    const fRe = re * factor[0] - im * factor[1];
    const fIm = re * factor[1] + im * factor[0];
    sumRe += fRe * c - fIm * s;
    sumIm += fRe * s + fIm * c;
  };
  // The block, as a polynomial about its first point.
  const width = count[block.from] * stride[block.from] * q;
  const eRe = Math.exp(x * width) * Math.cos(y * width);
  const eIm = Math.exp(x * width) * Math.sin(y * width);
  let re = 0;
  let im = 0;
  for (let r = block.to - 1; r >= block.from; r--) {
    const next = re * eRe - im * eIm + weight[r];
    im = re * eIm + im * eRe;
    re = next;
  }
  add(re, im, first[block.from], run(count[block.from], stride[block.from]));
  let factor: readonly [number, number] = [1, 0];
  let [n, s] = [1, 1];
  for (let r = 0; r < weight.length; r++) {
    if (r === block.from) r = block.to;
    if (r >= weight.length) break;
    if (weight[r] === 0) continue;
    if (count[r] !== n || stride[r] !== s) {
      [n, s] = [count[r], stride[r]];
      factor = run(n, s);
    }
    add(weight[r], 0, first[r], factor);
  }
  out.re[i] = sumRe - 1;
  out.im[i] = sumIm;
}
