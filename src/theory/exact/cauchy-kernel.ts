/**
 * The Cauchy kernel z/(w(w − z)) on a contour's nodes, by which a Wiener–Hopf factor at z is read off log terms on the
 * contour, and the silent part at z.
 */
import type { ComplexArray, CompoundIncrement } from '../increment.js';
import type { Contour } from './contour.js';

/** Up to where along the line the kernel needs L(z) subtracted: as far as the contour runs beside it. */
export function nearLimit(law: CompoundIncrement, contour: Contour): number {
  const bend = 2 / law.scale;
  return contour.end[1] > bend ? 1.5 * bend : contour.end[1];
}

/** Whether the i-th point is so near the contour that L(z) must be subtracted; far right M(z) is past all numbers. */
export function beside(law: CompoundIncrement, contour: Contour, z: ComplexArray, m: ComplexArray, i: number): boolean {
  return z.im[i] <= nearLimit(law, contour) && Math.hypot(1 + m.re[i], m.im[i]) < 4;
}

/** weight·z/(w(w − z)) on upper nodes, then on their mirrors; returns their sum with the tails beyond the ends. */
export function cauchyKernel(
  contour: Contour,
  x: number,
  y: number,
  re: Float64Array,
  im: Float64Array,
): [number, number] {
  const { node, weight, end } = contour;
  const n = node.re.length;
  let sumRe = 0;
  let sumIm = 0;
  for (let i = 0; i < n; i++) {
    for (const sign of [1, -1]) {
      const a = node.re[i];
      const b = sign * node.im[i];
      // w(w − z).
      const pRe = a * (a - x) - b * (b - y);
      const pIm = a * (b - y) + b * (a - x);
      const norm = pRe * pRe + pIm * pIm;
      const qRe = (x * pRe + y * pIm) / norm;
      const qIm = (y * pRe - x * pIm) / norm;
      const vRe = weight.re[i];
      const vIm = sign * weight.im[i];
      const at = sign === 1 ? i : n + i;
      re[at] = qRe * vRe - qIm * vIm;
      im[at] = qRe * vIm + qIm * vRe;
      sumRe += re[at];
      sumIm += im[at];
    }
  }
  // ∫ z/(w(w − z)) dw = log((w − z)/w): −log at the upper end, + log at the lower, over 2πi.
  const upper = logRatio(end[0], end[1], x, y);
  const lower = logRatio(end[0], -end[1], x, y);
  return [sumRe + (lower[1] - upper[1]) / (2 * Math.PI), sumIm - (lower[0] - upper[0]) / (2 * Math.PI)];
}

/** Terms of the kernel's expansion in w/z for nodes within R where |z| is FAR times R or more: right to 2e-16. */
export const FAR_TERMS = 26;
export const FAR = 4;

/** z/(w(w − z)) = −Σ_m (w/R)^m/w · (R/z)^m for |w| < R and |z| ≥ 4R. */
export interface FarKernel {
  /** R, 1/joule. */
  readonly radius: number;
  /** weight·(w/R)^m/w on the upper nodes within R, 0 on the others, by m. */
  readonly terms: readonly ComplexArray[];
}

export function farKernel({ node, weight }: Contour, radius: number): FarKernel {
  const n = node.re.length;
  const term = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let i = 0; i < n; i++) {
    const norm = node.re[i] ** 2 + node.im[i] ** 2;
    if (norm >= radius * radius) continue;
    term.re[i] = (weight.re[i] * node.re[i] + weight.im[i] * node.im[i]) / norm;
    term.im[i] = (weight.im[i] * node.re[i] - weight.re[i] * node.im[i]) / norm;
  }
  const terms = Array.from({ length: FAR_TERMS }, () => {
    const own = { re: term.re.slice(), im: term.im.slice() };
    for (let i = 0; i < n; i++) {
      const [a, b] = [node.re[i] / radius, node.im[i] / radius];
      [term.re[i], term.im[i]] = [term.re[i] * a - term.im[i] * b, term.re[i] * b + term.im[i] * a];
    }
    return own;
  });
  return { radius, terms };
}

/** The radius within which nodes are far from a point: a power of FAR. */
export function farRadius(x: number, y: number): number {
  return FAR ** (Math.floor(Math.log2(Math.hypot(x, y)) / Math.log2(FAR)) - 1);
}

/** The farthest node's distance from 0, and a bit more. */
export function extentOf({ node }: Contour): number {
  let most = 0;
  for (let i = 0; i < node.re.length; i++) most = Math.max(most, Math.hypot(node.re[i], node.im[i]));
  return most * (1 + 1e-12);
}

/** −(R/z)^m, by m. */
export function farPowers({ radius }: FarKernel, x: number, y: number): ComplexArray {
  const norm = (x * x + y * y) / radius;
  const [a, b] = [x / norm, -y / norm];
  const out = { re: new Float64Array(FAR_TERMS), im: new Float64Array(FAR_TERMS) };
  out.re[0] = -1;
  for (let m = 1; m < FAR_TERMS; m++) {
    out.re[m] = out.re[m - 1] * a - out.im[m - 1] * b;
    out.im[m] = out.re[m - 1] * b + out.im[m - 1] * a;
  }
  return out;
}

/** log((w − z)/w). */
function logRatio(a: number, b: number, x: number, y: number): [number, number] {
  const norm = a * a + b * b;
  const re = ((a - x) * a + (b - y) * b) / norm;
  const im = ((b - y) * a - (a - x) * b) / norm;
  return [0.5 * Math.log(re * re + im * im), Math.atan2(im, re)];
}
